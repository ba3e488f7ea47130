# The same commands everywhere. `make demo` and `make test` need only Python 3.11 and make.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
FILMS  ?=
N      ?= 40
SERVE  ?=
DATA    ?= ../shared/data/kaggle-pneumonia-224
WEIGHTS ?= ../shared/weights/mobilenet_v2_1.0_224_notop.weights.h5
RUN     ?= runs/mobilenet_v2
SEEDS   ?= 5
# Files of tests that run side by side; each may start a server, workers and a browser: three processors for one.
PROCESSES ?= $(shell expr $$(getconf _NPROCESSORS_ONLN) / 3)

.PHONY: help demo test check lint train bench system clean

help:            ## list the targets
	@grep -E '^[a-z]+: .*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/'

$(VENV)/.core: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "firstread needs Python 3.11 or newer; this is " + sys.version.split()[0])'
	@echo "Installing firstread into $(VENV): a minute or two, the first time only."
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
	$(BIN)/firstread serve demo/films --folder demo/store $(SERVE)
else
	$(BIN)/firstread triage "$(FILMS)" --html demo/worklist.html
	$(BIN)/firstread serve "$(FILMS)" --folder demo/store $(SERVE)
endif

test: system check ## everything that must hold, on any machine

system:          ## what tests drive beside Python, a browser and the database of teams, where this user may install it
	@missing=""; \
	command -v chromium-headless-shell >/dev/null || command -v chromium >/dev/null || missing=" chromium-headless-shell"; \
	dpkg -s postgresql >/dev/null 2>&1 || missing="$$missing postgresql"; \
	if [ -z "$$missing" ]; then exit 0; fi; \
	if command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ]; then \
		apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $$missing; \
	else \
		echo "Not installed:$$missing. Tests that need them are skipped; on Debian: sudo apt-get install$$missing"; \
	fi

check: $(VENV)/.dev lint ## ruff, mypy, import-linter, pytest
	$(BIN)/pytest --numprocesses $(PROCESSES) --dist loadfile

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
