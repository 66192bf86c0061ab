import itertools

import pytest
from sqlalchemy import create_engine, text

from breaktime.ledger import open_ledger
from support.postgres import cluster

_NUMBERS = itertools.count()


@pytest.fixture(scope="session")
def postgres():
    """Addresses of databases in one cluster, each new."""
    with cluster() as running:
        address = running.address

        def database():
            name = f"ledger{next(_NUMBERS)}"
            engine = create_engine(address.format("postgres"), isolation_level="AUTOCOMMIT")
            with engine.connect() as connection:
                connection.execute(text(f"CREATE DATABASE {name}"))
            engine.dispose()
            return address.format(name)

        yield database


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def opened(request, tmp_path):
    """A function that opens the same new database once more, as another process would."""
    url = request.getfixturevalue("postgres")() if request.param == "postgresql" else None
    ledgers = []

    def one():
        ledgers.append(open_ledger(tmp_path / "ledger.sqlite", url))
        return ledgers[-1]

    yield one
    for each in ledgers:
        each.close()


@pytest.fixture
def ledger(opened):
    return opened()
