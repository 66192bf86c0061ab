"""
Schema: the format of the configuration file as JSON Schema, for editors that complete and check.

`python -m breaktime.config.schema` prints it; it is checked in as `schema.json`.
"""

import json

from breaktime.config.schema_file import Configuration, json_schema

__all__ = ["Configuration", "as_text", "json_schema"]


def as_text() -> str:
    """Return the JSON Schema as it is checked in beside this file."""
    return json.dumps(json_schema(), indent=2) + "\n"


if __name__ == "__main__":
    print(as_text(), end="")  # noqa: T201  that is what the module is run for
