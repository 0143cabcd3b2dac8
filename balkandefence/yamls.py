"""YAML read fast, and the line on which something stands in it: for messages to people."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, TypeAdapter, ValidationError

_Entry = TypeVar("_Entry", bound=BaseModel)

_Fast: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the C one is ten times as fast


class _Loader(_Fast):
    """A loader that refuses an entry given twice, of which YAML's own silently takes the last."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """Return a mapping; ConstructorError names the second of two entries of one name."""
        known = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode) and (key.tag, key.value) in known:
                raise yaml.constructor.ConstructorError(
                    None, None, f"{key.value!r} stands there twice", key.start_mark
                )
            known.add((key.tag, key.value) if isinstance(key, yaml.ScalarNode) else id(key))
        return dict(super().construct_mapping(node, deep))


class Fault(str):
    """Something that is wrong, in words, with the line of its file; 0 where none is known."""

    line: int

    def __new__(cls, text: str, line: int = 0) -> Fault:
        """Return the text with its line."""
        made = super().__new__(cls, text)
        made.line = line
        return made


def broken(error: Exception) -> Fault:
    """Return that `read` raised an error, with the line that it names, 1 where it names none."""
    mark = getattr(error, "problem_mark", None)
    return Fault(f"not valid YAML: {error}", int(mark.line) + 1 if mark else 1)


def read(text: str) -> Any:
    """Return what a YAML text says.

    Raises yaml.YAMLError where it is not YAML or gives an entry twice, ValueError for a date that
    there is not.
    """
    return yaml.load(text, Loader=_Loader)


def entries(text: str, kind: type[_Entry]) -> tuple[list[_Entry], list[Fault]]:
    """Return a text's entries, each of a kind; none where anything is wrong, but what it is."""
    try:
        return TypeAdapter(list[kind]).validate_python(read(text) or []), []  # type: ignore[valid-type]
    except ValidationError as error:
        return [], [
            Fault(": ".join(filter(None, (".".join(map(str, e["loc"])), e["msg"]))),
                  line(text, e["loc"]))
            for e in error.errors()
        ]  # fmt: skip
    except (yaml.YAMLError, ValueError) as error:
        return [], [broken(error)]


def line(text: str, place: Sequence[str | int]) -> int:
    """Return the line of an entry, named by its keys and positions from the outermost in.

    Where the text has no such entry it is the line of the nearest one around it; 1 for text that
    is not YAML.
    """
    try:
        node = yaml.compose(text, Loader=_Loader)
    except yaml.YAMLError as error:
        return broken(error).line
    found = 1
    for part in place:
        mark, node = _inside(node, part)
        if mark is None:
            break
        found = int(mark.line) + 1
    return found


def _inside(node: Any, part: str | int) -> tuple[Any, Any]:
    """Return the mark and the node of one entry of a node; None twice where there is none."""
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        return node.value[part].start_mark, node.value[part]
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == str(part):
                return key.start_mark, value
    return None, None
