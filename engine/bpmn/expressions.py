"""The one language for conditions: comparison, and, or, not, in, arithmetic, names, literals and lists. Nothing else.

`check` is what deployment asks, `evaluate` is what the engine runs. Both go by the same table of syntax nodes, so
that nothing can be deployed that cannot be evaluated, and nothing evaluated that was not allowed.
"""

import ast
import operator
from collections.abc import Callable, Mapping
from functools import lru_cache
from threading import local
from typing import Any

from simpleeval import EvalWithCompoundTypes, InvalidExpression

from engine.errors import ExecutionFailed

MAX_LENGTH = 500
MAX_DEPTH = 20
MAX_DIGITS = 15

_LITERALS = (str, int, float, bool, type(None))


class _NotAllowed(ValueError):
    """The text is outside the language; the message says why, in Swedish."""


def check(expression: str) -> str | None:
    """Why `expression` is outside the language, as a Swedish phrase, or None when it may be used."""
    try:
        _parse(expression)
    except _NotAllowed as error:
        return str(error)
    return None


@lru_cache(maxsize=2000)
def names(expression: str) -> frozenset[str]:
    """The variables that `expression` reads; empty when it is outside the language."""
    try:
        tree = _parse(expression)
    except _NotAllowed:
        return frozenset()
    return frozenset(node.id for node in ast.walk(tree) if isinstance(node, ast.Name))


def evaluate(expression: str, values: Mapping[str, Any]) -> Any:
    """The value of `expression` where names mean `values`. Raises `ExecutionFailed` when it has none."""
    try:
        tree = _parse(expression)
    except _NotAllowed as error:
        raise ExecutionFailed(f"Uttrycket {_shown(expression)} går inte att använda: {error}.") from error
    missing = names(expression) - values.keys()
    if missing:
        raise ExecutionFailed(
            f"Uttrycket {_shown(expression)} frågar efter {', '.join(sorted(missing))} som inte har något värde."
        )
    try:
        return _evaluator(values).eval(expression, previously_parsed=tree)
    except (InvalidExpression, ArithmeticError, TypeError, ValueError) as error:
        raise ExecutionFailed(f"Uttrycket {_shown(expression)} gick inte att räkna ut: {error}") from error


def _shown(expression: str) -> str:
    return repr(expression if len(expression) <= 80 else expression[:79] + "…")


# simpleeval is open by default; this closes it: no functions, no attributes, no subscripts, no power, and arithmetic
# on numbers only (`"%999999999d" % 1` and `"a" * 9**9` are ways to eat the memory of the machine).


def _number(value: object) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"{value!r} är inget tal")
    if abs(value) > 10**MAX_DIGITS:
        raise TypeError("talet är för stort")
    return value


def _on_numbers(function: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    return lambda left, right: _number(function(_number(left), _number(right)))


def _contained(item: Any, container: Any) -> bool:
    if not isinstance(container, str | list | tuple):
        raise TypeError(f"{container!r} är ingen lista")
    return item in container


_OPERATORS: dict[type[ast.AST], Callable[..., Any]] = {
    ast.Add: _on_numbers(operator.add),
    ast.Sub: _on_numbers(operator.sub),
    ast.Mult: _on_numbers(operator.mul),
    ast.Div: _on_numbers(operator.truediv),
    ast.FloorDiv: _on_numbers(operator.floordiv),
    ast.Mod: _on_numbers(operator.mod),
    ast.USub: lambda value: -_number(value),
    ast.UAdd: lambda value: +_number(value),
    ast.Not: operator.not_,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.In: _contained,
    ast.NotIn: lambda item, container: not _contained(item, container),
}
_NODES = {ast.BoolOp, ast.UnaryOp, ast.BinOp, ast.Compare, ast.Name, ast.Constant, ast.List, ast.Tuple}
_ALLOWED: tuple[type[ast.AST], ...] = (*_OPERATORS, *_NODES, ast.And, ast.Or, ast.Load)


class _Evaluators(local):
    """One evaluator for each thread: to make one takes longer than to use it."""

    def __init__(self) -> None:
        self.own = EvalWithCompoundTypes(operators=_OPERATORS, functions={}, names={})
        self.own.functions.clear()  # it adds list, tuple, dict and set by itself
        self.own.nodes = {kind: handler for kind, handler in self.own.nodes.items() if kind in _NODES}


_evaluators = _Evaluators()


def _evaluator(values: Mapping[str, Any]) -> Any:
    _evaluators.own.names = dict(values)
    return _evaluators.own


@lru_cache(maxsize=2000)
def _parse(expression: str) -> ast.expr:
    if not expression.strip():
        raise _NotAllowed("uttrycket är tomt")
    if len(expression) > MAX_LENGTH:
        raise _NotAllowed(f"uttrycket är längre än {MAX_LENGTH} tecken")
    if "\\" in expression:
        raise _NotAllowed("omvänt snedstreck får inte användas")
    try:
        tree = ast.parse(expression.strip(), mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
        raise _NotAllowed(f"{_shown(expression)} är inget uttryck") from error
    _check_nodes(tree)
    return tree


def _check_nodes(tree: ast.expr) -> None:
    level: list[ast.AST] = [tree]
    for _ in range(MAX_DEPTH):
        for node in level:
            _check_node(node)
        level = [child for node in level for child in ast.iter_child_nodes(node)]
        if not level:
            return
    raise _NotAllowed(f"uttrycket är nästlat i fler än {MAX_DEPTH} nivåer")


def _check_node(node: ast.AST) -> None:
    if not isinstance(node, _ALLOWED):
        raise _NotAllowed(f"{_NAMES.get(type(node), type(node).__name__)} får inte användas i ett uttryck")
    if isinstance(node, ast.Name) and node.id.startswith("_"):
        raise _NotAllowed(f"namnet {node.id} får inte börja med understreck")
    if isinstance(node, ast.Constant):
        _check_literal(node.value)


def _check_literal(value: object) -> None:
    if not isinstance(value, _LITERALS):
        raise _NotAllowed("bara text, tal, True, False och None får stå som värden")
    if isinstance(value, int | float) and not abs(value) <= 10**MAX_DIGITS:
        raise _NotAllowed("talet är för stort")


_NAMES: dict[type[ast.AST], str] = {
    ast.Call: "funktionsanrop",
    ast.Attribute: "punkt efter ett namn",
    ast.Subscript: "hakparentes efter ett namn",
    ast.Pow: "upphöjt till",
    ast.Lambda: "lambda",
    ast.JoinedStr: "f-sträng",
    ast.ListComp: "listbyggare",
    ast.SetComp: "listbyggare",
    ast.DictComp: "listbyggare",
    ast.GeneratorExp: "listbyggare",
    ast.IfExp: "if … else",
    ast.NamedExpr: "tilldelning",
    ast.Dict: "klammer",
    ast.Set: "klammer",
    ast.Is: "is",
    ast.IsNot: "is not",
    ast.Starred: "stjärna",
}
