"""Query text → tokens. Here ordinary text is told from query syntax: whatever is not clearly the second is the first.

A quote or parenthesis without a partner, an operator with nothing to join, a sign by itself: each is read as the
punctuation that it would be in a sentence, with a warning that says so.
"""

from __future__ import annotations

import re

from searchkit.errors import QueryError
from searchkit.fields import BY_NAME, FIELDS
from searchkit.query.ast import (
    ANY_ONE,
    ANY_RUN,
    NO_FIELDS,
    Bracketed,
    Everything,
    Fuzzy,
    Node,
    Quoted,
    Regex,
    Span,
    Wildcard,
    Word,
)
from searchkit.records import Record

MAX_LENGTH = 8192
"""Characters in a query."""

MAX_TOKENS = 1024
"""Words, operators and parentheses in a query."""

MAX_DEPTH = 64
"""Parentheses within parentheses, and signs before signs."""

MAX_SLOP = 1000
"""The widest ``"…"~N``."""

_FIELD = re.compile(r"([A-Za-z_]+):(?=(\S))")
_REGEX = re.compile(r"/((?:[^/\s\\]|\\\S)+)/(?=[\s()^]|$)")
_BRACKETS = re.compile(r"\[([^\[\]]*)\]")
_SLOP = re.compile(r"~(\d+)?")
_AROUND = re.compile(r"(?:~(?:[0-9.]+ (?:km|mi)\b|[^\s()^]*))?", re.IGNORECASE)
_DISTANCE = re.compile(r"~[0-9.]+(?:km|mi)\b", re.IGNORECASE)
_BOOST = re.compile(r"\^(\d+(?:\.\d+)?|\.\d+)(?=[\s()]|$)")
_FUZZY = re.compile(r"~(\d*)$")
_QUOTES = '"“”„'
_GERSHAYIM = '"”'
_HEBREW_ENDS = re.compile(r"[א-ת].[א-ת](?![א-ת])")
_FIELD_NAMES = {**{name: field.name for name, field in BY_NAME.items()}, **{name: name for name in NO_FIELDS}}
_OPERANDS = ("WORD", "QUOTED", "REGEX", "RANGE")
_BEGINS = (*_OPERANDS, "FIELD", "LPAR", "NOT", "MINUS", "PLUS")

FIELDS_HINT = (
    f"The fields are {', '.join(field.name for field in FIELDS)}; and {', '.join(NO_FIELDS[:-1])} and {NO_FIELDS[-1]}."
)


class Token(Record):
    """A token: its kind (see grammar.lark), what it holds, and where it stands."""

    kind: str
    value: Node | str | float
    span: Span


def scan(query: str) -> tuple[list[Token], list[str]]:
    """The tokens of a query, and warnings about how it was read. Raises QueryError for what can only be a mistake."""
    if len(query) > MAX_LENGTH:
        raise QueryError(f"the query is longer than {MAX_LENGTH} characters", query, MAX_LENGTH, MAX_LENGTH + 1)
    scanner = _Scanner(query)
    scanner.run()
    if len(scanner.tokens) > MAX_TOKENS:
        start, end = scanner.tokens[MAX_TOKENS].span
        raise QueryError(f"the query has more than {MAX_TOKENS} words and signs", query, start, end)
    tokens = _drop_idle(_drop_unpaired(scanner.tokens, scanner.warnings), scanner.warnings)
    _check_depth(tokens, query)
    return tokens, scanner.warnings


class _Scanner:
    def __init__(self, query: str) -> None:
        self.query = query
        # The same length, so that every offset holds.
        self.text = query.translate({ord(ANY_RUN): " ", ord(ANY_ONE): " "})
        self.tokens: list[Token] = []
        self.warnings: list[str] = []
        self.i = 0

    def run(self) -> None:
        text, size = self.text, len(self.text)
        while self.i < size:
            char = text[self.i]
            if char.isspace():
                self.i += 1
            elif char in _QUOTES:
                self._quoted()
            elif char in "()":
                self._add("LPAR" if char == "(" else "RPAR", char, self.i + 1)
            elif char == "/" and (match := _REGEX.match(text, self.i)):
                self._add("REGEX", Regex(match[1], match.span()), match.end())
            elif char == "[" and self._after("FIELD") and (match := _BRACKETS.match(text, self.i)):
                self._add("RANGE", Bracketed(match[1], match.span()), match.end())
            elif char == "^" and self._touches_operand() and (match := _BOOST.match(text, self.i)):
                self._boost(match)
            elif char in "+-" and self._is_sign():
                self._add("PLUS" if char == "+" else "MINUS", char, self.i + 1)
            elif not self._after("FIELD") and (match := _FIELD.match(text, self.i)) and self._field(match):
                pass
            else:
                self._word()

    def _add(self, kind: str, value: Node | str | float, end: int) -> None:
        self.tokens.append(Token(kind, value, (self.i, end)))
        self.i = end

    def _after(self, kind: str) -> bool:
        """Whether the last token is of this kind and ends right here."""
        return bool(self.tokens) and self.tokens[-1].kind == kind and self.tokens[-1].span[1] == self.i

    def _is_near(self) -> bool:
        """Whether what stands here is the place of ``near:``, which has a distance behind its ``~``."""
        return self._after("FIELD") and self.tokens[-1].value == "near"

    def _touches_operand(self) -> bool:
        return any(self._after(kind) for kind in (*_OPERANDS, "RPAR"))

    def _is_sign(self) -> bool:
        """A sign belongs to what follows it, and follows white space, a parenthesis or another sign."""
        following = self.text[self.i + 1 : self.i + 2]
        if not following or following.isspace() or following in ")+-":
            return False
        before = self.text[self.i - 1 : self.i]
        return not before or before.isspace() or before == "("

    def _closing_quote(self, start: int) -> int | None:
        i, text = start + 1, self.text
        while i < len(text):
            if text[i] == "\\":
                i += 1
            elif text[i] in _QUOTES and not self._is_inside_hebrew(i):
                return i
            i += 1
        return None

    def _is_inside_hebrew(self, i: int) -> bool:
        """Whether a quote stands before the last letter of a Hebrew abbreviation, as it does in most of them."""
        return self.text[i] in _GERSHAYIM and _HEBREW_ENDS.match(self.text, max(i - 1, 0)) is not None

    def _quoted(self) -> None:
        start = self.i
        end = self._closing_quote(start)
        if end is None:
            self.warnings.append(f"the {self.text[start]} at character {start + 1} has no partner and was left out")
            self.i += 1
            return
        written = re.sub(r"\\(.)", r"\1", self.text[start + 1 : end], flags=re.DOTALL)
        if "*" in written or re.search(r"\?\w", written):
            self.warnings.append(f'inside quotes * and ? are ordinary characters: "{written}"')
        after, slop = end + 1, None
        if self._is_near() and (match := _AROUND.match(self.text, after)):
            # One text, as it is where the value of a filter says both.
            self._add("QUOTED", Quoted(written + match[0], None, (start, match.end())), match.end())
            return
        if match := _DISTANCE.match(self.text, after):
            hint = f'near:"{written}"{match[0]} finds what was reported from there.'
            raise QueryError("only near: takes a distance", self.query, after, match.end(), hint=hint)
        if match := _SLOP.match(self.text, after):
            slop = int((match[1] or "1")[:9])
            after = match.end()
            if slop > MAX_SLOP:
                raise QueryError(f"words may be at most {MAX_SLOP} words apart", self.query, end + 1, after)
        self._add("QUOTED", Quoted(written, slop, (start, after)), after)

    def _boost(self, match: re.Match[str]) -> None:
        factor = float(match[1])
        if not 0 < factor <= 1000:
            raise QueryError("a boost is a number above 0, and at most 1000", self.query, *match.span())
        self._add("BOOST", factor, match.end())

    def _field(self, match: re.Match[str]) -> bool:
        name = match[1].lower()
        if name in _FIELD_NAMES:
            self._add("FIELD", _FIELD_NAMES[name], match.end())
            return True
        import difflib  # for mistakes only

        near = difflib.get_close_matches(name, _FIELD_NAMES, n=1, cutoff=0.7)
        if match[2].isalpha():
            if near:
                hint = f"Did you mean {near[0]}:{self._rest(match.end())}?"
            else:
                hint = FIELDS_HINT
            hint += f' To search for the words themselves, write "{match[1]} {self._rest(match.end())}".'
            raise QueryError(f"there is no field {match[1]!r}", self.query, *match.span(1), hint=hint)
        if near:
            self.warnings.append(f"{match[1]}: is no field and was read as a word; did you mean {near[0]}:?")
        return False

    def _rest(self, start: int) -> str:
        return re.split(r"[\s()\"]", self.text[start:], maxsplit=1)[0]

    def _word(self) -> None:
        start, text = self.i, self.text
        chars: list[str] = []
        wild = escaped = False
        i = start
        while i < len(text):
            char = text[i]
            if char == "\\" and i + 1 < len(text) and not text[i + 1].isspace():
                chars.append(text[i + 1])
                escaped = True
                i += 2
                continue
            if char.isspace() or char in "()":
                break
            if char in _QUOTES and i > start and not self._is_inside_hebrew(i):
                break
            if char == "^" and i > start and _BOOST.match(text, i):
                break
            chars.append(ANY_RUN if char == "*" else ANY_ONE if char == "?" else char)
            i += 1
        written = "".join(chars)
        span = (start, i)
        stripped = written.rstrip(ANY_ONE)  # a ? that ends a word is punctuation
        match = None if escaped or self._is_near() else _FUZZY.search(stripped)
        if match and match.start() > 0 and ANY_RUN not in stripped and ANY_ONE not in stripped:
            distance = int((match[1] or "1")[:3])
            if distance not in (1, 2):
                raise QueryError(
                    "a word may differ by 1 or 2 letters: word~ or word~2", self.query, start + match.start(), i
                )
            self._add("WORD", Fuzzy(stripped[: match.start()], distance, span), i)
            return
        if not self._is_near() and (match := _DISTANCE.search(stripped, 1)) and match.end() == len(stripped):
            self.warnings.append(
                f"{text[start:i]} was read as words: only near: takes a distance, and there a name of several words stands "
                f'in quotes, as in near:"New York"{match[0]}'
            )
        wild = ANY_RUN in stripped or ANY_ONE in stripped
        operator = not escaped and written in ("AND", "OR", "NOT") and not self._after("FIELD")
        if operator:
            self._add(written, written, i)
        elif wild and not stripped.strip(ANY_RUN) and not self._after("FIELD"):
            self._add("WORD", Everything(span), i)
        elif wild:
            self._add("WORD", Wildcard(stripped, span), i)
        else:
            self._add("WORD", Word(stripped or "?", span), i)


def _drop_unpaired(tokens: list[Token], warnings: list[str]) -> list[Token]:
    """Leave out parentheses that have no partner."""
    opened: list[int] = []
    unpaired: set[int] = set()
    for index, token in enumerate(tokens):
        if token.kind == "LPAR":
            opened.append(index)
        elif token.kind == "RPAR":
            if opened:
                opened.pop()
            else:
                unpaired.add(index)
    unpaired.update(opened)
    warnings += [
        f"the {tokens[index].value} at character {tokens[index].span[0] + 1} has no partner and was left out"
        for index in sorted(unpaired)
    ]
    return [
        token
        for index, token in enumerate(tokens)
        if index not in unpaired and not (token.kind == "BOOST" and index - 1 in unpaired)
    ]


def _drop_idle(tokens: list[Token], warnings: list[str]) -> list[Token]:
    """Leave out what belongs to nothing, and read operators that join nothing as the words that they are. What is left is
    a sentence of the grammar.
    """
    kept: list[Token] = []
    gone = False  # whether what stood right behind was left out: then a sign before it must not go on to the next word
    for token in reversed(tokens):
        following = "" if gone or not kept else kept[-1].kind
        gone = False
        if token.kind == "LPAR" and kept[-1].kind == "RPAR":
            kept.pop()
            if kept and kept[-1].kind == "BOOST":
                kept.pop()
            warnings.append("empty parentheses were left out")
            gone = True
        elif token.kind == "FIELD" and following not in (*_OPERANDS, "LPAR"):
            warnings.append(f"{token.value}: has nothing to search for and was left out")
            gone = True
        elif token.kind in ("MINUS", "PLUS") and following not in _BEGINS:
            warnings.append(f"{token.value} has nothing to belong to and was left out")
            gone = True
        elif token.kind == "NOT" and following not in _BEGINS:
            kept.append(_as_word(token, warnings))
        else:
            kept.append(token)
    kept.reverse()
    for index, token in enumerate(kept):
        if token.kind in ("AND", "OR"):
            before = kept[index - 1].kind if index else ""
            following = kept[index + 1].kind if index + 1 < len(kept) else ""
            if before not in (*_OPERANDS, "RPAR", "BOOST") or following not in _BEGINS:
                kept[index] = _as_word(token, warnings)
    return kept


def _as_word(token: Token, warnings: list[str]) -> Token:
    warnings.append(f"{token.value} joins nothing here and was read as a word")
    return Token("WORD", Word(str(token.value), token.span), token.span)


def _check_depth(tokens: list[Token], query: str) -> None:
    depth = signs = 0
    for token in tokens:
        depth += (token.kind == "LPAR") - (token.kind == "RPAR")
        signs = signs + 1 if token.kind in ("NOT", "MINUS", "PLUS") else 0
        if depth > MAX_DEPTH or signs > MAX_DEPTH:
            raise QueryError(f"the query is nested more than {MAX_DEPTH} deep", query, *token.span)
