"""Turn searchkit/query/grammar.lark into the LALR(1) tables in searchkit/query/_tables.py.

python scripts/make_parser.py            write the tables
python scripts/make_parser.py --check    exit 1 if they are not what the grammar gives
"""

from __future__ import annotations

import pprint
import sys
from pathlib import Path

from lark import Lark
from lark.parsers.lalr_analysis import LALR_Analyzer, Shift
from lark.parsers.lalr_parser import ParserConf

FOLDER = Path(__file__).resolve().parent.parent / "searchkit" / "query"


def tables() -> str:
    """The text of _tables.py."""
    lark = Lark((FOLDER / "grammar.lark").read_text(encoding="utf-8"), parser="lalr")
    analyzer = LALR_Analyzer(ParserConf(lark.rules, {}, ["start"]))
    analyzer.compute_lalr()
    table = analyzer.parse_table
    # States are numbered in the order in which they are reached, so that the same grammar always gives the same file.
    first = table.start_states["start"]
    numbers = {first: 0}
    order = [first]
    for state in order:
        for _, (kind, target) in sorted(table.states[state].items()):
            if kind is Shift and target not in numbers:
                numbers[target] = len(order)
                order.append(target)
    rules = sorted(
        {
            (str(rule.origin.name), str(rule.alias or rule.origin.name), len(rule.expansion))
            for row in table.states.values()
            for kind, rule in row.values()
            if kind is not Shift
        }
    )
    actions: dict[int, dict[str, tuple[str, int]]] = {}
    for state in order:
        actions[numbers[state]] = made = {}
        for symbol, (kind, argument) in sorted(table.states[state].items()):
            if kind is Shift:
                made[str(symbol)] = ("shift", numbers[argument])
            else:
                rule = (str(argument.origin.name), str(argument.alias or argument.origin.name), len(argument.expansion))
                made[str(symbol)] = ("reduce", rules.index(rule))
    start, end = 0, numbers[table.end_states["start"]]
    return (
        '"""Made from grammar.lark by scripts/make_parser.py. Do not edit."""\n\n'
        f"START = {start}\nEND = {end}\n\n"
        "# rule: what it makes, the name of its action, how many symbols it takes\n"
        f"RULES: list[tuple[str, str, int]] = {pprint.pformat(rules, width=110)}\n\n"
        f"ACTIONS: dict[int, dict[str, tuple[str, int]]] = {pprint.pformat(actions, width=110)}\n"
    )


def main() -> int:
    """Write the tables, or check them."""
    target = FOLDER / "_tables.py"
    made = tables()
    if "--check" in sys.argv[1:]:
        if target.read_text(encoding="utf-8") == made:
            return 0
        print(f"{target.name} is not what grammar.lark gives: run python scripts/make_parser.py", file=sys.stderr)
        return 1
    target.write_text(made, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
