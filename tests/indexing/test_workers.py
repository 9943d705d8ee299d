"""Worker processes change how long a run takes, and nothing else: not what is in the index, nor what a fault leaves behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import psutil
import pytest

from searchkit import Article, IndexingFailed, Progress, Summary, engines
from searchkit.analysis import Analyzer
from searchkit.engines.base import Capabilities, Engine, Page, Prepared, Sort
from searchkit.fields import Form
from searchkit.indexing import workers
from searchkit.indexing.order import Order
from searchkit.indexing.run import IndexRun
from searchkit.indexing.sources import SourcesDb
from searchkit.indexing.workers import Task, Workers
from searchkit.query.plan import All, Or, Term
from searchkit.readers import text
from searchkit.readers.base import Options, Source

from .support import reuters, rewrite, story, write, write_stories

_FILES, _STORIES, _BATCH = 6, 20, 7
_SECONDS = 120
"""The longest that a test waits for what should come at once."""

_QUERIES = (All(), *(Term("text", Form.STEM, word) for word in ("cocoa", "oil", "harbour")))


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Batches that end in the midst of files."""
    monkeypatch.setattr("searchkit.indexing.batch.MAX_ARTICLES", _BATCH)


@pytest.fixture(autouse=True)
def no_process_stays_behind() -> Iterator[None]:
    """However a test ends, its workers have ended before."""
    before = set(psutil.Process().children(recursive=True))
    yield
    assert set(psutil.Process().children(recursive=True)) <= before


@pytest.fixture
def wire(tmp_path: Path) -> Path:
    """Some files of stories."""
    for number in range(_FILES):
        write(tmp_path / "wire" / f"{number}.sgm", reuters(range(number, number + _STORIES)))
    return tmp_path / "wire"


class _Index:
    """An engine and its sources, without the store around them."""

    def __init__(self, folder: Path, engine: str = "whoosh") -> None:
        folder.mkdir()
        self.folder = folder
        self.engine: Engine = engines.load(engine).create(folder / "engine", Analyzer())

    def index(
        self, paths: Sequence[Path], jobs: int, progress: Callable[[Progress], None] | None = None, prune: bool = False
    ) -> Summary:
        """One run."""
        with SourcesDb(self.folder / "sources.db", self.folder) as db:
            order = Order(paths=tuple(paths), prune=prune, jobs=jobs, progress=progress)
            return IndexRun(self.folder, db, self.engine, Options(), order).execute()

    def ids(self) -> list[str]:
        """The ids in the engine, as of its last commit."""
        self.engine.reload()
        return sorted(article.id for article in self.engine.scan())

    def contents(self) -> tuple[object, ...]:
        """All that is there, and what is found, with scores."""
        self.engine.reload()
        articles = sorted(self.engine.scan(), key=lambda article: article.id)
        found = [self.engine.search(plan, Sort.RELEVANCE, Page(1000)) for plan in (*_QUERIES, Or(_QUERIES[1:]))]
        return articles, found


@pytest.fixture
def make_index(tmp_path: Path) -> Iterator[Callable[..., _Index]]:
    """Makes indexes."""
    made: list[_Index] = []

    def make(engine: str = "whoosh") -> _Index:
        made.append(_Index(tmp_path / f"index-{len(made)}", engine))
        return made[-1]

    yield make
    for index in made:
        index.engine.close()


def _expected() -> list[str]:
    return sorted(f"{f}.sgm#{s}" for f in range(_FILES) for s in range(f, f + _STORIES))


def _running() -> list[psutil.Process]:
    """The worker processes of this one, which may have the nodes of a cluster beside them."""
    return [process for process in psutil.Process().children(recursive=True) if process.name() != "java"]


@pytest.mark.parametrize("engine", ["whoosh", "tantivy"])
def test_the_index_is_the_same_with_one_job_and_with_three(
    make_index: Callable[..., _Index], wire: Path, engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # However fast they are, as many batches as may be are under way.
    monkeypatch.setattr(Workers, "is_ready", lambda self, task: self._jobs == 1)
    one, three = make_index(engine), make_index(engine)

    def assert_same() -> None:
        counted = []
        for index, jobs in ((one, 1), (three, 3)):
            summary = index.index([wire], jobs, prune=True)
            counted.append((summary.added, summary.updated, summary.removed, summary.undated, summary.total))
        assert counted[0] == counted[1]
        assert one.contents() == three.contents()

    assert_same()
    assert three.ids() == _expected()
    # Both add, replace and remove what is there.
    rewrite(wire / "1.sgm", reuters(range(3, 3 + _STORIES * 2), "coffee"))
    (wire / "2.sgm").unlink()
    assert_same()
    assert three.index([wire], 3).files_read == 0


def test_ids_that_come_twice_are_told_apart_across_batches_under_way(
    make_index: Callable[..., _Index], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read(source: Source, options: Options) -> Iterator[Article]:
        for number in range(5 * _BATCH):
            yield Article(f"{number % _BATCH}", f"Story {number}", f"Version {number // _BATCH}", path=source.relative)

    monkeypatch.setattr(text, "read", read)
    folder = write_stories(tmp_path / "articles", {"a.txt": "Amber", "b.txt": "Basalt"})
    index = make_index()
    summary = index.index([folder], 3)
    suffixes = ["", *(f"~{number}" for number in range(2, 11))]
    assert index.ids() == sorted(f"{number}{suffix}" for number in range(_BATCH) for suffix in suffixes)
    assert (summary.added, summary.total) == (10 * _BATCH, 10 * _BATCH)


class _Preparing:
    """Stands in for a preparer: does something first, in the worker, at the batch with a certain article.

    It is pickled, and so is what it does, by their names in this module.
    """

    def __init__(self, preparer: Callable[[Sequence[Article]], Prepared], id: str, fault: Callable[[], object]) -> None:
        self.preparer = preparer
        self.id = id
        self.fault = fault

    def __call__(self, articles: Sequence[Article]) -> Prepared:
        if any(article.id == self.id for article in articles):
            self.fault()
        return self.preparer(articles)


def _kill_self() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _out_of_memory() -> None:
    raise MemoryError


class _Odd(Exception):
    """One that can be pickled but not unpickled."""

    def __init__(self, one: int, two: int) -> None:
        super().__init__(f"{one} is not {two}")


def _odd() -> None:
    raise _Odd(1, 2)


def _print_and_go_on() -> None:
    print("a library that says something")  # noqa: T201
    os.write(1, b"and one that is written in C\n")


def _disk_full() -> None:
    raise OSError(28, "No space left on device")


@pytest.fixture
def with_fault(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], object]], pytest.MonkeyPatch]:
    """Has the preparer do something when it comes to story 10 of the fourth file."""

    def patch(fault: Callable[[], object]) -> pytest.MonkeyPatch:
        real = Workers.__init__

        def init(self: Workers, preparer: Callable[[Sequence[Article]], Prepared], jobs: int) -> None:
            real(self, _Preparing(preparer, "3.sgm#10", fault), jobs)

        monkeypatch.setattr(Workers, "__init__", init)
        return monkeypatch

    return patch


_WithFault = Callable[[Callable[[], object]], pytest.MonkeyPatch]


def _assert_failed_well(index: _Index, wire: Path, patched: pytest.MonkeyPatch) -> None:
    """What was committed stays and is whole, and the next run completes."""
    there = index.ids()
    assert 0 < len(there) < _FILES * _STORIES
    assert len(there) % _BATCH == 0
    assert set(there) <= set(_expected())
    _assert_no_file_is_left_over(index)
    patched.undo()
    index.index([wire], 2)
    assert index.ids() == _expected()
    assert index.index([wire], 2).files_read == 0
    _assert_no_file_is_left_over(index)


def _assert_no_file_is_left_over(index: _Index) -> None:
    """Every file of a segment is named by the last commit."""
    there = {path.stem for path in (index.folder / "engine").glob("*.sk?")}
    assert there == {segment.files.name for segment in index.engine._searcher.segments}  # type: ignore[attr-defined]


@pytest.mark.skipif(sys.platform == "win32", reason="no signals")
def test_a_worker_that_is_killed_fails_the_run_and_names_the_file(
    make_index: Callable[..., _Index], wire: Path, with_fault: _WithFault
) -> None:
    index = make_index()
    patched = with_fault(_kill_self)
    with pytest.raises(IndexingFailed, match=r"3\.sgm.*killed by signal SIGKILL"):
        index.index([wire], 2)
    _assert_failed_well(index, wire, patched)


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize(("fault", "said"), [(_out_of_memory, "MemoryError"), (_odd, "_Odd: 1 is not 2")])
def test_an_exception_in_the_preparer_fails_the_run_and_names_the_file(
    make_index: Callable[..., _Index],
    wire: Path,
    with_fault: _WithFault,
    jobs: int,
    fault: Callable[[], object],
    said: str,
) -> None:
    index = make_index()
    patched = with_fault(fault)
    with pytest.raises(IndexingFailed, match=rf"^2\.sgm, 3\.sgm: .*{said}|^3\.sgm: .*{said}"):
        index.index([wire], jobs)
    _assert_failed_well(index, wire, patched)


def test_an_article_that_is_lost_in_preparing_fails_the_run(
    make_index: Callable[..., _Index], wire: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = make_index()
    monkeypatch.setattr(Workers, "result", lambda self, task: self._preparer(task.articles[1:]))
    with pytest.raises(IndexingFailed, match=f"a batch of {_BATCH} articles came back"):
        index.index([wire], 1)
    assert index.ids() == []


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_full_disk_is_no_fault_of_a_file(
    make_index: Callable[..., _Index], wire: Path, with_fault: _WithFault, jobs: int
) -> None:
    index = make_index()
    patched = with_fault(_disk_full)
    with pytest.raises(OSError, match="No space left"):
        index.index([wire], jobs)
    _assert_failed_well(index, wire, patched)


def test_what_a_preparer_prints_does_not_come_between(
    make_index: Callable[..., _Index], wire: Path, with_fault: _WithFault
) -> None:
    index = make_index()
    with_fault(_print_and_go_on)
    index.index([wire], 2)
    assert index.ids() == _expected()


@pytest.mark.parametrize("commit", [1, 5])
def test_a_run_that_is_interrupted_ends_its_workers_and_keeps_what_was_committed(
    make_index: Callable[..., _Index], wire: Path, commit: int
) -> None:
    index, left = make_index(), commit

    def interrupt(report: Progress) -> None:
        nonlocal left
        left -= report.phase == "committing"
        if not left:
            assert _running()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        index.index([wire], 2, progress=interrupt)
    assert not _running()
    assert len(index.ids()) == (commit - 1) * _BATCH
    index.index([wire], 2)
    assert index.ids() == _expected()


def test_a_small_run_starts_no_process(
    make_index: Callable[..., _Index], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a process was started")

    monkeypatch.setattr(subprocess, "Popen", refuse)
    index = make_index()
    write(tmp_path / "wire" / "a.sgm", reuters(range(_BATCH)))
    index.index([tmp_path / "wire"], 3)
    assert len(index.ids()) == _BATCH
    write(tmp_path / "wire" / "b.sgm", reuters(range(2 * _BATCH)))
    with pytest.raises(AssertionError, match="a process was started"):
        index.index([tmp_path / "wire"], 3)


def test_one_job_starts_no_process(
    make_index: Callable[..., _Index], wire: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subprocess, "Popen", None)
    index = make_index()
    index.index([wire], 1)
    assert index.ids() == _expected()


def test_an_engine_that_cannot_have_it_done_elsewhere_gets_no_process(
    make_index: Callable[..., _Index], wire: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subprocess, "Popen", None)
    index = make_index("memory")
    index.index([wire], 3)
    assert index.ids() == _expected()


def test_no_more_batches_are_held_than_jobs_and_one(
    make_index: Callable[..., _Index], wire: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where every worker stands still until the run waits for it, the run waits at the bound, and not past it."""
    jobs = 2
    held = most = 0
    go_on = threading.Event()
    submit, result, run = Workers.submit, Workers.result, Workers._run

    def count_submitted(self: Workers, articles: Sequence[Article]) -> Task:
        nonlocal held, most
        held += 1
        most = max(most, held)
        return submit(self, articles)

    def count_taken(self: Workers, task: Task) -> Prepared:
        nonlocal held
        go_on.set()
        prepared = result(self, task)
        go_on.clear()
        held -= 1
        return prepared

    def wait(self: Workers, task: Task) -> Prepared:
        assert go_on.wait(_SECONDS)
        return run(self, task)

    monkeypatch.setattr(Workers, "submit", count_submitted)
    monkeypatch.setattr(Workers, "result", count_taken)
    monkeypatch.setattr(Workers, "_run", wait)
    index = make_index()
    index.index([wire], jobs)
    assert most == jobs + 1
    assert index.ids() == _expected()


def test_sources_are_marked_after_the_commit_that_holds_all_of_them(
    make_index: Callable[..., _Index], wire: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Batches are smaller than what is worth a commit, and several are under way at a commit."""
    index = make_index()
    wants = Capabilities("whoosh", persistent=True, parallel=True, batch=2000, commit_every=6000)
    monkeypatch.setattr(type(index.engine), "capabilities", wants)
    finish = SourcesDb.finish_source
    marked: list[int] = []
    commits = 0

    def check(self: SourcesDb, source: int, *rest: object) -> None:
        assert set(self.articles_of(source)) <= set(index.ids())
        marked.append(source)
        finish(self, source, *rest)  # type: ignore[arg-type]

    def count(report: Progress) -> None:
        nonlocal commits
        commits += report.phase == "committing"

    monkeypatch.setattr(SourcesDb, "finish_source", check)
    index.index([wire], 2, progress=count)
    assert sorted(marked) == list(range(1, _FILES + 1))
    # Three batches a commit, and one at the end for what is left.
    assert commits == _FILES * _STORIES // (3 * _BATCH) + 1


# A run in a process of its own, which says who its workers are as soon as it has committed something.
_SCRIPT = """
import select
import sys
from pathlib import Path
import psutil
from searchkit import engines
from searchkit.analysis import Analyzer
from searchkit.indexing import batch
from searchkit.indexing.order import Order
from searchkit.indexing.run import IndexRun
from searchkit.indexing.sources import SourcesDb
from searchkit.readers.base import Options

folder, wire, then = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
batch.MAX_ARTICLES = 7
engine = engines.load("whoosh").create(folder / "engine", Analyzer())
said = False

def progress(report):
    global said
    if report.phase == "committing" and not said:
        said = True
        print(*(child.pid for child in psutil.Process().children(recursive=True)), flush=True)
        # Not one long read: a signal that came between two steps of Python and the read's own start would not end it.
        while then == "wait" and not select.select([sys.stdin], [], [], 0.1)[0]:
            pass

with SourcesDb(folder / "sources.db", folder) as db:
    try:
        IndexRun(folder, db, engine, Options(), Order((wire,), progress=progress, jobs=2)).execute()
    except KeyboardInterrupt:
        sys.exit(130)
"""


def _start(script: Path, folder: Path, wire: Path, then: str) -> subprocess.Popen[str]:
    folder.mkdir()
    script.write_text(_SCRIPT)
    return subprocess.Popen(
        [sys.executable, str(script), str(folder), str(wire), then],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip


def _processes(said: str) -> list[psutil.Process]:
    found = [psutil.Process(int(pid)) for pid in said.split()]
    assert len(found) == 2
    return found


@pytest.mark.skipif(sys.platform == "win32", reason="no signals")
def test_no_worker_outlives_a_run_that_is_killed(tmp_path: Path, wire: Path) -> None:
    with _start(tmp_path / "script.py", tmp_path / "index", wire, "wait") as run:
        assert run.stdout is not None
        orphans = _processes(run.stdout.readline())
        run.kill()
        _, still_there = psutil.wait_procs(orphans, timeout=_SECONDS)
        assert not still_there
        # Read to its end, which only comes when nobody holds the pipe any more.
        assert run.stderr is not None
        assert run.stderr.read() == ""


@pytest.mark.skipif(sys.platform == "win32", reason="no signals")
def test_ctrl_c_ends_the_workers_and_says_nothing(tmp_path: Path, wire: Path) -> None:
    with _start(tmp_path / "script.py", tmp_path / "index", wire, "wait") as run:
        assert run.stdout is not None
        children = _processes(run.stdout.readline())
        assert run.pid not in {os.getpgid(child.pid) for child in children}
        os.killpg(run.pid, signal.SIGINT)  # what a terminal does
        assert run.wait(_SECONDS) == 130
        _, still_there = psutil.wait_procs(children, timeout=_SECONDS)
        assert not still_there
        assert run.stderr is not None
        assert run.stderr.read() == ""


def test_a_script_that_guards_nothing_runs_once(tmp_path: Path, wire: Path) -> None:
    """Users write scripts without ``if __name__ == "__main__"``; multiprocessing would run them in each worker again."""
    with _start(tmp_path / "script.py", tmp_path / "index", wire, "go on") as run:
        out, errors = run.communicate(timeout=_SECONDS)
    assert (run.returncode, errors) == (0, "")
    assert len(out.splitlines()) == 1


@pytest.mark.parametrize(("status", "said"), [(3, "status 3"), (-9, "SIGKILL"), (-200, "signal 200")])
def test_how_a_worker_ended_is_said(status: int, said: str) -> None:
    assert said in workers._how_it_ended(1, status)


def test_a_fault_says_where_in_the_worker_it_was(
    make_index: Callable[..., _Index], wire: Path, with_fault: _WithFault
) -> None:
    with_fault(_out_of_memory)
    with pytest.raises(IndexingFailed) as failed:
        make_index().index([wire], 2)
    assert "_out_of_memory" in "".join(failed.value.__cause__.__notes__)  # type: ignore[union-attr]


def test_nothing_is_imported_from_the_current_folder(
    make_index: Callable[..., _Index], wire: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(wire / "pickle.py", "raise SystemExit('an archive of articles is no place for code')")
    write(wire / "a.txt", story("Amber"))
    monkeypatch.chdir(wire)
    monkeypatch.setattr(sys, "path", [entry for entry in sys.path if entry])
    index = make_index()
    index.index([wire], 2)
    assert set(_expected()) < set(index.ids())
