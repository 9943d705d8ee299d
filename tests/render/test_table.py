from dataclasses import replace

from searchkit.render import Look, characters
from searchkit.results import Results
from tests.conftest import needed

from .samples import LIGHTHOUSE, TRUCKS, rendered, results

_PLAIN = """\
#    title                                        date        location                       id
---  -------------------------------------------  ----------  -----------------------------  ----------------
1    Trucks arrive for evacuation of last pocket  2019-02-19  AL-OMAR OIL FIELD BASE, Syria  2019/baghouz.txt
2    The keepers                                                                             lighthouse.txt

2 articles in 4 ms
"""


def test_a_table_has_a_row_for_each_hit():
    assert rendered("table", results(TRUCKS, LIGHTHOUSE)) == _PLAIN


def test_a_table_fits_the_terminal_and_keeps_the_ids_whole():
    table = rendered("table", results(TRUCKS, LIGHTHOUSE), Look(width=80))
    assert max(map(characters.width, table.splitlines())) <= 80
    assert "2019/baghouz.txt" in table
    assert "Trucks arrive for e…" in table


def test_wide_letters_keep_the_columns_straight():
    needed("wcwidth")  # tabulate needs it to know of wide letters: tabulate[widechars]
    wide = TRUCKS.changed(article=replace(TRUCKS.article, title="北京"))
    header, _, first, second, *_ = rendered("table", results(wide, LIGHTHOUSE)).splitlines()
    assert second.index("lighthouse") == header.index("id")
    assert characters.width(first[: first.index("2019-02")]) == header.index("date")


def test_a_long_table_is_one_table_under_one_header():
    short = replace(TRUCKS.article, title="Trucks", dateline="X")
    hits = tuple(TRUCKS.changed(rank=rank, article=TRUCKS.article if rank == 1 else short) for rank in range(1, 502))
    pages = [hits[at : at + 200] for at in range(0, 501, 200)]
    found = Results("q", 501, pages[0], 0.004, "relevance", more=lambda page: hits[200 * page : 200 * page + 200])
    lines = rendered("table", found).splitlines()
    assert len(lines) == 2 + 501 + 2
    assert [line for line in lines if line.startswith("#")] == lines[:1]
    assert len({line.index("2019/baghouz.txt") for line in lines[2:503]}) == 1


def test_nothing_found_is_no_table():
    assert rendered("table", results()) == ""
