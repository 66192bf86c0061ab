"""
Mutants of a source: the same with one small mistake in it.

A comparison is turned round, or one off; a condition is always or never so; a part of an `and` is
left out; a number is one more; a byte string is another; a call that only does something is left
out.
"""

import ast
import copy
from collections.abc import Iterator
from typing import NamedTuple

_COMPARED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
_COUNTED: dict[type[ast.operator], type[ast.operator]] = {ast.Add: ast.Sub, ast.Sub: ast.Add}


class Mutant(NamedTuple):
    """
    One mutant.

    Fields:
        line: of the source, from 1.
        what: which mistake it is.
        tree: the whole of it.
    """

    line: int
    what: str
    tree: ast.Module


def mutants(source: str, skip: frozenset[str] = frozenset()) -> Iterator[Mutant]:
    """
    Yield the mutants of a source.

    Args:
        source: of a module.
        skip: names of functions and classes that are left as they are.
    """
    tree = ast.parse(source)
    left_alone = _left_alone(tree, skip)
    for number, node in enumerate(ast.walk(tree)):
        if node in left_alone:
            continue
        for change, what in enumerate(_changes(node)):
            other = copy.deepcopy(tree)
            place = next(each for at, each in enumerate(ast.walk(other)) if at == number)
            _apply(place, change)
            yield Mutant(getattr(node, "lineno", 0), what, ast.fix_missing_locations(other))


def _left_alone(tree: ast.Module, skip: frozenset[str]) -> set[ast.AST]:
    """Return the nodes of decorators, of what is run as a program, and of what is skipped."""
    roots: list[ast.AST] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            roots += [node] if node.name in skip else node.decorator_list
    roots += [node for node in tree.body if isinstance(node, ast.If)]
    return {each for root in roots for each in ast.walk(root)}


def _changes(node: ast.AST) -> list[str]:
    """Name what can be done to a node; `_apply` does it, by its place in this list."""
    match node:
        case ast.Compare(ops=ops):
            return [f"comparison {number + 1} turned" for number in range(len(ops))]
        case ast.BoolOp(values=values):
            return ["and for or", *(f"part {number + 1} left out" for number in range(len(values)))]
        case ast.UnaryOp(op=ast.Not()):
            return ["not left out"]
        case ast.If() | ast.IfExp() | ast.While():
            return ["never", "always"]
        case ast.Constant(value=bool()):
            return ["the opposite"]
        case ast.Constant(value=int()):
            return ["one more"]
        case ast.Constant(value=bytes()):
            return ["other bytes"]
        case ast.Expr(value=ast.Call()) | ast.Raise() | ast.AugAssign():
            return ["left out"]
        case ast.BinOp(op=ast.Add() | ast.Sub()):
            return ["minus for plus"]
    return []


def _apply(node: ast.AST, change: int) -> None:
    match node:
        case ast.Compare():
            node.ops[change] = _COMPARED[type(node.ops[change])]()
        case ast.BoolOp() if change == 0:
            node.op = ast.And() if isinstance(node.op, ast.Or) else ast.Or()
        case ast.BoolOp():
            node.values.pop(change - 1)
            if len(node.values) == 1:
                node.values.append(ast.Constant(isinstance(node.op, ast.And)))
        case ast.UnaryOp():
            node.op, node.operand = ast.Not(), ast.UnaryOp(ast.Not(), node.operand)
        case ast.If() | ast.IfExp() | ast.While():
            # What the condition does besides is done all the same.
            whole = ast.BoolOp(ast.Or(), [node.test, ast.Constant(value=True)])
            node.test = whole if change else ast.UnaryOp(ast.Not(), whole)
        case ast.Constant(value=bool(value)):
            node.value = not value
        case ast.Constant(value=int(value)):
            node.value = value + 1
        case ast.Constant(value=bytes(value)):
            node.value = value + b"x"
        case ast.Expr():
            node.value = ast.Constant(None)
        case ast.Raise():
            node.exc = ast.Call(ast.Name("StopIteration", ast.Load()), [], [])
            node.cause = None
        case ast.AugAssign():
            node.value = ast.BinOp(node.value, ast.Sub(), copy.deepcopy(node.value))
        case ast.BinOp():
            node.op = _COUNTED[type(node.op)]()
