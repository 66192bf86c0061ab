"""A case bundle: everything about one person in one folder, with all that it takes to check it."""

import json
from pathlib import Path

from breaktime.pages.texts import Texts
from breaktime.reports.subject import Subject, as_object, as_page

CHECKER = Path(__file__).with_name("check_proof.py")

_README = """\
Records of breaktime about one person
=====================================

made        {made}
records     {count}, of {first} to {last}
log         {origin}

records.html    the records in words, to read and print
records.json    the same for programs, with what each field means
proof.json      what proves that these records are in the sealed log; nobody else's are in it
anchor.txt      the public key that the log began with
check_proof.py  checks the proof; it has no code of breaktime in it, and can be read at a sitting

To check it, on any computer:

1. Compare anchor.txt with the anchor that was printed when the log was begun, and that somebody
   without power over the gateway keeps. It is one line. If it is another one, nothing is proved.
2. Install Python 3 and its package "cryptography", and run

       python3 check_proof.py anchor.txt proof.json

   It prints the records as they were written, and PROVED; or NOT PROVED, and why.

What is proved: each record was in the log when it was sealed, a minute after it was written at
most, and not a character of it was changed since.

What is not: that these are all records of the person. For that, somebody who may see the whole log
verifies it (breaktime audit verify, with what the witnesses kept) and makes this bundle again. Nor
what nobody can know: who sat at the computer. How sure it is that a person went to a page stands
in breaktime.visit.evidence of each record, as told by the browser; minutes are minutes in which a
page was opened, and never time spent.
"""


class UnsealedError(Exception):
    """There is nothing that proves the records."""


def write_bundle(folder: Path, found: Subject, texts: Texts, anchor: str) -> tuple[str, ...]:
    """
    Write a bundle.

    Args:
        folder: made here, for nobody but who makes it.
        found: what is known of the person.
        texts: the language to write in.
        anchor: the line that the log began with.

    Returns:
        The names of the files.

    Raises:
        UnsealedError: there is no proof.
        FileExistsError: the folder is there.
        OSError: it cannot be written.
    """
    proof = found.proof
    if proof is None or len(proof["records"]) != len(found.records):
        raise UnsealedError
    times = [str(record["@timestamp"]) for record in found.records]
    readme = _README.format(
        made=found.made.isoformat(timespec="seconds"),
        count=len(found.records),
        first=times[0][:10],
        last=times[-1][:10],
        origin=anchor.split()[1],
    )
    said = {key: value for key, value in as_object(found, texts).items() if key != "proof"}
    files = {
        "README.txt": readme,
        "records.html": as_page(found, texts),
        "records.json": json.dumps(said, indent=1) + "\n",
        "proof.json": json.dumps(proof) + "\n",
        "anchor.txt": f"{anchor}\n",
        "check_proof.py": CHECKER.read_text("utf-8"),
    }
    folder.mkdir(mode=0o700)
    for name, text in files.items():
        path = folder / name
        path.touch(mode=0o600)
        path.write_text(text, "utf-8")
    return tuple(files)
