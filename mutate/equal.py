"""Mutants that no table can find, each with the reason: what they do is the same."""

EQUAL: dict[tuple[str, str, str], str] = {
    (
        "tombstone",
        "if not line.startswith(_START) or (found := _FORM.fullmatch(line)) is None:",
        "part 1 left out",
    ): "a quick look before the thorough one",
    ("purges", "if _MARK not in line:", "never"): "a quick look before the thorough one",
    (
        "checkpoint",
        "if _END.fullmatch(line, max(len(line) - _END_LENGTH, 0)) is None:",
        "one more",
    ): "what is so short does not end like that from its second byte either",
    ("findings", "tail: int = 0", "one more"): "`finish` sets it",
    ("verify", "REMEMBERED = 4096", "one more"): "a bound on memory",
    (
        "verify",
        'rb\'\\{"@timestamp":"[^"]{1,40}","ecs":\\{"version":"[^"]{1,20}"\\},\'',
        "other bytes",
    ): "a quick look before the thorough one",
    (
        "verify",
        "number = int(found[1]) if found else sequence_of(line)",
        "never",
    ): "the thorough look, which finds the same",
    ("verify", "self._kept.clear()", "left out"): "numbers of the log before are written over",
    (
        "verify",
        "if hash_ != known and key and is_signed_by(line, key):",
        "part 2 left out",
    ): "nothing is signed by no key",
    (
        "second",
        'if leaves or prev == "0" * 64 or max(seen, default=-1) >= epoch:',
        "one more",
    ): "no number is negative",
    (
        "statement",
        'line: bytes = field(default=b"", compare=False, repr=False)',
        "other bytes",
    ): "what a peer has at hand; no verifier looks at it",
    (
        "statement",
        'line: bytes = field(default=b"", compare=False, repr=False)',
        "the opposite",
    ): "what a peer has at hand; it is empty wherever a verifier compares",
    ("second", "origin, key = anchor.split()[1:4:2]", "one more"): "an anchor has four words",
    ("second", 'def verify(anchor, paths, witness=b""):', "other bytes"): "nobody's statement",
    (
        "second",
        'for number, line in enumerate(iter(lambda: file.readline(20_000), b""), 1):',
        "one more",
    ): "no line of ours is nearly as long",
}
