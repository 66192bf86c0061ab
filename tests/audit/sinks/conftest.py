"""Servers of tests run on machines that have much else to do."""

import pytest

from breaktime.audit.sinks import journal, syslog


@pytest.fixture(autouse=True)
def _patiently(monkeypatch):
    monkeypatch.setattr(syslog, "SECONDS", 60.0)
    monkeypatch.setattr(journal, "SECONDS", 60.0)
