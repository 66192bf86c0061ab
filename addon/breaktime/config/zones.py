"""
Zones: time zones by their IANA name, from the `tzdata` package and from nowhere else.

The zone files of an operating system are as old as its last update. Here every gateway has the
same ones, and their version is part of the policy's fingerprint.
"""

from functools import cache
from importlib import metadata, resources
from zoneinfo import ZoneInfo

from breaktime.config.problems import nearest, quoted

VERSION = metadata.version("tzdata")
"""Release of the zone data, for example `2026.6`."""


@cache
def names() -> frozenset[str]:
    """Return every zone name there is."""
    return frozenset(resources.files("tzdata").joinpath("zones").read_text("utf-8").split())


@cache
def zone(name: str) -> ZoneInfo:
    """
    Return the zone of a name; always the same object, so that caches can go by it.

    Raises:
        ValueError: if there is no such zone.
    """
    if name not in names():
        hint = "write it as `Europe/London`"
        near = nearest(name, names()) or _city(name)
        if near and not any(letter.isdigit() for letter in name):  # `GMT+1` is a riddle of its own
            hint = f"did you mean `{near}`"
        raise ValueError(f"{quoted(name)} is not a time zone; {hint}")
    *folders, last = name.split("/")
    with resources.files("tzdata").joinpath("zoneinfo", *folders, last).open("rb") as file:
        return ZoneInfo.from_file(file, key=name)


def _city(name: str) -> str | None:
    """Find a zone by its city alone: `London` is meant to be `Europe/London`."""
    city = name.strip().replace(" ", "_").casefold()
    return next((each for each in sorted(names()) if each.casefold().endswith(f"/{city}")), None)
