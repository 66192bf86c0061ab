"""
Syntax: what the YAML parser complains about, in words of somebody who has never heard of YAML.

The parser says what it expected next; people need to know what they wrote and what to write.
"""

import re
from typing import Final

from yaml.error import MarkedYAMLError

from breaktime.config.problems import Problem, quoted

_LINE: Final = re.compile(r"\r\n|\n|\r")
_KEY: Final = re.compile(r"\s*(?:- +)*(?P<key>[^\s#'\"{\[][^#]*?)\s*:(?:\s|$)")
_BARE: Final = re.compile(r"(?!- )[^\s#'\"{}\[\]:]+(?: [^\s#'\"{}\[\]:]+)*")
_WORD: Final = re.compile(r"[a-z_]+:")

type _Told = tuple[int, int, str, str]
"""Line and column counted from 0, what is wrong, and what to write."""


def explain(refusal: MarkedYAMLError, text: str, file: str) -> Problem:
    """Return the problem behind a complaint of the YAML parser."""
    line, column, what, hint = _told(refusal, _LINE.split(text))
    return Problem(file, line + 1, column + 1, "", what, hint)


def _told(refusal: MarkedYAMLError, lines: list[str]) -> _Told:
    said = refusal.problem or ""
    mark, began = refusal.problem_mark, refusal.context_mark
    line, column = (mark.line, mark.column) if mark else (0, 0)
    start = (began.line, began.column) if began else (line, column)
    context = refusal.context or ""
    if "mapping values are not allowed" in said:
        return _second_colon(lines, line, column)
    if "block sequence entries are not allowed" in said:
        hint = "begin the list on the next line, or write it as `[one, two]`"
        return line, column, "a list cannot begin in the middle of a line", hint
    if "cannot start any token" in said:
        return _strange_start(lines, line, column)
    if "quoted scalar" in context and "end of stream" in said:
        return *start, "the quote that opens here is never closed", "add the same quote at its end"
    if "unknown escape" in said:
        hint = "write `\\\\` for a backslash, or use single quotes"
        return line, column, f"{quoted(_at(lines, line, column, 2))} has no meaning", hint
    if "',' or ']'" in said:
        return _not_closed(lines, (line, column), start, "[]")
    if "',' or '}'" in said:
        return _not_closed(lines, (line, column), start, "{}")
    return _structure(said, context, lines, (line, column), start)


def _structure(
    said: str, context: str, lines: list[str], at: tuple[int, int], start: tuple[int, int]
) -> _Told:
    line, column = at
    if "find expected key" in said:
        return _not_a_key(lines, line, column)
    if "'-' indicator" in said:
        hint = f"begin it with `- ` like the list from line {start[0] + 1}, or indent it less"
        return line, column, "this line does not belong to the list above it", hint
    if "expected ':'" in said:
        written = lines[start[0]].strip() if start[0] < len(lines) else ""
        return *start, f"`:` is missing after {quoted(written)}", ""
    if "node content" in said:
        found = _at(lines, line, column, 1)
        if not found:
            hint = "put a `]` or `}` at its end"
            return *start, "what opens here is not finished", hint
        hint = "remove it, or write the value that is missing before it"
        return line, column, f"{quoted(found)} stands where a value was expected", hint
    if "<document start>" in said:
        found = _content(_at(lines, line, column, 200))
        return (
            line,
            column,
            f"{quoted(found)} stands after the end of the file's content",
            "remove it",
        )
    if "scanning an alias" in context or "scanning an anchor" in context or "tag" in context:
        return _strange_start(lines, *start)
    if "block scalar" in context:
        hint = "put text that begins with `|` or `>` in quotes"
        return *start, f"{quoted(_at(lines, *start, 20))} cannot be read", hint
    if "directive" in context or "incompatible" in said or "%TAG" in said:
        hint = "remove the line, or put text that begins with `%` in quotes"
        return *start, "a line may not begin with `%`", hint
    hint = "compare its indentation, colons and quotes with the lines around it"
    return line, column, "this line cannot be read", hint


def _not_closed(lines: list[str], at: tuple[int, int], start: tuple[int, int], pair: str) -> _Told:
    found = _at(lines, *at, 1)
    if found in {"]", "}"}:
        hint = f"write `{pair[1]}` before it, or remove it"
        opened = f"line {start[0] + 1}, column {start[1] + 1}"
        return *at, f"{quoted(found)} stands where `{pair[0]}` of {opened} is still open", hint
    hint = f"put a `,` between entries and a `{pair[1]}` at the end"
    return *start, f"what opens here with `{pair[0]}` does not end", hint


def _at(lines: list[str], line: int, column: int, length: int) -> str:
    return lines[line][max(column, 0) :][:length] if line < len(lines) else ""


def _strange_start(lines: list[str], line: int, column: int) -> _Told:
    found = _at(lines, line, column, 1)
    if found == "\t":
        return line, column, "a tab is used to indent", "use spaces"
    written = _at(lines, line, column, 40).split("#")[0].strip().rstrip(",]}")
    if found == "`":
        return line, column, "text may not begin with a backtick", "put it in quotes"
    hint = f"put it in quotes: {quoted(_in_quotes(written))}"
    return line, column, f"text may not begin with {quoted(found)}", hint


def _in_quotes(text: str) -> str:
    return '"' + text + '"' if "'" in text else f"'{text}'"


def _second_colon(lines: list[str], line: int, column: int) -> _Told:
    """Tell a second colon on a line from a line that is indented wrongly."""
    before = _at(lines, line, 0, column)
    first = _KEY.match(before)
    if first is not None:
        value = lines[line][first.end() :].split(" #")[0].strip()
        hint = f"put text with a colon in quotes, {quoted(_in_quotes(value))}"
        if _WORD.match(value):
            hint += f", or keys in braces, {quoted('{' + value + '}')}"
        return line, column, "a second `:` follows on one line", hint
    return _misplaced(lines, line)


def _misplaced(lines: list[str], line: int) -> _Told:
    """Tell what is wrong with a line that cannot stand where it does."""
    above = next((n for n in range(line - 1, -1, -1) if _content(lines[n])), None)
    if above is not None and _BARE.fullmatch(_content(lines[above])):
        what = f"`:` is missing after {quoted(_content(lines[above]))}"
        return above, _indent(lines[above]), what, ""
    if above is not None and _indent(lines[line]) > _indent(lines[above]):
        hint = f"line {above + 1} has a value already: begin both lines at the same column"
        return line, _indent(lines[line]), "this line is indented too far", hint
    hint = "begin it at the same column as the lines it belongs to"
    return line, _indent(lines[line]), "this line is not aligned with those above it", hint


def _not_a_key(lines: list[str], line: int, column: int) -> _Told:
    before = _at(lines, line, 0, column)
    if before.strip() and before.rstrip()[-1] in "'\"":
        hint = "put the whole value in one pair of quotes"
        return line, column, "text follows after the closing quote", hint
    if before.strip() and before.rstrip()[-1] in "]}":
        return line, column, "text follows after the closing bracket", "remove it"
    if _at(lines, line, column, 2).strip() == "-":
        hint = "begin it at the same column as the other entries of its list"
        return line, column, "this entry is not aligned with those above it", hint
    return _misplaced(lines, line)


def _content(line: str) -> str:
    return line.split(" #", maxsplit=1)[0].strip() if not line.lstrip().startswith("#") else ""


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))
