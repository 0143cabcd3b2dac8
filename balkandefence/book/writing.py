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

#: What any page takes, and to colour a block of code as it is written, in marks: see `_marks`.
_ANY, _COLOURED = 300, 15
_CODE = "```python\n"
#: What the search knows by page, and by word: of each word the pages that it stands on.
_BY_PAGE = ("_titles", "_filenames", "_all_titles", "_index_entries")
_BY_WORD = ("_mapping", "_title_mapping")

#: What a process gathered of the pages that it wrote: their images, and what the search knows.
_Gathered = tuple[dict[str, str], dict[str, dict[str, Any]]]


class Pages(StandaloneHTMLBuilder):
    """Sphinx's builder, which keeps every process busy while it reads and writes many pages.

    Sphinx's own lets one process wait while others read pages dealt out by name, and resolves all
    references in one while the others wait. Here each process reads as much as any other, and of
    the pages that it writes resolves the references and gathers the words for the search. What
    the search knows of each page goes on from one build to the next.
    """

    def load_indexer(self, docnames: Iterable[str]) -> None:
        """Keep what the search knows of pages that are not written now, just as it was found.

        Sphinx's own reads its finished index, in which some of that is no longer to be had.
        """
        kept = self.env.all_docs.keys() - set(docnames)
        found: Any = self.indexer
        for of_pages in (getattr(found, name) for name in _BY_PAGE):
            for name in of_pages.keys() - kept:
                del of_pages[name]
        for of_words in (getattr(found, name) for name in _BY_WORD):
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
        mine, *apart = _shares({name: self._marks(name) for name in docnames}, nproc)
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

    def _marks(self, name: str, code: float = 0) -> float:
        """Return how many cells, links and codes a page has, which is what its work depends on.

        A block of code counts as many as `code`.
        """
        text = Path(self.env.doc2path(name)).read_text(encoding="utf-8")
        marks = text.count("|") + text.count("](") + text.count("`") / 3
        return _ANY + marks + code * text.count(_CODE)

    def _write_parallel(self, docnames: Sequence[str], nproc: int) -> None:
        first, *others = docnames
        self._write_serial([first])  # which compiles the templates for all
        work = {name: self._marks(name, _COLOURED) for name in others}
        mine, *apart = _shares(work, nproc + 1)  # here Sphinx does not count this process
        tasks = ParallelTasks(nproc)
        for share in filter(None, apart):
            tasks.add_task(self._write_apart, share, self._take_in)
        self._write_serial(mine)
        tasks.join()

    def _write_apart(self, names: list[str]) -> _Gathered:
        found: Any = self.indexer
        for kind in (*_BY_PAGE, *_BY_WORD):
            setattr(found, kind, {})
        self.images = {}
        self._write_serial(names)
        return self.images, {kind: getattr(found, kind) for kind in (*_BY_PAGE, *_BY_WORD)}

    def _take_in(self, names: list[str], gathered: _Gathered) -> None:
        """Add what another process gathered of the pages that it wrote."""
        images, words = gathered
        self.images |= images
        for kind in _BY_PAGE:
            getattr(self.indexer, kind).update(words[kind])
        for kind in _BY_WORD:
            known = getattr(self.indexer, kind)
            for word, pages in words[kind].items():
                known.setdefault(word, set()).update(pages)


def _shares(lengths: Mapping[str, float], count: int) -> list[list[str]]:
    """Deal out pages to processes, longest first."""
    shares: list[list[str]] = [[] for _ in range(count)]
    spent = [0.0] * count
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
