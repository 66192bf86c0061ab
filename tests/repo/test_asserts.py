"""The service runs with `python -O`, which leaves out asserts: none may decide anything."""

import ast

from support.gateway import ROOT

_CALLS = {"isinstance"}


def decides(test):
    """Tell whether an assert could be more than a note for the type checker."""
    inner = [
        node for node in ast.walk(test) if isinstance(node, ast.Call | ast.NamedExpr | ast.Await)
    ]
    if isinstance(test, ast.Call):
        inner.remove(test)
        return bool(inner) or getattr(test.func, "id", "") not in _CALLS
    none = (
        isinstance(test, ast.Compare)
        and isinstance(test.ops[0], ast.IsNot)
        and isinstance(test.comparators[0], ast.Constant)
        and test.comparators[0].value is None
    )
    return bool(inner) or not none


def deciding(text):
    nodes = ast.walk(ast.parse(text))
    return [node.lineno for node in nodes if isinstance(node, ast.Assert) and decides(node.test)]


def test_no_assert_decides_anything():
    found = {
        path.relative_to(ROOT).as_posix(): lines
        for path in (ROOT / "addon").rglob("*.py")
        if (lines := deciding(path.read_text("utf-8")))
    }
    assert not found


def test_an_assert_that_decides_is_seen():
    assert deciding("assert x is not None\nassert isinstance(x, int)\n") == []
    assert deciding("assert allowed\n") == [1]
    assert deciding("assert take() is not None\n") == [1]
    assert deciding("assert isinstance(take(), int)\n") == [1]
    assert deciding("assert x is None\n") == [1]
