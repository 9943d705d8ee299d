"""The page on Python: every public name, every member, every argument and every error is there."""

from __future__ import annotations

import inspect
import re

import pytest

import searchkit
from searchkit import Archive, Hit, QueryError, Results, SearchkitError
from searchkit.asking import Asking
from tests.docs.pages import blocks, code, codes, prose, read, section, table

PAGE = read("docs/python.md")


def public(owner: type) -> set[str]:
    return {name for name in vars(owner) if not name.startswith("_")}


def test_every_member_of_an_archive_is_there() -> None:
    named = {re.split(r"\(", code(member))[0] for member, _ in table(PAGE, "Archive")}
    assert named == public(Asking) | public(Archive) | {"len"}


@pytest.mark.parametrize(
    "function",
    [
        Archive.search,
        Archive.timeline,
        Archive.facets,
        Archive.terms,
        Archive.index,
        Archive.watch,
        Archive.sources,
        Archive.remove,
        Archive.show,
        searchkit.create,
    ],
)
def test_every_argument_is_there(function: object) -> None:
    for name in inspect.signature(function).parameters:  # type: ignore[arg-type]
        if name != "self":
            assert re.search(rf"\b{name}\b", PAGE), name


def test_the_arguments_of_a_search_are_shown_with_their_defaults() -> None:
    (example,) = (block.text for block in blocks(PAGE) if "any_word=" in block.text)
    shown_otherwise = {"self", "query", "since", "until", "fields"}
    for name, parameter in inspect.signature(Archive.search).parameters.items():
        if name not in shown_otherwise:
            assert f"{name}={parameter.default!r}," in example


@pytest.mark.parametrize("owner", [Results, Hit])
def test_every_attribute_is_there(owner: type) -> None:
    named = set(codes(section(PAGE, "search")))
    wanted = set(owner.__annotations__) | public(owner)
    assert wanted - {"more", "count", "index"} <= named


def test_every_error_is_there_and_is_raised_by_something() -> None:
    named = [code(row[0]) for row in table(PAGE, "Errors")]
    errors = {
        name for name in searchkit.__all__ if isinstance(getattr(searchkit, name), type)
        and issubclass(getattr(searchkit, name), SearchkitError)
    }  # fmt: skip
    assert set(named) == errors - {"SearchkitError"}
    assert len(named) == len(set(named))
    assert {field for field in inspect.signature(QueryError.__init__).parameters if field != "self"} <= set(
        codes(section(PAGE, "Errors"))
    )


def test_every_public_name_is_mentioned_somewhere() -> None:
    everything = PAGE + read("docs/json.md")
    for name in searchkit.__all__:
        shown = {"__version__": "Errors", "Skipped": "skipped", "Snippet": "snippet", "Place": "place",
                 "Explanation": "explanation", "Stats": "stats()", "Suggestion": "suggestion",
                 "Summary": "summary"}.get(name, name)  # fmt: skip
        assert shown in everything


def test_the_page_names_no_member_that_is_not_there() -> None:
    for name in re.findall(r"`archive\.(\w+)", prose(PAGE)):
        assert hasattr(Archive, name)
    for name in re.findall(r"searchkit\.(\w+)", PAGE):
        assert name in searchkit.__all__ or name == "__all__"
