"""Beside: the files that a configuration names and reads as a part of itself."""

from pathlib import Path as File

from breaktime.config.draft import Draft
from breaktime.config.positions import Path
from breaktime.config.problems import Problem, quoted
from breaktime.config.sources import refusal


def read(draft: Draft, path: Path, written: str, most_bytes: int) -> tuple[str, str] | None:
    """
    Read a text file.

    It belongs to the configuration from now on: it is watched, whether it can be read or not.

    Args:
        draft: where problems are noted.
        path: keys that lead to the name of the file.
        written: the name, relative to the folder of the main file unless absolute.
        most_bytes: a larger file is refused.

    Returns:
        The name that messages give the file, and its text; None if it cannot be used.
    """
    shown = str(File(draft.sources.name).parent / written)
    file = draft.sources.base / written
    draft.sources.files.append(file)
    try:
        with file.open("rb") as opened:
            content = opened.read(most_bytes + 1)
    except (OSError, ValueError) as error:
        what = refusal(error)[0] if isinstance(error, OSError) else "does not exist"
        draft.refuse(path, f"{quoted(shown)} {what}")
        return None
    if len(content) > most_bytes:
        draft.refuse(path, f"{quoted(shown)} is larger than {most_bytes // 1024 // 1024} MiB")
        return None
    try:
        return shown, content.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        line = content.count(b"\n", 0, fault.start) + 1
        start = content.rfind(b"\n", 0, fault.start) + 1
        column = len(content[start : fault.start].decode("utf-8", "replace")) + 1
        hint = "save it as UTF-8"
        draft.problems.append(Problem(shown, line, column, "", "must be UTF-8 text", hint))
        return None
