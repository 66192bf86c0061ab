"""A sealed log, made as the gateway makes it, small enough to be spoilt in every way."""

from datetime import timedelta

from breaktime.audit.anchor import Anchor
from breaktime.audit.ecs import Origin
from breaktime.audit.file import DayFiles
from breaktime.audit.findings import Status
from breaktime.audit.keys import KeyFile
from breaktime.audit.recorder import Recorder, Seals
from breaktime.audit.sealer import Sealer
from breaktime.audit.verify import Verifier
from records import LOADED, NOON


class Log:
    """One log in a directory, with its keys beside it, and a witness."""

    def __init__(self, folder, *, size=1 << 30):
        self.folder = folder
        self.records = folder / "records"
        self.keys = folder / "keys"
        self.size = size
        self.statements = []
        self.at = NOON
        keys = KeyFile.create(self.keys, "gateway")
        self.anchor = Anchor(keys.now.origin, 0, keys.now.public)
        keys.close()

    def open(self):
        """Open it as after a start; whatever was wrong is raised."""
        store = DayFiles(self.records, "gateway", size=self.size)
        sealer = Sealer(KeyFile.open(self.keys), Origin("gateway", "1"))
        try:
            sealer.go_on(store.unsealed())
        except Exception:
            store.close()
            sealer.close()
            raise
        recorder = Recorder(store, "gateway", "1", seals=Seals(sealer, self.statements.append))
        recorder.begin(self.at)
        return recorder

    def write(self, *intervals):
        """Start, write so many records under each of some checkpoints, and stop."""
        recorder = self.open()
        for count in intervals:
            for _ in range(count):
                self.at += timedelta(seconds=1)
                assert recorder.put(LOADED._replace(at=self.at, file=f"{recorder.sequence}"))
            recorder.seal(self.at)
        recorder.close()

    @property
    def path(self):
        (path,) = self.records.glob("*.jsonl")
        return path

    @property
    def data(self):
        return self.path.read_bytes()


def verified(data, anchor, statements=(), *, live=False):
    """Return what is found out about the bytes of one file."""
    verifier = Verifier([anchor], statements, live=live)
    lines = data.split(b"\n")
    for number, line in enumerate(lines[:-1], 1):
        verifier.take("log", number, line)
    if lines[-1]:
        verifier.take("log", len(lines), lines[-1], whole=False)
    return verifier.finish()


def status(data, anchor, statements=(), *, live=False):
    return verified(data, anchor, statements, live=live).worst


__all__ = ["Log", "Status", "status", "verified"]
