"""
Fuzz the reader of platform files and lists, guided by coverage: a platform, or a line to mend.

    make fuzz                        a minute, from the corpus in fuzz/corpus/rules
    make fuzz ARGS=-max_total_time=600

An input is read as a platform file and as a list of names. An input that breaks a law is written to
the current folder by the fuzzer.
"""

import sys

import atheris

with atheris.instrument_imports(include=["breaktime"]):
    from pydantic import ValidationError

    from breaktime.catalogue.lists import read_list
    from breaktime.config import positions
    from breaktime.config.platform_file import PlatformFile
    from breaktime.config.problems import ConfigError
    from breaktime.core.names import normal_name
    from breaktime.core.what import Catalogue


def read_as_file(data: bytes) -> None:
    """A platform that is read is recognised by each of its names."""
    try:
        facts = PlatformFile.model_validate(positions.read(data, "fuzz.yaml").data)
    except (ConfigError, ValidationError):
        return
    platform = facts.to_platform("fuzz")
    catalogue = Catalogue([platform])
    for name in platform.domains:
        match = catalogue.match(name)
        if match is None or match.platform != "fuzz":
            raise AssertionError(f"{name!r} is listed and not recognised")


def read_as_list(data: bytes) -> None:
    """What a list names is written as it is matched, and what is refused has its line."""

    def beside(name: str) -> str:
        raise FileNotFoundError(2, "No such file or directory", name)

    text = data.decode("utf-8", "replace")
    found = read_list(text, "fuzz.txt", beside)
    for name in (*found.names, *found.exceptions):
        if normal_name(name) != name:
            raise AssertionError(f"{name!r} is not in its one spelling")
    if any(not 0 < problem.line <= len(text.splitlines()) for problem in found.problems):
        raise AssertionError("a problem on a line that is not there")


def test_one_input(data: bytes) -> None:
    """Hold the laws of both readers for one input."""
    read_as_file(data)
    read_as_list(data)


if __name__ == "__main__":
    atheris.Setup(sys.argv, test_one_input)
    atheris.Fuzz()
