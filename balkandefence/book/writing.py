"""Sphinx's builder of pages and its search, made quick: a Sphinx extension."""

from __future__ import annotations

import pickle
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.search.en import SearchEnglish
from sphinx.util.parallel import ParallelTasks

#: Of the work on a page, what the process that reads all pages does of each: it resolves the
#: references and gathers the words for the search. The rest is turning it into HTML.
_GATHERING = 0.45


class Pages(StandaloneHTMLBuilder):
    """Sphinx's builder, which keeps every process busy while it reads and writes many pages.

    Sphinx's own lets one process wait while others read pages dealt out by name, and resolves all
    references in one while the others wait. Here each process reads as much as any other, and
    resolves what it writes; the first gathers the words of all pages and writes a few. What the
    search knows of each page goes on from one build to the next.
    """

    def load_indexer(self, docnames: Iterable[str]) -> None:
        """Keep what the search knows of pages that are not written now, just as it was found.

        Sphinx's own reads its finished index, in which some of that is no longer to be had.
        """
        kept = self.env.all_docs.keys() - set(docnames)
        found: Any = self.indexer
        for of_pages in (
            found._titles, found._filenames, found._all_titles, found._index_entries,
        ):  # fmt: skip
            for name in of_pages.keys() - kept:
                del of_pages[name]
        for of_words in (found._mapping, found._title_mapping):
            for word, names in list(of_words.items()):
                names &= kept
                if not names:
                    del of_words[word]
        found._objtypes.clear()  # they are numbered as they are met
        found._objnames.clear()

    def _read_parallel(self, docnames: list[str], nproc: int) -> None:
        for name in docnames:
            self.events.emit("env-purge-doc", self.env, name)
            self.env.clear_doc(name)
        mine, *apart = _shares({name: self._marks(name) for name in docnames}, [0.0] * nproc)
        tasks = ParallelTasks(nproc)
        for share in filter(None, apart):
            tasks.add_task(self._read_apart, share, self._merge)
        for name in mine:
            self.read_doc(name)
        tasks.join()

    def _read_apart(self, names: list[str]) -> bytes:
        for name in names:
            self.read_doc(name, _cache=False)
        return pickle.dumps(self.env, pickle.HIGHEST_PROTOCOL)

    def _merge(self, names: list[str], read: bytes) -> None:
        self.env.merge_info_from(names, pickle.loads(read), self.app)

    def _marks(self, name: str) -> float:
        """Return how many cells, links and codes a page has, which is what reading it takes."""
        text = Path(self.env.doc2path(name)).read_text(encoding="utf-8")
        return 100 + text.count("|") + text.count("](") + text.count("`") / 3

    def _write_parallel(self, docnames: Sequence[str], nproc: int) -> None:
        first, *others = docnames
        self._write_serial([first])  # which compiles the templates for all
        lengths = {name: self._length(name) for name in others}
        gathering = _GATHERING * sum(lengths.values())
        mine, *apart = _shares(lengths, [gathering, *[0.0] * nproc])
        tasks = ParallelTasks(nproc)
        for share in apart:
            tasks.add_task(self._write_apart, share)
        for name in others:
            tree = self.env.get_and_resolve_doctree(name, self)
            self.write_doc_serialized(name, tree)
            if name in mine:
                self.write_doc(name, tree)
        tasks.join()

    def _write_apart(self, names: list[str]) -> None:
        for name in names:
            self.write_doc(name, self.env.get_and_resolve_doctree(name, self))

    def _length(self, name: str) -> float:
        return (Path(self.doctreedir) / f"{name}.doctree").stat().st_size


def _shares(lengths: Mapping[str, float], begun: Sequence[float]) -> list[list[str]]:
    """Deal out pages to processes, longest first; each has that much to do already."""
    shares: list[list[str]] = [[] for _ in begun]
    spent = list(begun)
    for name in sorted(lengths, key=lambda name: (-lengths[name], name)):
        at = spent.index(min(spent))
        shares[at].append(name)
        spent[at] += lengths[name]
    return shares


class English(SearchEnglish):
    """English as Sphinx searches it; the stem of a word is found once."""

    def init(self, options: dict[str, str]) -> None:
        """Set up the stemmer."""
        super().init(options)
        self.stem = lru_cache(maxsize=None)(super().stem)  # type: ignore[method-assign]


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the builder and the language of the search."""
    app.add_builder(Pages, override=True)
    app.add_search_language(English)
    return {"parallel_read_safe": True, "parallel_write_safe": True, "version": "1"}
