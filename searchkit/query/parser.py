"""Tokens → AST, by the LALR(1) tables that are made from grammar.lark."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from searchkit.query._tables import ACTIONS, END, RULES, START
from searchkit.query.ast import Boosted, Clauses, Either, InField, Node, Occur, Span
from searchkit.query.scanner import Token, scan
from searchkit.records import Record

_Clause = tuple[Occur, Node]


class Parsed(Record):
    """A query that was read: its text, its tree (None for an empty query), and warnings about how it was read."""

    text: str
    root: Node | None
    warnings: tuple[str, ...]


def parse(query: str) -> Parsed:
    """Read a query. Raises QueryError, with the place, for what can only be a mistake."""
    tokens, warnings = scan(query)
    root = _run(tokens) if tokens else None
    return Parsed(query, root, tuple(warnings))


def _run(tokens: list[Token]) -> Node:
    states = [START]
    values: list[Any] = []
    for token in [*tokens, Token("$END", "", (0, 0))]:
        while True:
            # The scanner gives no sequence that the grammar does not know: there is no error to recover from.
            action, argument = ACTIONS[states[-1]][token.kind]
            if action == "shift":
                states.append(argument)
                values.append(token)
                break
            makes, name, size = RULES[argument]
            made = _MAKE[name](*values[-size:])
            del states[-size:], values[-size:]
            values.append(made)
            states.append(ACTIONS[states[-1]][makes][1])
            if states[-1] == END and token.kind == "$END":
                node: Node = made
                return node
    raise AssertionError("the tables have no end state")


def _both_spans(a: Span, b: Span) -> Span:
    return min(a[0], b[0]), max(a[1], b[1])


def _side_by_side(clauses: list[_Clause]) -> Node:
    if len(clauses) == 1 and clauses[0][0] is not Occur.PROHIBITED:
        return clauses[0][1]
    return Clauses(tuple(clauses), _both_spans(clauses[0][1].span, clauses[-1][1].span))


def _joined(clauses: list[_Clause], _and: Token, clause: _Clause) -> list[_Clause]:
    # AND makes both of its sides required, also where plain clauses need not all match.
    def require(item: _Clause) -> _Clause:
        return (Occur.REQUIRED, item[1]) if item[0] is Occur.PLAIN else item

    return [*clauses[:-1], require(clauses[-1]), require(clause)]


def _prohibited(_sign: Token, clause: _Clause) -> _Clause:
    occur, node = clause
    if occur is Occur.PROHIBITED:  # a double negation
        return Occur.PLAIN, node
    return Occur.PROHIBITED, node


def _either(left: list[Node], _or: Token, clauses: list[_Clause]) -> list[Node]:
    return [*left, _side_by_side(clauses)]


def _whole(items: list[Node]) -> Node:
    return items[0] if len(items) == 1 else Either(tuple(items), _both_spans(items[0].span, items[-1].span))


def _boosted(node: Node, boost: Token) -> Node:
    assert isinstance(boost.value, float)
    return Boosted(node, boost.value, _both_spans(node.span, boost.span))


def _in_field(field: Token, node: Node) -> Node:
    return InField(str(field.value), node, _both_spans(field.span, node.span))


_MAKE: dict[str, Callable[..., Any]] = {
    "start": lambda items: _whole(items),
    "one": lambda clauses: [_side_by_side(clauses)],
    "alternative": _either,
    "first": lambda clause: [clause],
    "beside": lambda clauses, clause: [*clauses, clause],
    "joined": _joined,
    "plain": lambda node: (Occur.PLAIN, node),
    "required": lambda _sign, clause: clause if clause[0] is Occur.PROHIBITED else (Occur.REQUIRED, clause[1]),
    "prohibited": _prohibited,
    "same": lambda node: node,
    "boosted": _boosted,
    "leaf_token": lambda token: token.value,
    "in_field": _in_field,
    "group": lambda _left, items, _right: _whole(items),
}
"""What each rule of the grammar makes of its parts."""
