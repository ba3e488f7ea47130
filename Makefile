# The same commands everywhere. `make demo` and `make test` need only Python 3.11 and make.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
FILMS  ?=
N      ?= 40
DATA    ?= ../shared/data/kaggle-pneumonia-224
WEIGHTS ?= ../shared/weights/mobilenet_v2_1.0_224_notop.weights.h5
RUN     ?= runs/mobilenet_v2
SEEDS   ?= 5

.PHONY: help demo test check lint train bench clean

help:            ## list the targets
	@grep -E '^[a-z]+: .*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/'

$(VENV)/.core: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "firstread needs Python 3.11 or newer; this is " + sys.version.split()[0])'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable .
	@touch $@

$(VENV)/.dev: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "firstread needs Python 3.11 or newer; this is " + sys.version.split()[0])'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[dev]'
	@touch $@ $(VENV)/.core

demo: $(VENV)/.core ## rank synthetic radiographs, or your own: make demo FILMS=folder
ifeq ($(FILMS),)
	$(BIN)/firstread data synthesize $(N) demo/films --overwrite
	$(BIN)/firstread triage demo/films --html demo/worklist.html
else
	$(BIN)/firstread triage "$(FILMS)" --html demo/worklist.html
endif
	@echo "The worklist with heat maps: open demo/worklist.html in a browser."

test: check      ## everything that must hold, on any machine

check: $(VENV)/.dev lint ## ruff, mypy, import-linter, pytest
	$(BIN)/pytest

lint: $(VENV)/.dev ## style, types and the direction of imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

train: $(VENV)/.dev ## from a folder of films to a bundle: make train DATA=folder WEIGHTS=file SEEDS=5
	$(BIN)/firstread train "$(DATA)" --run "$(RUN)" --weights "$(WEIGHTS)" --seeds "$(SEEDS)"

bench: $(VENV)/.dev ## speed and memory, paired; figures go to docs/performance.md
	$(BIN)/python benchmarks/run.py

clean:           ## remove the environment and the demo
	rm -rf $(VENV) demo
