"""
The real gateway with a part that breaks: the one that stands in `fault` beside the configuration.

The file is read at each call, so that one gateway can be broken in one way after the other.
"""

import sys
from pathlib import Path

from breaktime.audit import DayFiles, Writer
from breaktime.demo import gateway
from breaktime.door import Dialler
from breaktime.mitm import addon, policing, question, rebuild, signin


class BrokenError(Exception):
    """What a broken part raises. Its text is a secret that must be told to nobody."""

    def __init__(self) -> None:
        super().__init__("canary-of-a-fault")


def breaking(name: str, function, file: Path, *, spares=lambda *_: False):
    """Return a function that raises while its name stands in the file."""

    def broken(*arguments, **named):
        if file.exists() and name in file.read_text().split() and not spares(*arguments):
            outside = name in {"write", "dial"}
            raise OSError(28, "canary-of-a-fault") if outside else BrokenError
        return function(*arguments, **named)

    return broken


def killed_reader(reader, file: Path):
    """Return a command that is killed, as for want of memory, while `reader` stands in the file."""
    program = "import os; os.kill(os.getpid(), 9)"

    def command(*arguments):
        broken = file.exists() and "reader" in file.read_text().split()
        return (sys.executable, "-c", program) if broken else reader(*arguments)

    return command


def main(arguments: list[str]) -> int:
    """Break what can be broken, and run."""
    gateway.MODULE = "support.faulty_gateway"
    config = arguments[1] if arguments[0] == gateway.WORKER else arguments[0]
    file = Path(config).with_name("fault")
    for name in ("observe", "answer", "let_through", "let_back", "refusal_page"):
        setattr(addon, name, breaking(name, getattr(addon, name), file))
    question.decide = breaking("decide", question.decide, file)
    signin.identify = breaking("identify", signin.identify, file)
    policing.concerns = breaking("judge", policing.concerns, file)
    policing.Police.look = breaking("judge", policing.Police.look, file)  # it remembers
    rebuild.reader = killed_reader(rebuild.reader, file)
    Writer.put = breaking("put", Writer.put, file, spares=lambda _, record: record.verdict is None)
    Dialler.connect = breaking("dial", Dialler.connect, file)
    DayFiles.write = breaking("write", DayFiles.write, file)
    return gateway.main(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
