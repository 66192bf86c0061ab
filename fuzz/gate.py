"""
Fuzz the gate, guided by coverage: whatever a client sends, one of a few things happens.

    make fuzz                        a minute, from the corpus in fuzz/corpus/gate
    make fuzz ARGS=-max_total_time=600

The first byte of an input says in how many pieces the rest arrives, by which way, and whether a
balancer announces the client; whatever the gate waits for is granted. An input that breaks a law is
written to the current folder by the fuzzer.
"""

import sys

import atheris

with atheris.instrument_imports():
    from breaktime.door.entrance import Way
    from breaktime.door.gate import MAX_HEAD, MAX_PEEK, Gate
    from breaktime.door.steps import Kind, Step


WAYS = tuple(Way)


def answered(gate: Gate, way: Way, step: Step) -> Step:
    """Do what a gate waits for, until it waits for bytes."""
    while True:
        if step is Step.ANNOUNCED:
            step = gate.begin(way)
            if way is Way.TRANSPARENT:
                step = gate.granted()
        elif step is Step.REPLY:
            step = gate.replied()
        elif step is Step.HEAD:
            return gate.granted()
        else:
            return step


def outcome(data: bytes, pieces: int, choice: int = 0) -> tuple[object, ...]:
    """Feed a gate in pieces, grant what it asks for, and return all that it says at the end."""
    way, announced = WAYS[choice % 3], choice >= len(WAYS)
    gate = Gate(way, announced=announced)
    step = Step.MORE if announced or way is not Way.TRANSPARENT else gate.granted()
    size = max(1, -(-len(data) // pieces))
    for start in range(0, len(data), size):
        if gate.room <= 0:
            break
        found = gate.feed(data[start : start + size])
        if found is not Step.MORE:
            step = found
        step = answered(gate, way, step)
        if step is Step.BAD:
            break
    head = gate.head
    said = None if head is None else (head.tunnel, head.host, head.port)
    return step, said, gate.announced, gate.kind, gate.sni, gate.reason


def test_one_input(data: bytes) -> None:
    """Hold the laws of the gate for one input."""
    if len(data) < 1 or len(data) > MAX_HEAD + MAX_PEEK:
        return
    choice = data[0] // 16 % 6
    whole = outcome(data[1:], 1, choice)
    if outcome(data[1:], 1 + data[0] % 16, choice) != whole:
        raise AssertionError("how the bytes were cut changed the outcome")
    step, said, _, kind, sni, reason = whole
    if (step is Step.BAD) != (reason is not None):
        raise AssertionError("bad without a reason, or a reason without bad")
    if kind is Kind.TLS and sni is not None and (sni != sni.lower() or not sni.isascii()):
        raise AssertionError("a server name that is not in its one spelling")
    if said is not None and (said[1] != said[1].lower() or " " in said[1]):
        raise AssertionError("a host that is not in its one spelling")


if __name__ == "__main__":
    atheris.Setup(sys.argv, test_one_input)
    atheris.Fuzz()
