# One file to set up, open, run and check the course. `make` alone says what there is.
# Written for GNU make 3.81 and newer, so that the make which macOS ships is enough.

SHELL := /bin/bash
ifeq ($(OS),Windows_NT)
  SHELL := bash
  BIN := .venv/Scripts
  EXE := .exe
else
  BIN := .venv/bin
endif
PY := $(BIN)/python$(EXE)
UV := $(BIN)/uv$(EXE)

# The first Python on the path that is new enough; `make PYTHON=/path/to/python3.12 setup` chooses another.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11 python; do \
  $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && { echo $$p; break; }; done)

# `make setup TORCH=cpu` installs the CPU-only torch; what was chosen once is remembered.
TORCH ?= $(if $(wildcard .venv/.installed-cpu),cpu,default)
STAMP := .venv/.installed-$(TORCH)

# Tests that run at once keep to one thread each: two thread pools on two cores are ten times slower than one.
jobs ?= 2
ONE_THREAD := OMP_NUM_THREADS=1 MKL_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1

export PYTHONUTF8 := 1
unexport PYTHONPATH PYTHONHOME

only ?=
lessons ?=
upgrade ?=
# The entry of one package in requirements.lock: from its name to the next one.
ENTRY = awk '/^[^ \#]/ { wanted = /^$(1)==/ } wanted' requirements.lock
# All entries but torch and what only its CUDA build needs.
ALL_BUT_TORCH = awk '/^[^ \#]/ { other = !/^(torch|torchvision|triton|nvidia-[a-z0-9-]*|cuda-[a-z0-9-]*)==/ } other' requirements.lock

.DEFAULT_GOAL := help
.PHONY: help setup lab run book slides test check format bench data lock clean

help:  ## say what there is
	@echo 'usage: make TARGET'
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  %-8s %s\n", $$1, $$2 }' Makefile

setup: $(STAMP)  ## install everything, pinned, into .venv (TORCH=cpu: small torch on Linux)
	@:

lab: setup  ## open JupyterLab on the start page
	@$(PY) -m cnncourse.cli lab

run: setup  ## run every lesson without a screen and write readable pages under build/
	@$(PY) -m cnncourse.cli run

book: setup  ## the same, but only what has changed is run again: the course as web pages (lessons='02 05')
	@$(PY) -m cnncourse.cli run --reuse $(lessons)

slides: setup  ## a deck a lesson, for a hall without a network, under build/slides (lessons='02 05')
	@$(PY) -m cnncourse.cli slides --reuse $(lessons)

test: setup  ## run every test (jobs=2)
	@$(PY) -m tests.chromium
	@$(ONE_THREAD) $(PY) -m pytest --numprocesses=$(jobs) --dist=loadfile --no-loadscope-reorder

check: setup  ## style and types: ruff, mypy, the notebook linter
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	$(PY) -m tests.notebooks.anatomy notebooks

format: setup  ## put code and notebooks into form
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .

bench: setup  ## measure speed, one JSON object a line (only=NAME for one subject)
	@$(ONE_THREAD) $(PY) -m tests.benchmarks $(only)

data: setup  ## fetch MNIST into the cache (the lessons do without it)
	@$(PY) -m cnncourse.cli data fetch

lock: $(UV)  ## pin all dependencies anew (upgrade=1: to their newest releases)
	@test -x $(UV) || { echo 'make lock needs uv, and it could not be installed' >&2; exit 1; }
	$(UV) pip compile pyproject.toml --extra dev --extra grading --extra hub --universal --fork-strategy fewest --python-version 3.11 \
	  --generate-hashes --no-emit-index-url --no-emit-find-links --quiet $(if $(upgrade),--upgrade) \
	  --custom-compile-command 'make lock   (Python 3.11 and newer; Linux, macOS and Windows)' \
	  --output-file requirements.lock

clean:  ## remove what was built; .venv, your notebooks and your data stay
	rm -rf build .pytest_cache .mypy_cache .ruff_cache .hypothesis .jupyter_cache
	find cnncourse tests -name __pycache__ -type d -prune -exec rm -rf {} +

$(PY):
	@test -n '$(PYTHON)' || { \
	  echo 'this course needs Python 3.11 or newer, and there is none on the path' >&2; \
	  echo "found: $$(python3 --version 2>&1 || echo nothing)" >&2; \
	  echo 'install one, or name it: make setup PYTHON=/path/to/python3.12' >&2; exit 1; }
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(v < (3, 11) and \
	  "this course needs Python 3.11 or newer; $(PYTHON) is %d.%d" % v[:2] or 0)'
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo '$(PYTHON) cannot create environments; on Debian and Ubuntu: sudo apt-get install python3-venv' >&2; exit 1; }
	@echo "creating .venv with $$($(PYTHON) --version)" >&2
	@$(PYTHON) -m venv .venv

# uv installs in seconds what takes pip minutes; where it cannot be had or fails, pip does the same.
$(UV): | $(PY)
	@$(call ENTRY,uv) > .venv/uv.txt
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r .venv/uv.txt || \
	  echo 'uv cannot be installed here; pip goes on without it, which takes longer' >&2

$(STAMP): requirements.lock pyproject.toml | $(PY) $(UV)
	@for other in .venv/.installed-*; do case "$$other" in '$(STAMP)' | '.venv/.installed-*') ;; *) \
	  echo "this .venv has the torch of TORCH=$${other#.venv/.installed-}: remove the folder .venv first" >&2; exit 1;; esac; done
	@echo 'installing what requirements.lock pins (on Linux about 6 GB, with TORCH=cpu far less)' >&2
ifeq ($(TORCH),cpu)
	@test -x $(UV) || { echo 'TORCH=cpu needs uv, and it could not be installed' >&2; exit 1; }
	@$(call ENTRY,torch) > .venv/torch.txt && $(call ENTRY,torchvision) >> .venv/torch.txt
	@$(ALL_BUT_TORCH) > .venv/others.txt
	$(UV) pip install --python $(PY) --torch-backend=cpu --no-verify-hashes --no-deps -r .venv/torch.txt
	$(UV) pip install --python $(PY) --require-hashes --no-deps -r .venv/others.txt
else
	@{ test -x $(UV) && $(UV) pip install --python $(PY) --require-hashes -r requirements.lock; } || \
	  $(PY) -m pip install --disable-pip-version-check --require-hashes -r requirements.lock
endif
	@$(PY) -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@
