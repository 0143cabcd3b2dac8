"""Compile staged pages again and again, writing only the pages that changed.

Sphinx and what it read of the pages are kept between the calls, and on disk between processes.
Where a title, a number, a label or the order of the pages changed, every page is written anew.
What comes out is, byte for byte, what compiling from nothing gives.

Run as a program with the folders of what is staged, of finished pages and of what was read of
them, and how many processes may work, it compiles once and prints all complaints.
"""

from __future__ import annotations

import gc
import hashlib
import io
import os
import pickle
import re
import shutil
import sys
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from balkandefence import paths
from balkandefence.book import compile

if TYPE_CHECKING:
    from sphinx.application import Sphinx

_PAGE = re.compile(r"^([\w-]+)\.md\b")
#: So many pages are written sooner by one process than by several.
_FEW = 4
#: Pages that Sphinx makes of all others.
_ITS_OWN = ("genindex", "search")
#: A style sheet that comes when all pages are written: were it there, they would tell its checksum.
_LATE = "mystnb.*.css"


def _made_of(folder: Path) -> str:
    """Return a hash of what all pages depend on: our code, the packages and the settings."""
    code = sorted(Path(__file__).parent.glob("*.py"))
    others = [folder / "_config.yml", paths.root() / "requirements.txt"]
    digest = hashlib.sha256(sys.version.encode())
    for path in (path for path in (*code, *others) if path.is_file()):
        digest.update(f"{path.name} {path.stat().st_size}\n".encode() + path.read_bytes())
    return digest.hexdigest()


class Compiled:
    """The finished pages of a staged folder, kept up to date in `out`."""

    def __init__(self, staged: Path, out: Path, doctrees: Path, jobs: int | None = None) -> None:
        self.staged, self.out, self.doctrees = staged, out, doctrees
        self._jobs = compile.JOBS if jobs is None else jobs
        self._open = ExitStack()
        self._said = io.StringIO()
        self._sphinx: Sphinx | None = None
        self._files: list[list[Any]] = []

    def update(self) -> list[str]:
        """Compile what changed in the staged folder; return all complaints.

        The environment must be that of `compile.surroundings`. Pages of which there are complaints
        are read anew at the next call, even if unchanged.
        """
        app = self._sphinx or self._started()
        app._warncount = app.statuscode = 0
        self._said.seek(0)
        self._said.truncate()
        for late in (self.out / "_static").glob(_LATE):
            late.unlink()
        before = _common(app)
        touched = self._touched(app)
        self._build(app, touched)
        others = sorted(app.env.found_docs - set(touched))
        if others and not _holds(_common(app), before):
            self._build(app, others)
        app.emit("build-finished", None)
        app.builder.cleanup()
        self._remove_lost(app)
        self._keep(app)
        if not app._warncount:
            return []
        found = compile.complaints(self._said.getvalue(), self.staged)
        self._distrust(found)
        return found

    def _keep(self, app: Sphinx) -> None:
        """Keep all that is known of the pages: Sphinx does before it gathers words to search."""
        from sphinx.application import ENV_PICKLE_FILENAME

        with (self.doctrees / ENV_PICKLE_FILENAME).open("wb") as file:
            pickle.dump(app.env, file, pickle.HIGHEST_PROTOCOL)

    def _build(self, app: Sphinx, pages: list[str]) -> None:
        """Read what changed, and write `pages`; what Sphinx keeps for one build is put back."""
        app.parallel = self._jobs if len(pages) > _FEW else 1
        builder: Any = app.builder
        lists = (
            builder._css_files, builder._js_files, app.registry.css_files, app.registry.js_files,
        )  # fmt: skip
        self._files = self._files or [list(found) for found in lists]
        for found, first in zip(lists, self._files, strict=True):
            found[:] = first  # each page adds its own, which would go to all pages written later
        for listener in app.events.listeners["env-get-updated"]:
            collector = getattr(listener.handler, "__self__", None)
            for name in vars(collector) if collector is not None else ():
                if name.endswith("_count"):  # numbers chapters on from the last time otherwise
                    setattr(collector, name, 0)
        for kept in (app.env._pickled_doctree_cache, app.env._write_doc_doctree_cache):
            kept.clear()  # pages that other processes read stay in it as they were
        vars(app.env).pop("master_doctree", None)  # in which a chapter that is gone would stay
        app.builder.build(pages, method="specific")

    def _started(self) -> Sphinx:
        """Return a Sphinx that goes on from what an earlier process read, where that is sound."""
        mark, made_of = self.doctrees / "made-of.txt", _made_of(self.staged)
        if not mark.is_file() or mark.read_text(encoding="utf-8") != made_of:
            shutil.rmtree(self.doctrees, ignore_errors=True)
            shutil.rmtree(self.out, ignore_errors=True)
        self._sphinx = self._application()
        mark.write_text(made_of, encoding="utf-8")
        return self._sphinx

    def _application(self) -> Sphinx:
        """Return Sphinx as Jupyter Book sets it up; it builds once and then ends."""
        import yaml
        from jupyter_book.config import get_final_config
        from sphinx.application import Sphinx
        from sphinx.util.docutils import docutils_namespace, patch_docutils

        settings, _ = get_final_config(
            user_yaml=self.staged / "_config.yml",
            cli_config=compile.settings(self.staged),
            sourcedir=self.staged,
            use_external_toc=True,
        )
        self._open.enter_context(patch_docutils(None))
        self._open.enter_context(docutils_namespace())
        app = Sphinx(
            srcdir=self.staged,
            confdir=None,
            outdir=self.out,
            doctreedir=self.doctrees,
            buildername="html",
            confoverrides=settings,
            status=None,
            warning=self._said,
            warningiserror=True,
            keep_going=True,
            parallel=self._jobs,
        )
        order = yaml.dump(app.config.external_site_map.as_json())
        if app.config["use_multitoc_numbering"] and "numbered: true" in order:
            app.setup_extension("sphinx_multitoc_numbering")
        return app

    def _touched(self, app: Sphinx) -> list[str]:
        """Return the pages that must be written because they, or what they show, changed."""
        app.env.find_files(app.config, app.builder)
        added, changed, _ = app.env.get_outdated_files(False)
        read = app.env.all_docs
        old = {page for page in app.env.found_docs if read.get(page, 0) > self._written(page)}
        return sorted(added | changed | old)

    def _written(self, page: str) -> int:
        """Return when a page was written, in microseconds as Sphinx counts, 0 if never."""
        path = self.out / f"{page}.html"
        return path.stat().st_mtime_ns // 1000 if path.is_file() else 0

    def _remove_lost(self, app: Sphinx) -> None:
        kept = {*app.env.found_docs, *_ITS_OWN}
        for path in self.out.glob("*.html"):
            if path.stem not in kept:
                path.unlink()

    def _distrust(self, complaints: list[str]) -> None:
        pages = {match[1] for text in complaints if (match := _PAGE.match(text))}
        trees = [self.doctrees / f"{page}.doctree" for page in pages]
        for tree in trees or self.doctrees.glob("*.doctree"):
            tree.unlink(missing_ok=True)


def _common(app: Sphinx) -> dict[str, Any]:
    """Return what of a page is shown on other pages, by what it is called."""
    env, domain = app.env, app.env.get_domain("std")
    parts: dict[str, Any] = {
        "title": {page: title.astext() for page, title in env.titles.items()},
        "section": {page: title.get("secnumber") for page, title in env.titles.items()},
        "figures": env.toc_fignumbers,
        "below": env.toctree_includes,
        "label": domain.anonlabels,  # type: ignore[attr-defined]
        "labelled": domain.labels,  # type: ignore[attr-defined]
    }
    return {f"{kind} {name}": repr(v) for kind, part in parts.items() for name, v in part.items()}


def _holds(now: dict[str, Any], before: dict[str, Any]) -> bool:
    """Return whether all is as it was; a label more changes no other page."""
    new = now.keys() - before.keys()
    return all(now.get(name) == shown for name, shown in before.items()) and all(
        name.startswith("label") for name in new
    )


def mirror(folders: Iterable[Path], site: Path) -> list[str]:
    """Bring `site` to the state of some folders together; return the paths of all that differ.

    Each file is replaced in one step, so that whoever reads meanwhile has the old or the new.
    """
    differing = []
    there = _stamps(site)
    sources = {name: (folder, at) for folder in folders for name, at in _stamps(folder).items()}
    for name, (folder, stamp) in sources.items():
        if there.get(name) == stamp:
            continue
        path, target = folder / name, site / name
        if name in there and target.read_bytes() == path.read_bytes():
            shutil.copystat(path, target)
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_name(f".{target.name}.part")
        shutil.copy2(path, part)
        os.replace(part, target)
        differing.append(name)
    for name in there.keys() - sources.keys():
        (site / name).unlink()
        differing.append(name)
    return sorted(differing)


def _stamps(folder: Path, below: str = "") -> dict[str, tuple[int, int]]:
    """Return size and time of every file below a folder, by its path."""
    found: dict[str, tuple[int, int]] = {}
    if not folder.is_dir():
        return found
    with os.scandir(folder / below) as entries:
        for entry in entries:
            if entry.is_dir():
                found |= _stamps(folder, f"{below}{entry.name}/")
            elif entry.name != ".buildinfo":
                stat = entry.stat()
                found[f"{below}{entry.name}"] = (stat.st_size, stat.st_mtime_ns)
    return found


def main(staged: str, out: str, doctrees: str, jobs: str) -> int:
    """Compile once; return the exit code."""
    gc.disable()  # page trees are large and live to the end: looking for waste takes a third
    complaints = Compiled(Path(staged), Path(out), Path(doctrees), int(jobs)).update()
    print("\n".join(complaints), file=sys.stderr)
    return int(bool(complaints))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
