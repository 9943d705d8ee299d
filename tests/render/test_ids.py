import io

from searchkit.render import Look, ids

from .samples import LIGHTHOUSE, TRUCKS, hostile, rendered, results


def test_ids_are_one_a_line():
    assert rendered("ids", results(TRUCKS, LIGHTHOUSE)) == "2019/baghouz.txt\nlighthouse.txt\n"
    assert rendered("ids", results()) == ""


def test_ids_are_as_they_are_but_printable_on_a_terminal():
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    odd = results(hostile("a\x1b\udce9.txt"))
    out = Terminal()
    ids.write(odd, out, Look())
    assert out.getvalue() == "a\ufffd\ufffd.txt\n"
    assert rendered("ids", odd) == "a\x1b\udce9.txt\n"
