"""
`breaktime VERB`: one verb a file.

Exit status: 0 fine, 1 problems found, 2 the command line was not understood.
"""

import click

from breaktime import __version__
from breaktime.cli.audit import audit
from breaktime.cli.break_ import break_
from breaktime.cli.ca import ca
from breaktime.cli.check import check
from breaktime.cli.demo import demo
from breaktime.cli.diff import diff
from breaktime.cli.doctor import doctor
from breaktime.cli.expect import expect
from breaktime.cli.explain import explain
from breaktime.cli.export import export
from breaktime.cli.log import log
from breaktime.cli.match import match
from breaktime.cli.notice import notice
from breaktime.cli.options import write_anything
from breaktime.cli.replay import replay
from breaktime.cli.report import report
from breaktime.cli.reveal import reveal
from breaktime.cli.rules import rules
from breaktime.cli.run import run
from breaktime.cli.week import week


@click.group(
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="A first look:  breaktime demo",
)
@click.version_option(__version__, prog_name="breaktime")
def main() -> None:
    """
    Open social media to people during their breaks, and only then.

    \b
    From a file to a gateway:
      breaktime check config.yaml           is the configuration right?
      breaktime explain -c config.yaml --who a.jones --url facebook.com
                                            what would happen, and why?
      breaktime test expect.yaml            does it do what was meant?
      breaktime run -c config.yaml          do it
      breaktime log -c config.yaml -f       what happened?
    """
    write_anything()


for verb in (
    run,
    check,
    doctor,
    ca,
    diff,
    expect,
    explain,
    week,
    match,
    rules,
    log,
    report,
    replay,
    export,
    reveal,
    audit,
    notice,
    break_,
    demo,
):
    main.add_command(verb)
