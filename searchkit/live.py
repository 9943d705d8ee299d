"""The live generation of an index, opened: what the manifest says, and the engine that has the articles."""

from __future__ import annotations

from searchkit import engines
from searchkit.analysis import ANALYZER_VERSION, Analyzer
from searchkit.engines.base import Engine, EngineModule
from searchkit.errors import IndexCorrupt, IndexMissing, SearchkitError
from searchkit.store import Manifest, Settings, Store

_OPEN_ATTEMPTS = 5


class Live:
    """``manifest`` and ``engine`` are those of the generation that was live when it was opened or last reloaded.

    One that cannot be read is opened all the same, as an empty one, where it is here to be made anew with ``rebuild_with``,
    or is ``tolerated``; then ``damaged`` is true.
    """

    manifest: Manifest
    engine: Engine

    def __init__(self, store: Store, rebuild_with: Settings | None = None, tolerated: bool = False) -> None:
        self.store = store
        self.rebuild_with = rebuild_with
        self.damaged = False
        self._tolerated = tolerated
        self._open()

    @property
    def outdated(self) -> bool:
        """Whether its terms are those of another version of searchkit, so that it cannot be searched."""
        return self.manifest.analyzer != ANALYZER_VERSION

    def reload(self) -> None:
        """See what was written since."""
        if not self.damaged and self.store.read() == self.manifest:
            try:
                self.engine.reload()
            except (IndexCorrupt, FileNotFoundError):
                if self.store.read() == self.manifest:
                    raise
            else:
                return
        self.engine.close()
        self._open()

    def reload_for_writing(self) -> None:
        """The same for who holds the lock, and may clear away what others have left."""
        self.reload()
        self.store.clean(self.manifest.generation)

    def tolerate(self) -> None:
        """Open it again, whatever is wrong with it."""
        self._tolerated = True
        self.engine.close()
        self._open()

    def close(self) -> None:
        """Let go of the index's files."""
        self.engine.close()

    def _open(self) -> None:
        for attempt in range(_OPEN_ATTEMPTS):
            manifest = self._read_manifest()
            self.damaged = False
            try:
                module = _engine_module(self.store, manifest)
                self.engine = module.open(self.store.engine_folder(manifest.generation), _analyzer(manifest.settings))
            except (IndexCorrupt, FileNotFoundError):
                # A rebuild may have replaced the generation since the manifest was read; then the new one is tried.
                if attempt < _OPEN_ATTEMPTS - 1 and self._read_manifest() != manifest:
                    continue
                if self.rebuild_with is None and not self._tolerated:
                    raise
                # It is here to be made anew. Until then nothing is found in it, and nothing of it is touched.
                settings = self.rebuild_with or Settings()
                self.engine = engines.load("memory").create(self.store.path, Analyzer(settings.language))
                self.damaged = True
            self.manifest = manifest
            return

    def _read_manifest(self) -> Manifest:
        try:
            return self.store.read()
        except (IndexCorrupt, IndexMissing):
            manifest = self.store.recovered_manifest() if self._tolerated else None
            if manifest is None:
                raise
            return manifest


def _engine_module(store: Store, manifest: Manifest) -> EngineModule:
    try:
        return engines.load(manifest.engine)
    except KeyError:
        raise IndexCorrupt(f"the index in {store.path} names an engine that there is not: {manifest.engine}") from None
    except SearchkitError as error:
        raise SearchkitError(f"the index in {store.path} was made with {manifest.engine}, and {error}") from error


def _analyzer(settings: Settings) -> Analyzer:
    try:
        return Analyzer(settings.language)
    except ValueError as error:
        raise IndexCorrupt(
            f"the index cannot be used: {error}; make it anew with: searchkit index --rebuild --language LANG"
        ) from None
