"""Query text → AST: what is syntax, what is ordinary text, and what is a mistake."""

from __future__ import annotations

import subprocess
import sys

import pytest

from searchkit.errors import QueryError
from searchkit.query.ast import (
    ANY_ONE,
    ANY_RUN,
    Boosted,
    Bracketed,
    Clauses,
    Either,
    Everything,
    Fuzzy,
    InField,
    Node,
    Occur,
    Quoted,
    Regex,
    Wildcard,
    Word,
)
from searchkit.query.parser import parse
from tests.conftest import ROOT


def written(node: Node | None) -> str:
    """A tree in brackets, so that its structure can be read: ``+`` required, ``-`` prohibited."""
    match node:
        case Word(text, _):
            return text
        case Quoted(text, slop, _):
            return f'"{text}"' + ("" if slop is None else f"~{slop}")
        case Wildcard(text, _):
            return text.replace(ANY_RUN, "*").replace(ANY_ONE, "?")
        case Fuzzy(text, distance, _):
            return f"{text}~{distance}"
        case Regex(pattern, _):
            return f"/{pattern}/"
        case Bracketed(text, _):
            return f"[{text}]"
        case Everything():
            return "*"
        case InField(field, inner, _):
            return f"{field}:{written(inner)}"
        case Boosted(inner, factor, _):
            return f"{written(inner)}^{factor:g}"
        case Clauses(items, _):
            signs = {Occur.PLAIN: "", Occur.REQUIRED: "+", Occur.PROHIBITED: "-"}
            return "(" + " ".join(signs[occur] + written(item) for occur, item in items) + ")"
        case Either(items, _):
            return "(" + " | ".join(map(written, items)) + ")"
        case None:
            return "nothing"


@pytest.mark.parametrize(
    ("query", "tree"),
    [
        ("evacuation", "evacuation"),
        ("evacuation civilians", "(evacuation civilians)"),
        ('"humanitarian corridor"', '"humanitarian corridor"'),
        ('"trucks civilians"~5', '"trucks civilians"~5'),
        ('"trucks civilians"~', '"trucks civilians"~1'),
        ("“typographic quotes”", '"typographic quotes"'),
        ('"say \\"this\\""', '"say "this""'),
        ("evacuat* Bag?ouz *stan", "(evacuat* Bag?ouz *stan)"),
        ("what? is? this??", "(what is this)"),
        ("Bag?ouz?", "Bag?ouz"),
        ("Bagouz~ Bagouz~1 Bagouz~2", "(Bagouz~1 Bagouz~1 Bagouz~2)"),
        ("/baghou[zs]/ /a\\/b/", "(/baghou[zs]/ /a\\/b/)"),
        ("/etc/passwd", "/etc/passwd"),
        ("a -b +c", "(a -b +c)"),
        ("a NOT b", "(a -b)"),
        ("NOT a", "(-a)"),
        ("NOT NOT a", "a"),
        ("a AND b c", "(+a +b c)"),
        ("a OR b c", "(a | (b c))"),
        ("a b OR c d", "((a b) | (c d))"),
        ("a OR b OR c", "(a | b | c)"),
        ("a OR -b", "(a | (-b))"),
        ("(a OR b) c", "((a | b) c)"),
        ("-(a b)", "(-(a b))"),
        ("a AND NOT b", "(+a -b)"),
        ("title:oil", "title:oil"),
        ("HEADLINE:oil", "title:oil"),
        ('title:"crude oil" title:(a OR b)', '(title:"crude oil" title:(a | b))'),
        ("title:title:x", "title:title:x"),
        ("date:[2019-02-01 TO 2019-03-01]", "date:[2019-02-01 TO 2019-03-01]"),
        ("since:2019-02-10 until:2019-03", "(since:2019-02-10 until:2019-03)"),
        ("word^2 other^.5 (a b)^3", "(word^2 other^0.5 (a b)^3)"),
        ('"a b"~5^2', '"a b"~5^2'),
        ("*", "*"),
        ("foo(bar)", "(foo bar)"),
        # Ordinary text.
        ("O'Brien AT&T 3-year 10:30 C++", "(O'Brien AT&T 3-year 10:30 C++)"),
        ("and or not", "(and or not)"),
        ("https://example.org/a", "https://example.org/a"),
        ("re: the talks", "(re: the talks)"),
        ("title: of the talks", "(title: of the talks)"),
        ("a - b", "(a - b)"),
        ("--a", "--a"),
        ("x ^2", "(x ^2)"),
        # In Hebrew a quotation mark stands in abbreviations, before their last letter.
        ('ארה"ב צה”ל', '(ארה"ב צה”ל)'),
        ('"ראש צה"ל"', '"ראש צה"ל"'),
        ('ב"הארץ"', '(ב "הארץ")'),
        ('"אב" "ג"', '("אב" "ג")'),
        ("\\*literal\\* note\\:this", "(*literal* note:this)"),
        ("\\NOT a", "(NOT a)"),
        ("", "nothing"),
        ("   ", "nothing"),
    ],
)
def test_a_query_is_read_as_its_structure_says(query: str, tree: str) -> None:
    assert written(parse(query).root) == tree


@pytest.mark.parametrize(
    ("query", "tree", "warning"),
    [
        ('say "this', "(say this)", '" at character 5 has no partner'),
        ("a ( b", "(a b)", "( at character 3 has no partner"),
        ("a ) b", "(a b)", ") at character 3 has no partner"),
        ("AND a", "(AND a)", "AND joins nothing here and was read as a word"),
        ("a OR", "(a OR)", "OR joins nothing here and was read as a word"),
        ("a AND OR b", "((a AND) | b)", "AND joins nothing"),
        ("NOT", "NOT", "NOT joins nothing"),
        ("()", "nothing", "empty parentheses"),
        ("a -()", "a", "empty parentheses"),
        ("-() a", "a", "empty parentheses"),
        ("title:() a", "a", "empty parentheses"),
        ("()^2 a", "a", "empty parentheses"),
        ('"evacuat* now"', '"evacuat* now"', "inside quotes"),
        ('"Bag?ouz"', '"Bag?ouz"', "inside quotes"),
    ],
)
def test_what_cannot_be_syntax_is_read_as_text_and_says_so(query: str, tree: str, warning: str) -> None:
    parsed = parse(query)
    assert written(parsed.root) == tree
    assert any(warning in said for said in parsed.warnings), parsed.warnings


def test_a_field_that_is_nearly_one_is_pointed_out_before_a_digit_too() -> None:
    assert parse("sinse:1991").warnings == ("sinse: is no field and was read as a word; did you mean since:?",)


@pytest.mark.parametrize("query", ["TO BE OR NOT TO BE", "what?", '"what is it?"', "10:30", "O'Brien", "a -b", "-b"])
def test_ordinary_queries_give_no_warning(query: str) -> None:
    assert parse(query).warnings == ()


@pytest.mark.parametrize(
    ("query", "message", "caret", "hint"),
    [
        ("oil titel:x", "no field 'titel'", "titel", "Did you mean title:x?"),
        ("foo:bar", "no field 'foo'", "foo", "The fields are text, title"),
        ("Bagouz~3", "1 or 2 letters", "~3", None),
        ("a^0", "above 0", "^0", None),
        ("a^5000", "at most 1000", "^5000", None),
        ('"a b"~5000', "1000 words apart", "~5000", None),
    ],
)
def test_a_mistake_is_an_error_with_a_caret_under_it(query: str, message: str, caret: str, hint: str | None) -> None:
    with pytest.raises(QueryError) as caught:
        parse(query)
    error = caught.value
    assert message in error.message
    assert query[error.start : error.end] == caret
    assert (hint is None) == (error.hint is None)
    assert hint is None or hint in str(error.hint)
    lines = str(error).splitlines()
    assert lines[1] == f"  {query}"
    assert lines[2] == "  " + " " * query.index(caret) + "^" * len(caret)


def test_the_caret_stays_near_its_place_in_a_long_query() -> None:
    with pytest.raises(QueryError) as caught:
        parse("word " * 300 + "titel:x" + " word" * 300)
    shown, caret = str(caught.value).splitlines()[1:3]
    assert len(shown) < 120
    assert shown[caret.index("^") :].startswith("titel")


@pytest.mark.parametrize(
    "query",
    ["x" * 9000, "a " * 3000, "(" * 100 + "a" + ")" * 100, "NOT " * 100 + "a", "(a OR " * 100 + "b" + ")" * 100],
)
def test_a_query_that_is_too_long_or_too_deep_is_an_error(query: str) -> None:
    with pytest.raises(QueryError, match=r"longer than|more than|nested"):
        parse(query)


def test_every_node_knows_where_it_stands() -> None:
    query = 'oil AND (title:"crude  oil"~2^3 OR pric*)'
    parsed = parse(query)
    assert isinstance(parsed.root, Clauses)
    (_, oil), (_, group) = parsed.root.items
    assert isinstance(group, Either)
    spans = [query[slice(*node.span)] for node in (oil, *group.items)]
    assert spans == ["oil", 'title:"crude  oil"~2^3', "pric*"]


def test_the_tables_are_those_of_the_grammar() -> None:
    check = [sys.executable, "scripts/make_parser.py", "--check"]
    assert subprocess.run(check, cwd=ROOT, check=False).returncode == 0
