"""Portal: does what the file says of the portal fit the rest of it?"""

from pathlib import PurePath
from typing import Final

from breaktime.config.draft import Draft
from breaktime.config.problems import quoted
from breaktime.config.schema_file import Configuration
from breaktime.core.policy import Policy

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
        for key in ("managers", "helpdesk", "documents"):
            if getattr(page, key):
                draft.warn(("page", key), "nobody sees this without `portal`")
    if page.managers and page.portal is not None:
        _cases_are_read(draft, model)
    folder(draft, ("page", "documents"), page.documents)


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


def folder(draft: Draft, path: tuple[str, str], written: str | None) -> bool:
    """Tell whether a folder is there; what it holds belongs to the configuration from now on."""
    if written is None:
        return False
    found = draft.sources.base / written
    draft.sources.files.append(found)
    if not found.is_dir():
        draft.refuse(path, f"{quoted(written)} is not a folder")
        return False
    draft.sources.files += sorted(found.iterdir())
    return True
