"""Writing sessions: articles prepared in any process, sent when they are committed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from types import TracebackType

from searchkit.analysis import Analyzer, index_fields, with_language
from searchkit.article import Article
from searchkit.engines.base import Prepared, Refused
from searchkit.engines.opensearch_.bulk import send
from searchkit.engines.opensearch_.client import Client
from searchkit.engines.opensearch_.place import find, settle
from searchkit.engines.opensearch_.schema import deletion, lines
from searchkit.errors import ClusterError


class Preparer:
    """Turns articles into the lines of a bulk request, in any process."""

    def __init__(self, analyzer: Analyzer) -> None:
        self._analyzer = analyzer

    def __call__(self, articles: Sequence[Article]) -> Prepared:
        return Prepared(tuple(article.id for article in articles), [self._prepare(article) for article in articles])

    def _prepare(self, article: Article) -> bytes:
        article = with_language(article, self._analyzer)
        return lines(article, index_fields(article, self._analyzer))


class OpenSearchWriter:
    """A writing session. Nothing is sent before it is committed. ``is_resting`` says whether the index is, and
    ``settled`` is called when it no longer is.
    """

    def __init__(self, client: Client, analyzer: Analyzer, is_resting: bool, settled: Callable[[], None]) -> None:
        self._client = client
        self._is_resting = is_resting
        self._settled = settled
        self._commits = 0
        self._pending: dict[str, bytes | None] = {}
        self.preparer = Preparer(analyzer)

    def __enter__(self) -> OpenSearchWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pending.clear()
        if self._is_resting:
            try:
                settle(self._client, resting=False)
            except Exception:
                if error is None:
                    raise
                return  # the error that ended the session says more; the next one settles what is left
            self._settled()

    def add(self, prepared: Prepared) -> None:
        """Take a batch in."""
        self._pending.update(zip(prepared.ids, prepared.payload, strict=True))

    def delete(self, ids: Iterable[str]) -> None:
        """Remove articles."""
        self._pending.update(dict.fromkeys(ids))

    def commit(self) -> Sequence[Refused]:
        """Send everything so far and make it visible; gives back what the cluster refuses. Raises ClusterError where it is away
        (what it had taken stays, and is replaced when it is sent again) or does not remove something, and IndexCorrupt where
        the index is gone.
        """
        if not self._pending:
            return ()
        find(self._client)  # a cluster would make an index of its own kind for what is sent to none
        if self._commits and not self._is_resting:
            # More than one commit: readers would only make the cluster write small segments.
            settle(self._client, resting=True)
            self._is_resting = True
        refused = send(
            self._client, [(id, deletion(id) if made is None else made) for id, made in self._pending.items()]
        )
        self._client.whole(self._client.ask("POST", f"/{self._client.cluster.index}/_refresh"))
        kept = [f"{each.id} ({each.reason})" for each in refused if self._pending[each.id] is None]
        if kept:
            raise ClusterError(f"the cluster at {self._client.cluster.url} does not remove {', '.join(kept)}")
        self._pending.clear()
        self._commits += 1
        return refused
