"""A configuration beside a folder of pages of the site's own."""

from breaktime.config import ConfigError, parse

CONFIG = """
version: 1
organisation: {{name: Exampleshire Council, timezone: Europe/London, languages: [{languages}]}}
controlled: {{categories: [social-network]}}
identity: [{{kind: basic, file: htpasswd}}]
page: {{templates: pages}}
"""


def load(folder, files, languages="en, cy"):
    """Load it with these files in the folder, by name."""
    (folder / "htpasswd").write_text("")
    (folder / "pages").mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / "pages" / name).write_text(text, "utf-8")
    return parse(CONFIG.format(languages=languages), base=folder)


def problems(folder, files, languages="en, cy"):
    """Load it and return what is wrong, a line each."""
    try:
        load(folder, files, languages)
    except ConfigError as error:
        return [str(one) for one in error.problems]
    return []
