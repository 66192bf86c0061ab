"""Site, templates: are they filled in with what ours are filled in with, and with nothing else?"""

import re
from functools import cache
from importlib.resources import files
from typing import Final

from jinja2 import Environment, TemplateSyntaxError, meta, nodes

from breaktime.config import site_markup
from breaktime.config.draft import Draft
from breaktime.config.problems import Problem, one_of, quoted, suggestion
from breaktime.pages.design import BLOCK
from breaktime.pages.texts import TEXTS

_ON_EVERY_PAGE: Final = frozenset({"person", "script", "token"})
"""What every template of the portal is given besides what `base.html` uses."""

_FILTERS: Final = {
    *("capitalize", "default", "e", "escape", "first", "format", "join", "last", "length"),
    *("list", "lower", "replace", "reverse", "sort", "title", "trim", "upper"),
}
_NOTHING_RUNS: Final = "leave it out: what is filled in is always escaped"
_SENTENCES: Final = {"t": TEXTS["en"].portal, "page": TEXTS["en"].page}
_STARTS: Final = re.compile(r"\{[{%#]")


@cache
def names() -> frozenset[str]:
    """Return the names of the templates that a site may bring."""
    own = files("breaktime").joinpath("portal/templates")
    return frozenset(one.name for one in own.iterdir() if one.name.endswith(".html")) | {BLOCK}


def check(draft: Draft, name: str, shown: str, text: str) -> None:
    """
    Note what is wrong with one template.

    Args:
        draft: where problems are noted.
        name: of the template that it takes the place of.
        shown: what messages call it.
        text: what it says.
    """
    try:
        tree = Environment(autoescape=True).parse(text)
    except TemplateSyntaxError as mistake:
        what = f"is no template: {mistake.message or 'it cannot be read'}"
        at = _STARTS.search(text.split("\n")[mistake.lineno - 1] if text else "")
        column = 1 if at is None else at.start() + 1
        draft.problems.append(Problem(shown, mistake.lineno, column, "", what, ""))
        return
    checking = _Template(name, shown, text)
    checking.names(tree)
    checking.sentences(tree)
    checking.others(tree)
    checking.escapes(tree)
    checking.parts(tree)
    draft.problems += checking.problems
    draft.problems += site_markup.of_template(shown, text, forms=name != BLOCK)


class _Template:
    """One template that is being checked."""

    def __init__(self, name: str, shown: str, text: str) -> None:
        self._name, self._shown, self._lines = name, shown, text.split("\n")
        self._text = text
        self.problems: list[Problem] = []

    def names(self, tree: nodes.Template) -> None:
        """Note each name that nobody gives: the page would be a fault when somebody needs it."""
        given = _names_of(self._name)
        if self._name != BLOCK:
            given |= _names_of("base.html") | _ON_EVERY_PAGE
        unknown = meta.find_undeclared_variables(tree) - given
        for node in tree.find_all(nodes.Name):
            if node.name in unknown:
                unknown.discard(node.name)
                hint = suggestion(node.name, given) or f"there is {one_of(sorted(given))}"
                self._note(node, node.name, f"there is no {quoted(node.name)} on this page", hint)

    def sentences(self, tree: nodes.Template) -> None:
        """Note each sentence that there is not."""
        for sentence in tree.find_all(nodes.Getattr):
            of = sentence.node
            known = _SENTENCES.get(of.name) if isinstance(of, nodes.Name) else None
            if isinstance(of, nodes.Getattr) and of.attr == "page":
                known = _SENTENCES["page"]
            if known is not None and sentence.attr not in known:
                what = f"there is no sentence {quoted(sentence.attr)}"
                self._note(sentence, sentence.attr, what, suggestion(sentence.attr, known))

    def others(self, tree: nodes.Template) -> None:
        """Note other templates that there are not."""
        for node in tree.find_all((nodes.Extends, nodes.FromImport, nodes.Import, nodes.Include)):
            named = getattr(node, "template", None)
            other = named.value if isinstance(named, nodes.Const) else None
            if self._name == BLOCK or other not in names() - {BLOCK}:
                what = f"there is no template {quoted(other)}"
                self._note(node, str(other), what, suggestion(str(other), names()))

    def escapes(self, tree: nodes.Template) -> None:
        """Note whatever would take the escaping away, or look behind what is shown."""
        for node in tree.find_all((nodes.Filter, nodes.ScopedEvalContextModifier)):
            name = getattr(node, "name", "autoescape")
            if name not in _FILTERS:
                self._note(
                    node, name, f"{quoted(name)} cannot be used on these pages", _NOTHING_RUNS
                )
        for node in tree.find_all((nodes.Getattr, nodes.Getitem)):
            arg = getattr(node, "arg", None)
            key = node.attr if isinstance(node, nodes.Getattr) else getattr(arg, "value", "")
            if isinstance(key, str) and key.startswith("_"):
                self._note(node, key, f"{quoted(key)} is nothing to show", _NOTHING_RUNS)

    def parts(self, tree: nodes.Template) -> None:
        """Note forms and blocks of ours that are left out: somebody could not do their task."""
        if self._name == BLOCK:
            return
        own = _source(self._name)
        for pattern, what in ((r'action="(/[^"]+)"', "form to"), (r'name="([\w-]+)"', "field")):
            theirs = set(re.findall(pattern, self._text))
            for one in sorted(set(re.findall(pattern, own)) - theirs - {"viewport"}):
                hint = "take it from the template that comes with breaktime"
                self.problems.append(
                    Problem(self._shown, 1, 1, "", f"the {what} {quoted(one)} is missing", hint)
                )
        blocks = {one.name for one in tree.find_all(nodes.Block)}
        if self._name == "base.html":
            for block in sorted(_blocks("base.html") - blocks):
                hint = f"write `{{% block {block} %}}{{% endblock %}}` where it belongs"
                self.problems.append(
                    Problem(self._shown, 1, 1, "", f"the block {quoted(block)} is missing", hint)
                )

    def _note(self, node: nodes.Node, near: str, what: str, hint: str) -> None:
        line = self._lines[node.lineno - 1] if node.lineno <= len(self._lines) else ""
        column = line.find(near) + 1 or 1
        self.problems.append(Problem(self._shown, node.lineno, column, "", what, hint))


def _source(template: str) -> str:
    folder = "pages" if template == BLOCK else "portal/templates"
    return files("breaktime").joinpath(folder, template).read_text("utf-8")


@cache
def _names_of(template: str) -> frozenset[str]:
    """Return the names that our own template uses: those a site's one is sure to be given."""
    tree = Environment(autoescape=True).parse(_source(template))
    return frozenset(meta.find_undeclared_variables(tree))


@cache
def _blocks(template: str) -> frozenset[str]:
    tree = Environment(autoescape=True).parse(_source(template))
    return frozenset(one.name for one in tree.find_all(nodes.Block))
