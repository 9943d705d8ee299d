"""Worker processes: they prepare batches while the run reads on.

A worker is a Python of its own that takes batches from a pipe and gives back on another what the engine made of them. It is
not forked, since a fork would share SQLite's connection, Tantivy's locks and the lock of the index; and not one of
``multiprocessing``'s, which would import the user's script a second time, and run what is not guarded in it.
"""

from __future__ import annotations

import gc
import os
import pickle
import signal
import subprocess
import sys
import traceback
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from queue import SimpleQueue
from types import TracebackType
from typing import BinaryIO

from searchkit.article import Article
from searchkit.engines.base import Prepared, Preparer

# The path is set before anything is imported that could lie in the current folder.
_START = "import sys; sys.path[:] = sys.argv[1:]; from searchkit.indexing.workers import serve; serve()"


class WorkerDied(Exception):
    """A worker has ended in the midst of a batch."""


class Task:
    """A batch that is being prepared, or waits for it."""

    __slots__ = ("articles", "future")

    def __init__(self, articles: Sequence[Article]) -> None:
        self.articles = articles
        self.future: Future[Prepared] | None = None


class Workers:
    """Prepares batches in ``jobs`` processes; with one job, in this one. Leaving the ``with`` block ends the processes.

    They are started when a second batch comes before the first was asked for, so that a small run does not pay for them.
    """

    def __init__(self, preparer: Preparer, jobs: int) -> None:
        self._preparer = preparer
        self._jobs = jobs
        self._first: Task | None = None
        self._threads: ThreadPoolExecutor | None = None
        self._workers: list[_Worker] = []
        self._idle: SimpleQueue[_Worker] = SimpleQueue()

    def __enter__(self) -> Workers:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for worker in self._workers:
            worker.kill()  # what one may still be at is wanted no more
        if self._threads is not None:
            self._threads.shutdown(cancel_futures=True)
        for worker in self._workers:
            worker.close()

    @property
    def most_waiting(self) -> int:
        """How many batches may be held when another one is submitted."""
        return self._jobs

    def submit(self, articles: Sequence[Article]) -> Task:
        """Have a batch prepared, or leave it until it is asked for."""
        task = Task(articles)
        if self._threads is not None:
            self._begin(task)
        elif self._jobs > 1 and self._first is not None:
            self._start()
            self._begin(self._first)
            self._begin(task)
            self._first = None
        else:
            self._first = task
        return task

    def is_ready(self, task: Task) -> bool:
        """Whether asking for the result now is what should be done next: it is there, or nobody else will make it."""
        return self._jobs == 1 if task.future is None else task.future.done()

    def result(self, task: Task) -> Prepared:
        """What the engine made of a batch. Raises WorkerDied, or what the preparer raised."""
        if task.future is not None:
            return task.future.result()
        self._first = None
        return self._preparer(task.articles)

    def _start(self) -> None:
        self._threads = ThreadPoolExecutor(self._jobs, "searchkit-worker")
        for _ in range(self._jobs):
            worker = _Worker()
            self._workers.append(worker)
            self._idle.put(worker)

    def _begin(self, task: Task) -> None:
        assert self._threads is not None
        task.future = self._threads.submit(self._run, task)

    def _run(self, task: Task) -> Prepared:
        """Have one of the workers prepare a batch. Runs in a thread, which only waits."""
        worker = self._idle.get()
        try:
            return worker.prepare(self._preparer, task)
        finally:
            self._idle.put(worker)


class _Worker:
    """This end of a worker process."""

    def __init__(self) -> None:
        flags = ["-X", "utf8"] if sys.flags.utf8_mode else []
        # In a group of its own, since Ctrl-C goes to all of a terminal's group: the run alone says what it means.
        self._process = subprocess.Popen(
            [sys.executable, *flags, "-c", _START, *map(str, sys.path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            process_group=None if sys.platform == "win32" else 0,
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._to: BinaryIO = self._process.stdin  # type: ignore[assignment]
        self._from: BinaryIO = self._process.stdout  # type: ignore[assignment]
        self._knows_preparer = False

    def prepare(self, preparer: Preparer, task: Task) -> Prepared:
        """Give the worker a batch and wait for what comes back."""
        try:
            if not self._knows_preparer:
                pickle.dump(preparer, self._to, pickle.HIGHEST_PROTOCOL)
                self._knows_preparer = True
            pickle.dump(task.articles, self._to, pickle.HIGHEST_PROTOCOL)
            self._to.flush()
            task.articles = ()  # they are held by the worker now
            reply = pickle.load(self._from)
        except (OSError, EOFError, pickle.UnpicklingError) as error:
            self._process.kill()  # if it still runs, nobody knows what it would say next
            raise WorkerDied(_how_it_ended(self._process.pid, self._process.wait())) from error
        if isinstance(reply, Exception):
            raise reply
        assert isinstance(reply, Prepared)
        return reply

    def kill(self) -> None:
        """End the process, whatever it does."""
        self._process.kill()

    def close(self) -> None:
        """Wait for the end of the process, and let go of its pipes."""
        self._process.wait()
        self._from.close()
        try:
            self._to.close()
        except OSError:  # something was still to be written
            self._to.close()


def _how_it_ended(pid: int, status: int) -> str:
    if status >= 0:
        return f"worker process {pid} ended with status {status}"
    try:
        name = signal.Signals(-status).name
    except ValueError:
        name = str(-status)
    return f"worker process {pid} was killed by signal {name}; on Linux, SIGKILL often means that memory ran out"


def serve() -> None:
    """The worker's side: prepare what comes in until there is no more, or nobody who wants it."""
    # What a library prints must not come between the replies.
    to, source = os.fdopen(os.dup(1), "wb"), sys.stdin.buffer
    os.dup2(2, 1)
    try:
        preparer: Preparer = pickle.load(source)
        # All that there is by now stays; what comes and goes with a batch has no cycles to speak of.
        gc.freeze()
        gc.set_threshold(100_000)
        while True:
            reply = _reply(preparer, pickle.load(source))
            to.write(reply)
            to.flush()
            del reply
    except (EOFError, BrokenPipeError, pickle.UnpicklingError):
        # The run is over or was killed. Without ado: what is buffered could only fail again.
        os._exit(0)


def _reply(preparer: Preparer, articles: Sequence[Article]) -> bytes:
    try:
        return pickle.dumps(preparer(articles), pickle.HIGHEST_PROTOCOL)
    except Exception as error:
        error.add_note(f"In worker process {os.getpid()}:\n{traceback.format_exc()}")
        try:
            reply = pickle.dumps(error)
            pickle.loads(reply)
        except Exception:  # an exception may be made of anything
            return pickle.dumps(RuntimeError(f"{type(error).__name__}: {error}"))
        return reply
