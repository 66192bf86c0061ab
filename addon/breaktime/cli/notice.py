"""`breaktime notice`: what staff are told, made from the configuration that is in force."""

from pathlib import Path

import click

from breaktime.cli.options import CONFIG, load_or_exit


@click.command(short_help="Print the notice for staff: what is recorded, why, and who sees it.")
@CONFIG
@click.option(
    "--language",
    metavar="LANGUAGE",
    help="en, cy, or one that the site brings. Left out: that of the organisation.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "markdown", "html"]),
    default="text",
    show_default=True,
    help="How it is written.",
)
def notice(config: Path, language: str | None, form: str) -> None:
    """
    Print the notice for staff.

    It is made from the configuration alone: what is recorded, what never is, why, who sees it, and
    whom to ask. When the configuration changes, print it again.

    \b
    Examples:
      breaktime notice -c /etc/breaktime/config.yaml
      breaktime notice -c /etc/breaktime/config.yaml --language cy --format html
    """
    from breaktime.pages.texts import known_languages
    from breaktime.portal.notice import as_html, as_markdown, as_text, notice_of

    loaded = load_or_exit(config)
    page = loaded.settings.page
    texts = page.design.texts
    chosen = language or known_languages(page.languages, texts)[0]
    if chosen not in texts:
        raise click.UsageError(f"there are no texts in this language; there is {', '.join(texts)}")
    made = notice_of(loaded.policy, loaded.settings, texts[chosen])
    forms = {"text": as_text, "markdown": as_markdown}
    text = as_html(made, chosen) if form == "html" else forms[form](made)
    click.echo(text, nl=False)
