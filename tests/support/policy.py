"""A policy in force, in memory of one test: Facebook at lunch, an exempt library, no nhs.uk."""

from datetime import UTC, datetime

from breaktime.config import load
from breaktime.mitm.state import State, open_for

CONFIG = """
version: 1
organisation: {name: Exampleshire Council, timezone: Europe/London}
controlled: {platforms: [facebook, x]}
never_control: [nhs.uk]
own_pages: [facebook.com/ExampleshireCouncil]
breaks: {lunch: {days: Mon-Fri, at: 12:00-14:00}}
everyone: {breaks: [lunch]}
places:
  office: {networks: [10.0.0.0/24]}
  library: {networks: [10.0.60.0/24]}
exempt:
  - {place: library, reason: public network}
identity: [{kind: addresses, table: people.csv}]
gateway: {ca: ca}
records: {directory: audit, detail: {own_page: page}}
"""
SOCIAL_ADDRESS = "157.240.1.1"
KNOWN, UNKNOWN, LIBRARY = "10.0.0.5", "10.0.0.99", "10.0.60.7"
LUNCH = datetime(2026, 11, 23, 12, 30, tzinfo=UTC)
MORNING = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def state_in(folder, *, ca="ca: ca", audit="directory: audit"):
    """Load the policy from a folder, with other words on the gateway and on records."""
    (folder / "people.csv").write_text(f"address,person\n{KNOWN},a.jones\n")
    text = CONFIG.replace("{ca: ca}", f"{{{ca}}}").replace("directory: audit", audit)
    (folder / "config.yaml").write_text(text)
    return State(open_for(load(folder / "config.yaml")))
