"""
Site: the sentences, templates and colours that an organisation brings for the pages.

All of it stands in one folder, is read and tried out whenever the configuration is loaded, and
is kept: what somebody does to the files later changes nothing until they are loaded again.

    text.<language>.yaml   sentences in place of ours, or a whole language of the site's own
    block.html             the block page
    base.html, ...         pages of the portal, by the names of ours
    site.css               rules that follow those of our style sheets
"""

import re
from collections.abc import Mapping
from pathlib import Path as File
from typing import Final

from breaktime.config import beside, portal, site_markup, site_templates, site_texts, site_trial
from breaktime.config.draft import Draft
from breaktime.config.problems import quoted, suggestion
from breaktime.config.schema_file import Configuration
from breaktime.pages.design import BLOCK, OURS, Design
from breaktime.pages.texts import TEXTS, Texts

MOST_BYTES: Final = 1024 * 1024
STYLE: Final = "site.css"
PATH: Final = ("page", "templates")

_SENTENCES: Final = re.compile(r"text\.([a-z]{2,3})\.yaml")


def read(draft: Draft, model: Configuration) -> Design:
    """
    Return what a site has made its own; ours where it has nothing, or something with a problem.

    Args:
        draft: where problems are noted.
        model: what the files say.
    """
    written = model.page.templates
    if not portal.folder(draft, PATH, written) or written is None:
        _languages(draft, model, TEXTS)
        return OURS
    before = len(draft.problems)
    texts: dict[str, Texts] = dict(TEXTS)
    templates: dict[str, str] = {}
    style = ""
    for file in sorted((draft.sources.base / written).iterdir()):
        kind = _SENTENCES.fullmatch(file.name)
        known = site_templates.names()
        if file.name.startswith(".") or file.name.endswith("~"):
            continue
        if kind is None and file.name not in {*known, STYLE}:
            hint = suggestion(file.name, {*known, STYLE, "text.cy.yaml"}) or "remove it"
            draft.warn(PATH, f"{quoted(file.name)} takes the place of nothing", hint)
            continue
        found = beside.read(draft, PATH, str(File(written) / file.name), MOST_BYTES)
        if found is None:
            continue
        if kind is not None:
            site_texts.read(draft, kind[1], *found, texts)
        elif file.name == STYLE:
            draft.problems += site_markup.of_style(*found)
            style = found[1]
        else:
            site_templates.check(draft, file.name, *found)
            templates[file.name] = found[1]
    _languages(draft, model, texts)
    if len(draft.problems) > before:
        return OURS
    design = Design(texts, templates, style.strip())
    shown = str(File(draft.sources.name).parent / written / BLOCK)
    draft.problems += site_trial.of_block(design, model.organisation.languages, shown)
    return design


def _languages(draft: Draft, model: Configuration, texts: Mapping[str, Texts]) -> None:
    """Note each language that there are no sentences in."""
    for number, one in enumerate(model.organisation.languages):
        if one not in texts:
            what = f"there are no sentences in {quoted(one)}"
            hint = f"bring them in `text.{one}.yaml`, in the folder of `page.templates`"
            draft.refuse(("organisation", "languages", number), what, hint)
