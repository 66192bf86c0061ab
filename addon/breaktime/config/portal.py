"""Portal: does what the file says of the portal fit the rest of it?"""

from importlib.resources import files
from pathlib import Path as File
from pathlib import PurePath
from typing import Final

from jinja2 import Environment, TemplateSyntaxError, meta, nodes

from breaktime.config.beside import read
from breaktime.config.draft import Draft
from breaktime.config.problems import Problem, quoted, suggestion
from breaktime.config.schema_file import Configuration
from breaktime.core.policy import Policy
from breaktime.pages.texts import TEXTS

MOST_TEMPLATE_BYTES: Final = 1024 * 1024
ON_EVERY_PAGE: Final = frozenset({"person", "script", "token"})
"""What every template is given besides what `base.html` uses."""
DOCUMENTS: Final = ("policy", "questions", "advice")
"""What a site may say in its own words, in `<name>.md`, or for a language in `<name>.cy.md`."""


def check(draft: Draft, model: Configuration, policy: Policy) -> None:
    """Note what is wrong with the portal, and what is odd."""
    page = model.page
    for team in page.managers:
        draft.refer(("page", "managers", team), "team", team)
    if page.portal is not None and policy.catalogue.match(page.portal) is not None:
        what = f"{quoted(page.portal)} belongs to a controlled platform"
        draft.refuse(("page", "portal"), what, "take a name of your own")
    if page.portal is None:
        for key in ("managers", "helpdesk", "documents", "templates"):
            if getattr(page, key):
                draft.warn(("page", key), "nobody sees this without `portal`")
    if page.managers and page.portal is not None:
        _cases_are_read(draft, model)
    _folder(draft, ("page", "documents"), page.documents)
    if _folder(draft, ("page", "templates"), page.templates):
        _templates(draft, page.templates or "")


def _cases_are_read(draft: Draft, model: Configuration) -> None:
    """An approved request that no `include` reads would open nothing."""
    file = PurePath(model.page.cases) / "portal-BC.yaml"
    if not any(file.match(pattern) for pattern in model.include):
        what = (
            f"approved requests are written to {quoted(model.page.cases)}, and nothing reads them"
        )
        hint = f"add `{PurePath(model.page.cases) / '*.yaml'}` under `include`"
        key = "cases" if "cases" in model.page.model_fields_set else "managers"
        draft.refuse(("page", key), what, hint)


def _folder(draft: Draft, path: tuple[str, str], written: str | None) -> bool:
    if written is None:
        return False
    folder = draft.sources.base / written
    draft.sources.files.append(folder)
    if not folder.is_dir():
        draft.refuse(path, f"{quoted(written)} is not a folder")
        return False
    draft.sources.files += sorted(folder.iterdir())
    return True


def template_names() -> frozenset[str]:
    """Return the names of the templates that the portal has."""
    own = files("breaktime").joinpath("portal/templates")
    return frozenset(one.name for one in own.iterdir() if one.name.endswith(".html"))


def _templates(draft: Draft, written: str) -> None:
    """Read each template: one with a mistake would fail when somebody needs the page."""
    known = template_names()
    environment = Environment(autoescape=True)
    path = ("page", "templates")
    for file in sorted((draft.sources.base / written).iterdir()):
        if file.name not in known:
            hint = suggestion(file.name, known) or "remove it"
            draft.warn(path, f"{quoted(file.name)} takes the place of no template", hint)
            continue
        found = read(draft, path, str(File(written) / file.name), MOST_TEMPLATE_BYTES)
        if found is None:
            continue
        shown, text = found
        try:
            tree = environment.parse(text)
        except TemplateSyntaxError as mistake:
            what = f"is no template: {mistake.message or 'it cannot be read'}"
            draft.problems.append(Problem(shown, mistake.lineno, 1, "", what, ""))
            continue
        _names(draft, shown, tree, _names_of(file.name) | _names_of("base.html") | ON_EVERY_PAGE)
        for other in meta.find_referenced_templates(tree):
            if other not in known:
                what = f"there is no template {quoted(other or '')}"
                draft.problems.append(
                    Problem(shown, 1, 1, "", what, suggestion(other or "", known))
                )


def _names_of(template: str) -> frozenset[str]:
    """Return the names that our own template uses: those a site's one is sure to be given."""
    own = files("breaktime").joinpath("portal/templates", template).read_text("utf-8")
    return frozenset(meta.find_undeclared_variables(Environment(autoescape=True).parse(own)))


def _names(draft: Draft, shown: str, tree: nodes.Template, given: frozenset[str]) -> None:
    """Note each name that nobody gives: the page would be a fault when somebody needs it."""
    unknown = meta.find_undeclared_variables(tree) - given
    for node in tree.find_all(nodes.Name):
        if node.name in unknown:
            unknown.discard(node.name)
            what = f"there is no {quoted(node.name)} on this page"
            hint = suggestion(node.name, given)
            draft.problems.append(Problem(shown, node.lineno, 1, "", what, hint))
    sentences = TEXTS["en"].portal
    for sentence in tree.find_all(nodes.Getattr):
        of_texts = isinstance(sentence.node, nodes.Name) and sentence.node.name == "t"
        if of_texts and sentence.attr not in sentences:
            what = f"there is no sentence {quoted(sentence.attr)}"
            hint = suggestion(sentence.attr, sentences)
            draft.problems.append(Problem(shown, sentence.lineno, 1, "", what, hint))
