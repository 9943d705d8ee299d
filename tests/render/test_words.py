import pytest

from searchkit.render import words


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0.0, "1 ms"), (0.0041, "4 ms"), (0.0994, "99 ms"), (0.0996, "100 ms"), (0.154, "150 ms"), (0.9949, "990 ms"),
        (1.0, "1.0 s"), (59.94, "59.9 s"), (59.96, "1 min 0 s"), (200, "3 min 20 s"), (7260, "2 h 1 min"),
    ],
)  # fmt: skip
def test_durations(seconds, said):
    assert words.duration(seconds) == said


@pytest.mark.parametrize(
    ("number", "said"),
    [(1, "1 byte"), (999, "999 bytes"), (1500, "1.5 kB"), (999_499, "999.5 kB"), (10**7, "10.0 MB"),
     (10**10, "10.0 GB"), (10**13, "10.0 TB")],
)  # fmt: skip
def test_sizes(number, said):
    assert words.size(number) == said


def test_counts_know_one_from_many():
    assert (words.count(1, "article"), words.count(14000, "article")) == ("1 article", "14,000 articles")
