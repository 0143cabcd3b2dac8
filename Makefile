# Each target is one line that calls the package; the environment makes itself when it is asked for.
PYTHON ?= python3
BIN := .venv/bin
export PYTHONUTF8 := 1

.PHONY: book pdf preview test test-all check verify release bench lock clean
.DEFAULT_GOAL := book

book: .venv/book.stamp  ## build the book at _build/html/index.html
	$(BIN)/python -m balkandefence build

pdf: .venv/book.stamp  ## the book with a PDF of the whole of it; needs an installed Chromium
	$(BIN)/python -m balkandefence build --pdf

preview: .venv/book.stamp  ## serve the book and follow every edit
	$(BIN)/python -m balkandefence preview

test: .venv/test.stamp  ## run the tests, but for the long ones
	$(BIN)/python -m pytest -n auto -m "not long"

test-all: .venv/test.stamp  ## run every test and measure coverage, which makes them slower
	$(BIN)/python -m pytest -n auto --cov=balkandefence --cov-branch --cov-report=term-missing:skip-covered --cov-fail-under=90

check: .venv/test.stamp  ## all that needs no kernel: data, editions, chapters, code style, types
	$(BIN)/python -m balkandefence check && $(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy

verify: .venv/book.stamp  ## rebuild an edition from nothing and compare it: make verify [ID=…] [PUBLISHED=folder or archive]
	$(BIN)/python -m balkandefence verify $(ID) $(if $(PUBLISHED),--published "$(PUBLISHED)")

release: .venv/book.stamp  ## prove an edition and freeze it at _build/site: make release ID=…
	$(BIN)/python -m balkandefence release $(ID)

bench: .venv/test.stamp  ## measure builds beside other tools, for hours: make bench [RUNS=5]
	$(BIN)/python -m balkandefence bench --runs $(or $(RUNS),5)

lock: .venv/test.stamp  ## write the lock files anew
	$(BIN)/uv pip compile pyproject.toml --universal --generate-hashes --python-version 3.11 --upgrade -o requirements.txt -q --custom-compile-command "make lock"
	$(BIN)/uv pip compile pyproject.toml --extra test --universal --generate-hashes --python-version 3.11 -c requirements.txt -o tests/requirements.txt -q --custom-compile-command "make lock"
	$(BIN)/uv pip compile tests/crate-requirements.in --universal --generate-hashes --python-version 3.11 --upgrade -o tests/crate-requirements.txt -q --custom-compile-command "make lock"

.venv/bin/python:
	$(PYTHON) -c "import sys; sys.exit('Python 3.11 to 3.13 is needed, this is ' + sys.version.split()[0] + '; name another with make PYTHON=…') if not (3, 11) <= sys.version_info < (3, 14) else None"
	$(PYTHON) -m venv .venv

.venv/book.stamp: requirements.txt pyproject.toml | .venv/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

# The validator of research objects has an environment of its own: it needs an older rich than ours.
.venv/test.stamp: .venv/book.stamp tests/requirements.txt tests/crate-requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r tests/requirements.txt
	$(BIN)/python -m venv .venv/crate
	.venv/crate/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r tests/crate-requirements.txt
	touch $@

clean:  ## delete everything generated
	rm -rf _build
