"""Regions: bank holidays by country and part of it, as the `holidays` library names them."""

from datetime import date
from functools import cache
from typing import Final

from breaktime.config.problems import nearest, one_of, quoted

FIRST_YEAR: Final = 2015
LAST_YEAR: Final = 2049

_FEW: Final = 8


def region(text: str) -> str:
    """
    Read the name of a region: `GB-ENG`, `PL`, or `none`.

    Raises:
        ValueError: if nobody knows the bank holidays of such a region.
    """
    if text == "none":
        return text
    country, dash, part = text.partition("-")
    countries = _countries()
    if country not in countries:
        near = _likely(text, countries)
        hint = f"did you mean `{near}`" if near else "write for example `GB-ENG`, or `none`"
        raise ValueError(f"{quoted(text)} is not a region with known bank holidays; {hint}")
    parts = countries[country]
    if dash and part not in parts:
        raise ValueError(
            f"{quoted(text)} is not a part of {quoted(country)}; {_parts(text, parts)}"
        )
    return text


@cache
def bank_holidays(name: str) -> frozenset[date]:
    """Return the bank holidays of a region that `region` has read, 2015 to 2049."""
    if name == "none":
        return frozenset()
    from holidays import country_holidays  # noqa: PLC0415  a tenth of a second, for who needs it

    country, _, part = name.partition("-")
    years = range(FIRST_YEAR, LAST_YEAR + 1)
    return frozenset(country_holidays(country, subdiv=part or None, years=years))


@cache
def holiday_name(name: str, day: date) -> str:
    """Return what a day is called in a region that `region` has read; nothing if it is none."""
    if name == "none":
        return ""
    from holidays import country_holidays  # noqa: PLC0415  as above

    country, _, part = name.partition("-")
    known = country_holidays(country, subdiv=part or None, years=day.year, language="en_US")
    found: str = known.get(day, "")
    return found


@cache
def _countries() -> dict[str, tuple[str, ...]]:
    from holidays import list_supported_countries  # noqa: PLC0415  as above

    return {country: tuple(parts) for country, parts in list_supported_countries().items()}


def _likely(text: str, countries: dict[str, tuple[str, ...]]) -> str | None:
    """Return the region that was most likely meant: by its code, or by its name in English."""
    from holidays.countries.united_kingdom import UnitedKingdom  # noqa: PLC0415  as above
    from holidays.registry import COUNTRIES  # noqa: PLC0415  as above

    words = {name.replace("_", " "): codes[1] for name, codes in COUNTRIES.items()}
    # Its parts are what people name without the country.
    aliases: dict[str, str] = UnitedKingdom.subdivisions_aliases
    words |= {name: f"GB-{part}" for name, part in aliases.items()}
    words |= {
        f"{each}-{one}": f"{each}-{one}" for each, parts in countries.items() for one in parts
    }
    words |= {country: country for country in (*countries, "none")}
    near = nearest(text, words, cutoff=0.75)
    return words[near] if near else None


def _parts(text: str, parts: tuple[str, ...]) -> str:
    country, _, written = text.partition("-")
    names = [f"{country}-{part}" for part in parts]
    if not names:
        return f"write `{country}`"
    near = nearest(text, names)
    if written and near:
        return f"did you mean `{near}`"
    return f"write {one_of(names)}" if len(names) <= _FEW else f"write for example `{names[0]}`"
