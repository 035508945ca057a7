# Everything lives in .venv/; no root, no npm. `make demo` and `make test` are the two to know.
SHELL := /bin/bash
PYTHON ?= python3.11
BIN := .venv/bin
export UV_COMPILE_BYTECODE := 1
# uv must not be led astray by an environment that the caller has active.
unexport VIRTUAL_ENV

.PHONY: install install-dev install-cluster demo test test-browser check bench quality soak lock clean

install: .venv/runtime.stamp
install-dev: .venv/dev.stamp

$(BIN)/uv: requirements/bootstrap.lock
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install -q --require-hashes -r requirements/bootstrap.lock
	@touch $@

.venv/runtime.stamp: $(BIN)/uv requirements/runtime.lock pyproject.toml
	$(BIN)/uv pip install -q --python $(BIN)/python --require-hashes -r requirements/runtime.lock -r requirements/build.lock
	$(BIN)/uv pip install -q --python $(BIN)/python --no-deps --no-build-isolation -e .
	@touch $@

.venv/dev.stamp: .venv/runtime.stamp requirements/dev.lock
	$(BIN)/uv pip install -q --python $(BIN)/python --require-hashes -r requirements/dev.lock
	@touch $@

# For reading on many machines, docs/cluster.md.
install-cluster: install
	$(BIN)/uv pip install -q --python $(BIN)/python --require-hashes -r requirements/cluster.lock

demo: install
	@$(BIN)/python -m demo

# A process a core; each takes some two gigabytes, so no more than four.
TESTS := $(BIN)/python -m pytest -m "not browser" -n logical --maxprocesses 4 --dist worksteal

test: install-dev
	$(TESTS)

test-browser: install-dev
	$(BIN)/python -m pytest -vv -m browser --timeout 600 --timeout-method thread

check: install-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m quality.unlowered
	$(TESTS)

.venv/bench.stamp: $(BIN)/uv requirements/bench.lock
	$(BIN)/uv venv -q --clear --python $(PYTHON) .venv/bench
	$(BIN)/uv pip install -q --python .venv/bench/bin/python --require-hashes -r requirements/bench.lock
	@touch $@

bench: install-dev .venv/bench.stamp
	$(BIN)/python -m bench --peers .venv/bench/bin/python
	$(BIN)/python -m bench.texts --peers .venv/bench/bin/python
	$(BIN)/python -m bench.web_pages
	$(BIN)/python -m bench.search_peers
	$(BIN)/python -m bench.steps
	$(BIN)/python -m bench.cluster
	$(BIN)/python -m bench.tone_speed

quality: install-dev
	$(BIN)/python -m quality

soak: install-dev
	$(BIN)/python -m tests.crash

lock: $(BIN)/uv
	for set in bootstrap build runtime cluster dev bench; do \
	  $(BIN)/uv pip compile -q --generate-hashes --universal --python-version 3.11 --no-header --no-annotate \
	    --no-emit-index-url requirements/$$set.in -o requirements/$$set.lock || exit 1; done

clean:
	rm -rf .venv build demo/home
