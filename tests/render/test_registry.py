import pytest

from searchkit.cli.query import command
from searchkit.render import FORMATS, PEOPLE
from searchkit.results import Results

from .samples import TRUCKS, rendered


def test_the_command_offers_every_format():
    (option,) = (param for param in command.params if param.name == "format")
    assert set(option.type.choices) == set(FORMATS)
    assert set(FORMATS) > PEOPLE


@pytest.mark.parametrize("format", FORMATS)
def test_every_format_goes_on_past_the_first_page(format):
    asked = []

    def more(seen):
        asked.append(seen)
        return (TRUCKS,) if seen < 3 else ()

    text = rendered(format, Results("q", 3, (TRUCKS,), 0.004, "relevance", more=more))
    assert text.count("Dozens of trucks" if format not in ("table", "ids") else "2019/baghouz.txt") == 3
    assert asked == [1, 2, 3]
