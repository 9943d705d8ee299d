"""JSON values that stand one after the other in a text, in arrays, or in an object around them, and are read one by one.

What is broken is passed over: reading goes on where the next value begins that looks like those before. Memory holds one
value, and time is in proportion to the text.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

LONGEST_RECORD = 32 << 20
"""Characters (bytes, where records stand on lines): no article is longer."""

MOST_VALUES = 1_000_000
"""Values in a record: Python needs a hundred bytes and more for the smallest."""

_ENTERED_FROM = 1 << 20
"""An object that is not complete after so many characters may be one around records."""

_MOST_OPEN = 64
_MOST_FAILURES = 10_000
"""Broken records in a row after which the rest is not worth the time."""

_SMALLEST_FILL = 1 << 16
_TAIL = 1024
"""Characters that are kept of a text that is passed over, as the next record may begin in them."""

# RFC 7464 puts a record separator before each text. An empty list says as little as a comma.
_SPACE = re.compile(r"(?:[\s,\ufeff\x00\x1e]++|\[\s*+\])*+")
_OPENING, _CLOSING = re.compile(r"\[++"), re.compile(r"[\]}]++")
_KEY = re.compile(r'[\s,]*+"((?:[^"\\]++|\\.)*+)"\s*+:\s*+', re.DOTALL)
_FIRST_KEY = re.compile(r'\{\s{0,200}"([^"\\]{1,200})"\s{0,20}:')
_LIST_OF_OBJECTS = re.compile(r"\[\s*+(?=\{)")
_OTHER = re.compile(r'(?:[^{\[\]}"]++|"(?:[^"\\\n]++|\\.)*+")++')
_TOKEN = re.compile(r'[{}\[\]]|"(?:[^"\\\n]++|\\[^\n])*+"?')
_SEAM = re.compile(r'\}[\s,]*\{\s*"\Z')
"""What stands between two records, at the end of what is taken for a text where quotes do not match."""

_CLOSED_BY = {"{": "}", "[": "]"}
_MOST_TOKENS = 2000
_DEEPEST_TOKEN = 100
_MOST_KEYS = 20
_MOST_MEMBERS = 100
_WRAPPED = 4
"""Objects around one another in which records are looked for."""


class Value(NamedTuple):
    """An object that was read, and the line that it begins on."""

    line: int
    value: dict[str, Any]


class Problem(NamedTuple):
    """What could not be read, and where: the reason and a kind, as in ``Skip``."""

    line: int
    reason: str
    kind: str


def loads(text: str) -> Any:
    """The value of a JSON text, as far as it can be understood: control characters in strings, NaN, lone surrogates and
    numbers of any length are no reason to lose a record. Raises ValueError.
    """
    try:
        return _DECODER.decode(text)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    except json.JSONDecodeError as error:
        raise ValueError(f"{_small(error.msg)} (column {error.colno})") from None


def _small(message: str) -> str:
    return message[:1].lower() + message[1:].removesuffix(" starting at")


def too_long() -> str:
    """Why a record is too large, in words."""
    return f"is longer than {LONGEST_RECORD >> 20} MB"


def too_many_values() -> str:
    """Why a record is too large, in words."""
    return f"holds more than {MOST_VALUES:,} values"


def _integer(digits: str) -> int | str:
    return int(digits) if len(digits) < 1000 else digits


_DECODER = json.JSONDecoder(strict=False, parse_int=_integer)
_scan = _DECODER.raw_decode


class Scanner:
    """Reads the values of a text that comes in pieces. ``is_wrapper(members, key, item)`` says whether an object with
    ``members`` is one around records, if the first item of the list under ``key`` is ``item`` (None where that is broken or
    not known). ``members`` are those of the objects around the records that come now, as far as they were read.
    """

    def __init__(self, pieces: Iterable[str], is_wrapper: Callable[[Mapping[str, Any], str, Any], bool]) -> None:
        self._pieces = iter(pieces)
        self._is_wrapper = is_wrapper
        self._text = ""
        self._position = 0
        self._more = True
        self._line, self._counted = 1, 0
        self._open: list[str] = []
        self._keys: dict[str, None] = {}
        self._later: list[tuple[str, int]] = []
        self._sound = True
        self._told = False
        self._failures = 0
        self.members: dict[str, Any] = {}

    def __iter__(self) -> Iterator[Value | Problem]:
        while self._failures < _MOST_FAILURES and self._to_value():
            sign = self._text[self._position]
            if sign == "{":
                yield from self._object()
            elif sign != '"' or self._open[-1:] != ["{"] or not self._member():
                yield from self._other()
        if self._failures == _MOST_FAILURES:
            reason = f"is the last of {_MOST_FAILURES:,} broken records in a row: what follows is left out"
            yield Problem(self._line_at(self._position), reason, "broken")
        elif self._sound and "[" in self._open:
            yield Problem(self._line_at(len(self._text)), "the file ends before its list does: it is cut off", "broken")

    def _to_value(self) -> bool:
        """Goes to the next value, in and out of lists. False at the end."""
        while True:
            if self._position > 2 * _SMALLEST_FILL:
                self._set_back()
            self._position = _SPACE.match(self._text, self._position).end()  # type: ignore[union-attr]
            if opening := _OPENING.match(self._text, self._position):
                self._open += "[" * min(len(opening[0]), _MOST_OPEN - len(self._open))
                self._position = opening.end()
            elif closing := _CLOSING.match(self._text, self._position):
                for sign in closing[0][: 2 * _MOST_OPEN]:
                    if self._open and self._open[-1] == ("[" if sign == "]" else "{"):
                        self._open.pop()
                self._position = closing.end()
            elif self._position < len(self._text):
                return True
            elif not self._fill():
                return False

    def _object(self) -> Iterator[Value | Problem]:
        while True:
            start = self._position
            try:
                value, end = _scan(self._text, start)
            except RecursionError:
                yield self._pass_over(start, "is nested too deeply", "broken")
                return
            except json.JSONDecodeError as error:
                size = len(self._text) - start
                unfinished = self._is_unfinished(error)
                if unfinished and self._more and size < _ENTERED_FROM:
                    self._fill()
                    continue
                if len(self._open) < _MOST_OPEN and self._wraps(start, _WRAPPED):
                    self._open.append("{")
                    self._position = start + 1
                    return
                heavy = unfinished and self._text.count(",", start) > MOST_VALUES
                if unfinished and self._more and self._may_go_on() and not heavy:
                    self._fill()
                    continue
                if heavy:
                    yield self._pass_over(start, too_many_values(), "too large")
                elif unfinished and self._more:
                    yield self._pass_over(start, too_long(), "too large")
                elif unfinished:
                    yield self._pass_over(start, "is cut off: the file ends before it does", "broken")
                else:
                    line = self._line_at(start) + self._text.count("\n", start, error.pos)
                    reason = f"is not valid JSON: {_small(error.msg)} (line {line})"
                    yield self._pass_over(start, reason, "broken")
                return
            line = self._line_at(start)
            if len(self._keys) < _MOST_KEYS and (first := _FIRST_KEY.match(self._text, start)):
                self._keys[first[1]] = None
            self._position = end
            self._told = False
            self._failures = 0
            yield Value(line, value)
            return

    def _wraps(self, start: int, depth: int) -> bool:
        """Whether an object that is not complete, or broken, is one around records, which can be read one by one."""
        text, position = self._text, start + 1
        members: dict[str, Any] = {}
        while key := _KEY.match(text, position):
            position = key.end()
            try:
                members[key[1]], position = _scan(text, position)
                continue
            except (ValueError, RecursionError):
                pass
            if opening := _LIST_OF_OBJECTS.match(text, position):
                try:
                    item, _ = _scan(text, opening.end())
                except (ValueError, RecursionError):
                    item = None
                if self._is_wrapper(members, key[1], item):
                    return True
            elif text[position : position + 1] == "{" and depth and self._is_wrapper(members, key[1], None):
                return self._wraps(position, depth - 1)
            break
        return self._holds(members, depth)

    def _holds(self, members: Mapping[str, Any], depth: int) -> bool:
        """Whether one of these members has records in it."""
        for key, value in members.items():
            if isinstance(value, list) and value and isinstance(value[0], dict):
                if self._is_wrapper(members, key, value[0]):
                    return True
            elif isinstance(value, dict) and depth and self._holds(value, depth - 1):
                return True
        return False

    def _member(self) -> bool:
        """Reads a member of an object around records: goes to the records in it, or past it. False if it is none."""
        while True:
            key = _KEY.match(self._text, self._position)
            if key is None or key.end() == len(self._text):
                if len(self._text) - self._position > _ENTERED_FROM or not self._fill():
                    return False
                continue
            start = key.end()
            try:
                value, end = _scan(self._text, start)
            except (ValueError, RecursionError) as error:
                listed = _LIST_OF_OBJECTS.match(self._text, start) is not None
                if (listed and self._is_wrapper(self.members, key[1], None)) or self._wraps(start, _WRAPPED):
                    end = start
                elif self._is_unfinished(error) and self._may_go_on() and self._fill():
                    continue
                else:
                    end = start
            else:
                # A number at the end of what is there may go on.
                if end > len(self._text) - 20 and self._fill():
                    continue
                if self._holds({key[1]: value}, _WRAPPED):
                    end = start
                elif len(self.members) < _MOST_MEMBERS:
                    self.members[key[1]] = value
            self._position = end
            return True

    def _may_go_on(self) -> bool:
        return len(self._text) - self._position <= LONGEST_RECORD

    def _is_unfinished(self, error: Exception) -> bool:
        """Whether a value is wrong only because the text ends here."""
        if not isinstance(error, json.JSONDecodeError):
            return False
        return error.pos > len(self._text) - 20 or error.msg.startswith("Unterminated")

    def _other(self) -> Iterator[Problem]:
        """What is no object. One remark stands for a stretch of it, as there are lists of a million numbers."""
        run = _OTHER.match(self._text, self._position)
        if run is None and self._more and len(self._text) - self._position < _ENTERED_FROM:
            self._fill()  # to the end of a text in quotes
            return
        end = run.end() if run else self._position + 1
        if self._keys:
            # A quote too many makes texts of what stands between texts.
            start = self._next_start(self._position, set(self._keys), "other", end)
            end = start if start >= 0 else end
        if not self._told and any(map(str.isalnum, self._text[self._position : min(end, self._position + 200)])):
            shown = " ".join(self._text[self._position : min(end, self._position + 41)].split())
            shown = f"{shown[:40]}…" if len(shown) > 40 else shown.rstrip(", ")
            yield Problem(self._line_at(self._position), f"is no object with fields but {shown}", "broken")
            self._told = True
        self._position = end

    def _pass_over(self, start: int, reason: str, kind: str) -> Problem:
        """Goes to where the next record may begin after one that cannot be read."""
        problem = Problem(self._line_at(start), reason, kind)
        self._sound = self._told = False
        self._failures += 1
        own = _FIRST_KEY.match(self._text, start)
        keys = {*self._keys, own[1]} if own else set(self._keys)
        end = self._end_of(start)
        position = start + 1
        while end < 0:
            end = self._next_start(position, keys, kind)
            if end < 0:
                self._position = max(position, len(self._text) - _TAIL)
                if not self._fill():
                    end = len(self._text)
                position = 0
        self._position = end
        return problem

    def _end_of(self, start: int) -> int:
        """Where an object ends whose brackets and quotes are in order, if nothing else is; or -1."""
        expected: list[str] = []
        for count, token in enumerate(_TOKEN.finditer(self._text, start)):
            sign = token[0]
            if sign in _CLOSED_BY:
                expected.append(_CLOSED_BY[sign])
            elif sign in "}]":
                if sign != expected.pop():
                    break
            elif len(sign) == 1 or sign[-1] != '"' or _SEAM.search(sign[-100:]):
                break
            if not expected:
                after = _SPACE.match(self._text, token.end())
                following = self._text[after.end() : after.end() + 1] if after else ""
                return token.end() if following in ("", "{", "[", "]", "}") else -1
            if count > _MOST_TOKENS or len(expected) > _DEEPEST_TOKEN:
                break
        return -1

    def _next_start(self, position: int, keys: set[str], kind: str, end: int = sys.maxsize) -> int:
        """Where something begins that looks like a record: by its first key, or else because it follows another object,
        if what is passed over is broken; in a record that is too large there are too many of those.
        """
        likely = -1
        for found in _FIRST_KEY.finditer(self._text, position, end):
            known = not keys or found[1] in keys
            if not known and (likely >= 0 or kind != "broken"):
                continue
            before = self._text[max(0, found.start() - 200) : found.start()]
            stripped = before.rstrip()
            if "\n" not in before[len(stripped) :] and stripped[-1:] not in ("", ",", "[", "]", "}"):
                continue
            if known:
                return found.start()
            if stripped.rstrip(",").rstrip().endswith("}"):
                likely = found.start()
        return likely

    def _fill(self) -> bool:
        """Takes more of the text, at least as much as is there, so that a long value is not read anew for every piece.
        False, and nothing has changed, at the end.
        """
        parts: list[str] = []
        there = len(self._text) - self._position
        wanted = max(_SMALLEST_FILL, min(there, LONGEST_RECORD - there))
        while wanted > 0 and (piece := self._next_piece()) is not None:
            parts.append(piece)
            wanted -= len(piece)
        self._more = wanted <= 0
        if not any(parts):
            return False
        self._line_at(self._position)
        self._text = "".join([self._text[self._position :], *parts])
        self._position = self._counted = 0
        return True

    def _set_back(self) -> None:
        """Takes on only a little of the text, as an error in it costs time in proportion to what stands before."""
        self._line_at(self._position)
        rest = self._text[self._position :]
        self._text = rest[:_SMALLEST_FILL]
        self._position = self._counted = 0
        if len(rest) > _SMALLEST_FILL:
            self._later.append((rest, _SMALLEST_FILL))
            self._more = True

    def _next_piece(self) -> str | None:
        if not self._later:
            return next(self._pieces, None)
        text, start = self._later.pop()
        if start + _SMALLEST_FILL < len(text):
            self._later.append((text, start + _SMALLEST_FILL))
        return text[start : start + _SMALLEST_FILL]

    def _line_at(self, position: int) -> int:
        if position > self._counted:
            self._line += self._text.count("\n", self._counted, position)
            self._counted = position
        return self._line
