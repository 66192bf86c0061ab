"""Text, languages: the tag that names one."""

import re

from breaktime.config.problems import quoted

_TAG = re.compile("[a-z]{2,3}")


def language(text: str) -> str:
    """Read the tag of a language: `en`, `cy`, `pl`. A region makes no difference to our pages."""
    if not _TAG.fullmatch(text):
        hint = "write two or three small letters such as `cy`, without a region"
        raise ValueError(f"{quoted(text)} names no language; {hint}")
    return text
