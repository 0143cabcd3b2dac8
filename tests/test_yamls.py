"""YAML is read as it is written, and nothing of it is lost without a word."""

import pytest
import yaml

from balkandefence import paths, yamls

FILES = sorted(
    path
    for pattern in ("*.yml", "data/*.yml", "editions/*.yml", "chapters/*.yml")
    for path in paths.root().glob(pattern)
)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_file_says_what_yaml_says_that_it_does(path):
    text = path.read_text(encoding="utf-8")
    assert yamls.read(text) == yaml.safe_load(text)


@pytest.mark.parametrize(
    ("text", "line"),
    [("a: 1\nb: 2\na: 3", 3), ("a:\n  b: 1\n  b: 1", 3), ("- {a: 1, a: 1}", 1), ("1: x\n1: y", 2)],
)
def test_an_entry_given_twice_is_refused_with_its_line(text, line):
    with pytest.raises(yaml.YAMLError, match="stands there twice") as caught:
        yamls.read(text)
    assert caught.value.problem_mark.line + 1 == line


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("1: x\n'1': y", {1: "x", "1": "y"}),
        ("a: &at {b: 1}\nc:\n  <<: *at\n  b: 2", {"a": {"b": 1}, "c": {"b": 2}}),
        ("[{a: 1}, {a: 1}]", [{"a": 1}, {"a": 1}]),
    ],
)
def test_entries_of_other_names_or_places_are_not_twice_the_same(text, said):
    assert yamls.read(text) == said


@pytest.mark.parametrize(
    ("place", "line"),
    [(["a"], 1), (["a", "b"], 2), (["a", "c", 1], 5), (["z"], 1), (["a", "z"], 1)],
)
def test_the_line_of_an_entry_is_found_or_that_of_the_nearest_around_it(place, line):
    assert yamls.line("a:\n  b: 1\n  c:\n  - x\n  - y\n", place) == line


def test_of_what_is_no_yaml_the_line_is_that_of_the_fault():
    assert yamls.line("a: 1\nb: [", ["a"]) == 3
