# make chat          the chat on http://127.0.0.1:7860, over the reports in corpus/
# make ask Q="…"     one question, answered in the terminal
# make test          every test that needs no browser and no server
# make gate          the reference questions over a fresh index, held against evals/baselines
# make baseline      the same, and its figures become the ones to hold others against
# make extend        the same, and new questions enter the baseline beside the others
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INDEX ?= index
CORPUS ?= corpus
CASES := $(sort $(wildcard evals/cases/corpus*.jsonl))
OTHER_CASES := evals/cases/near-misses.jsonl evals/cases/paraphrases.jsonl
BASELINE := evals/baselines/corpus.json
FRESH := build/gate

.PHONY: chat ask ingest test test-servers lint eval fresh gate baseline extend clean

$(VENV)/.installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip -c constraints.txt
	$(BIN)/python -m pip install --quiet -c constraints.txt -e .
	@touch $@

$(VENV)/.tested: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet -c constraints.txt -e '.[test,train,ocr]'
	@touch $@

ingest: $(VENV)/.installed
	@$(BIN)/wenju ingest $(CORPUS) --index $(INDEX)

chat: ingest
	@$(BIN)/wenju chat --index $(INDEX)

ask: ingest
	@$(BIN)/wenju ask "$(Q)" --index $(INDEX)

test: $(VENV)/.tested
	$(BIN)/python -m pytest -m "not server and not browser"

test-servers: $(VENV)/.tested
	$(BIN)/python -m pytest -m "server or browser"

lint: $(VENV)/.tested
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

eval: ingest
	$(BIN)/wenju eval $(CASES) --index $(INDEX)

fresh: $(VENV)/.installed
	@rm -rf $(FRESH)
	@$(BIN)/wenju ingest corpus --index $(FRESH)
	@$(BIN)/wenju cases check $(CASES) $(OTHER_CASES) --index $(FRESH)

gate: fresh
	@$(BIN)/wenju eval $(CASES) --index $(FRESH) --baseline $(BASELINE)

baseline: fresh
	@$(BIN)/wenju eval $(CASES) --index $(FRESH) --baseline $(BASELINE) --update-baseline

extend: fresh
	@$(BIN)/wenju eval $(CASES) --index $(FRESH) --baseline $(BASELINE) --extend-baseline

clean:
	rm -rf $(VENV) $(INDEX) build *.egg-info
