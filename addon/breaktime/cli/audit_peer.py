"""`breaktime audit peer`: what another gateway writes to be witnessed here."""

import sys
from pathlib import Path

import click

from breaktime.cli.options import CONFIG, load_or_exit, plain


@click.command(short_help="What another gateway writes to be witnessed here.")
@CONFIG
def peer(config: Path) -> None:
    """
    Print the line that another gateway writes under `records: witnesses`.

    It holds the address of `records: witness_for`, and the public key with which this gateway says
    that it has seen a seal. The key is made where there is none, as the account that runs this.

    \b
    Example:
      runuser -u breaktime -- breaktime audit peer -c config.yaml

    \b
    Exit status: 0 printed; 1 not, and why; 2 not understood.
    """
    from breaktime.audit.witnesses.cosign import WitnessKey

    records = load_or_exit(config).settings.records
    if records.peers_at is None:
        click.echo("nobody is witnessed here: write `records: witness_for`", err=True)
        sys.exit(1)
    try:
        key = WitnessKey.of(records.seal_keys)
    except OSError as problem:
        reason = (problem.strerror or str(problem)).lower()
        click.echo(f"the key in {plain(str(records.seal_keys))} cannot be used: {reason}", err=True)
        sys.exit(1)
    click.echo(f"peer:{records.peers_at} key={key.public}")
