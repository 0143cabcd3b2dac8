"""An edition as a research object: ro-crate-metadata.json, after RO-Crate 1.3.

It says of each published file what it is and what it was made from, and describes the build as one
action: from tables and parameters, by the notebooks, to figures, tables and pages.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from balkandefence import editions
from balkandefence.book import about, checksums, record
from balkandefence.book.record import Record

if TYPE_CHECKING:
    from rocrate.rocrate import ROCrate

NAME = "ro-crate-metadata.json"
_LICENCE = "https://creativecommons.org/licenses/by/4.0/"
_PYTHON = "https://www.python.org/"
_FORMATS = {
    ".csv": "text/csv", ".geojson": "application/geo+json", ".html": "text/html",
    ".ipynb": "application/x-ipynb+json", ".js": "text/javascript", ".json": "application/json",
    ".pdf": "application/pdf", ".png": "image/png", ".svg": "image/svg+xml",
    ".yml": "application/yaml",
}  # fmt: skip
_DRAWINGS = {".png": "picture", ".svg": "drawing", ".csv": "data"}
_NUMBER = re.compile(r"\{num\}`([^`]+)`")
#: Folders that are described as a whole: the site's own styles and scripts.
_WHOLE = ("_static", "_images", "_sphinx_design_static")


def _licence(found: Mapping[str, str]) -> str:
    return found.get("path", f"#licence-{found['name']}")


def _ids(names: Iterable[str]) -> list[dict[str, str]]:
    return [{"@id": name} for name in names]


class _Names:
    """What each published file is, in words."""

    def __init__(self, made: Record, package: Mapping[str, Any]) -> None:
        self.made = made
        self.tables = {f"data/{found['path']}": found for found in package["resources"]}

    def _plain(self, page: str, text: str) -> str:
        def said(match: re.Match[str]) -> str:
            name = match[1] if "/" in match[1] else f"{page}/{match[1]}"
            return str(self.made["numbers"].get(name, {}).get("text", match[1]))

        return _NUMBER.sub(said, text)

    def _figure(self, file: PurePosixPath) -> dict[str, Any]:
        page = file.parent.name
        id = f"{page}/{file.stem}"
        is_narrow = id not in self.made["figures"] and id.endswith("-narrow")
        found = self.made["figures"].get(id.removesuffix("-narrow") if is_narrow else id, {})
        kind = ("narrow " if is_narrow else "") + _DRAWINGS.get(file.suffix, "file")
        behind = (
            [f"data/{name}.csv" for name in found.get("tables", ())]
            if file.suffix == ".csv"
            else [f"figures/{id.removesuffix('-narrow') if is_narrow else id}.csv"]
        )
        return {"name": f"Figure: {found.get('title', id)} ({kind})", "isBasedOn": behind}

    def _table(self, file: PurePosixPath) -> dict[str, Any]:
        page = file.parent.name
        found = self.made["tables"].get(f"{page}/{file.stem}", {})
        caption = self._plain(page, str(found.get("caption", file.stem)))
        behind = [f"data/{name}.csv" for name in found.get("tables", ())]
        return {"name": f"Table: {caption}", "isBasedOn": behind}

    def of(self, name: str) -> dict[str, Any]:
        """Return a file's name, and what is known of its licence and of what it rests on."""
        file = PurePosixPath(name)
        if table := self.tables.get(name):
            licences = [_licence(found) for found in table.get("licenses", ())]
            said = str(table.get("description", table["title"]))
            return {"name": str(table["title"]), "description": said, "license": licences}
        match file.parts:
            case ("figures", _, _):
                return self._figure(file)
            case ("tables", _, _):
                return self._table(file)
            case ("notebooks", _):
                language = {"@id": _PYTHON}
                return {"@type": ["File", "SoftwareSourceCode"], "programmingLanguage": language,
                        "name": f"Executed notebook: {file.stem}"}  # fmt: skip
            case ("data", _) if file.suffix == ".yml":
                return {"name": f"Description of the table {file.stem}"}
            case (record.NAME,):
                return {"name": "Record of all that the edition published, with hashes"}
        if file.suffix == ".html":
            return {"name": f"Page: {file.stem}"}
        return {"name": "The whole book as PDF" if file.suffix == ".pdf" else name}


def _root(crate: ROCrate, made: Record) -> None:
    crate.name = f"{about.TITLE}, edition {made['edition']}"
    crate.description = (
        f"A book of parameterised notebooks on spending, procurement, alliances and incidents, as "
        f"known on {made['as_of']}, with every table, executed notebook, figure and number."
    )
    crate.datePublished = made["as_of"]
    crate.license = {"@id": _LICENCE}
    crate.root_dataset["version"] = made["edition"]
    crate.root_dataset["author"] = {"@id": "#authors"}
    crate.root_dataset["publisher"] = {"@id": "#authors"}
    crate.root_dataset["mentions"] = {"@id": "#build"}
    crate.add_jsonld({"@id": "#authors", "@type": "Organization", "name": about.AUTHORS})


def _licences(crate: ROCrate, package: Mapping[str, Any]) -> None:
    told = {_LICENCE: "Creative Commons Attribution 4.0 International"}
    for table in package["resources"]:
        for found in table.get("licenses", ()):
            told.setdefault(_licence(found), found["title"])
    for id, title in told.items():
        crate.add_jsonld({"@id": id, "@type": "CreativeWork", "name": title, "description": title})


def _action(crate: ROCrate, made: Record, files: Iterable[str]) -> None:
    """Add the build: what it read, by what, and what it gave."""
    declared = editions.declarations()
    given = {f"#parameter-{name}": name for name in made["parameters"]}
    for id, name in given.items():
        said = declared[name].description if name in declared else name
        crate.add_jsonld({"@id": id, "@type": "PropertyValue", "name": name, "description": said,
                          "value": made["parameters"][name]})  # fmt: skip
    data = [name for name in files if name.startswith("data/")]
    tables = [name for name in data if name.endswith((".csv", ".geojson"))]
    outputs = [
        name
        for name in files
        if name.startswith(("figures/", "tables/"))
        or ("/" not in name and name.endswith((".html", ".pdf")))
        or name == record.NAME
    ]
    notebooks = [name for name in files if name.startswith("notebooks/")]
    program = made["environment"]["program"]
    crate.add_jsonld({"@id": _PYTHON, "@type": "ComputerLanguage", "name": "Python",
                      "url": _PYTHON, "version": made["environment"]["python"]})  # fmt: skip
    crate.add_jsonld({
        "@id": "#build", "@type": "CreateAction",
        "name": f"Build of edition {made['edition']}",
        "description": f"Made by the package balkandefence, whose files hash to {program}; made "
                       f"again and compared by: balkandefence verify {made['edition']}",
        "agent": {"@id": "#authors"},
        "instrument": _ids(notebooks) if len(notebooks) != 1 else {"@id": notebooks[0]},
        "object": _ids([*given, *tables]),
        "result": _ids(outputs),
    })  # fmt: skip


def describe(made: Record, files: Mapping[str, int], package: Mapping[str, Any]) -> dict[str, Any]:
    """Return the metadata of an edition from its record, its files' sizes and its datapackage."""
    from rocrate.rocrate import ROCrate  # dear to import, and only a release needs it

    crate, names = ROCrate(), _Names(made, package)
    _root(crate, made)
    _licences(crate, package)
    whole = {name.partition("/")[0] for name in files if name.startswith(_WHOLE)}
    for folder in sorted(whole):
        told = {"name": "Styles, scripts and pictures of the pages"}
        crate.add_dataset(dest_path=f"{folder}/", properties=told)
    single = [name for name in sorted(files) if name.partition("/")[0] not in whole]
    for name in single:
        found = names.of(name)
        for part in ("isBasedOn", "license"):
            listed = [one for one in found.pop(part, ()) if one in files or part == "license"]
            listed = [one for one in listed if one != _LICENCE]  # which the whole has
            if listed:
                found[part] = _ids(listed) if len(listed) > 1 else {"@id": listed[0]}
        suffix = PurePosixPath(name).suffix
        found |= {"contentSize": str(files[name]),
                  "encodingFormat": _FORMATS.get(suffix, "application/octet-stream")}  # fmt: skip
        crate.add_file(dest_path=name, properties=found)
    _action(crate, made, single)
    made_up: dict[str, Any] = crate.metadata.generate()
    return made_up


def write(folder: Path) -> None:
    """Write the metadata of a finished edition's folder into it."""
    made = record.read(folder / record.NAME)
    package = json.loads((folder / "data" / "datapackage.json").read_text(encoding="utf-8"))
    files = {name: path.stat().st_size for name, path in checksums.files(folder).items()}
    files.pop(NAME, None)
    text = json.dumps(describe(made, files, package), indent=1, ensure_ascii=False)
    (folder / NAME).write_text(text + "\n", encoding="utf-8")
