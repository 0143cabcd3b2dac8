"""Sphinx's builder of pages and its search, made quick: a Sphinx extension."""

from __future__ import annotations

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
    """Sphinx's builder, which keeps every process busy while it writes many pages.

    Sphinx's own resolves all references in one process and lets the others wait for it. Here each
    process resolves what it writes; the first gathers the words of all pages and writes a few.
    What the search knows of each page goes on from one build to the next.
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

    def _write_parallel(self, docnames: Sequence[str], nproc: int) -> None:
        first, *others = docnames
        self._write_serial([first])  # which compiles the templates for all
        mine, *apart = _shares({name: self._length(name) for name in others}, nproc)
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

    def _length(self, name: str) -> int:
        return (Path(self.doctreedir) / f"{name}.doctree").stat().st_size


def _shares(lengths: Mapping[str, int], others: int) -> list[list[str]]:
    """Deal out pages, longest first: to the one process that gathers as well, and to others."""
    shares: list[list[str]] = [[] for _ in range(others + 1)]
    spent = [_GATHERING * sum(lengths.values()), *[0.0] * others]
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
