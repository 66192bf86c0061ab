"""shim"""

from breaktime.pages import block


def refusal_page(decision, id_, seen, state, at):
    return block(f"{decision.reason} {id_}".encode())
