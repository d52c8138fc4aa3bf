# Two commands matter: `make run` and `make test`. `make help` lists the rest.
SHELL := /bin/bash
PORT ?= 8000
VENV := .venv
PYTHON := $(VENV)/bin/python
export PORT

.PHONY: help manage run test reset quality bench lock messages parts

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

run: parts $(VENV)/run.done ## the whole portal on this machine, at PORT (8000)
	@exec $(PYTHON) -m claims_portal.local run

test: $(VENV)/dev.done parts $(VENV)/browser.done ## the whole suite, on real services and a real browser
	@$(PYTHON) -m claims_portal.local test -q -n 3 --dist worksteal $(ARGS)

quality: $(VENV)/dev.done parts ## style, types, layers, migrations, translations, deployment checks
	@$(PYTHON) -m claims_portal.quality

bench: $(VENV)/dev.done parts ## throughput and latency beside a bare view (CASES=10000 DECLARATIONS=20000)
	@$(PYTHON) -m bench.run

manage: $(VENV)/run.done ## one Django command on the local instance (ARGS="createsuperuser")
	@$(PYTHON) -m claims_portal.local manage $(ARGS)

reset: ## throw away the data of every local instance
	@for pid in var/*/postgres/postmaster.pid; do \
	  if [ -f "$$pid" ] && kill -0 "$$(head -n 1 "$$pid")" 2>/dev/null; then \
	    echo "Un portail tourne encore sur le port $$(basename $${pid%/postgres/*}). Arrêtez-le (Ctrl-C), puis recommencez." >&2; \
	    exit 1; \
	  fi; done; rm -rf var

lock: $(VENV)/dev.done ## pin the requirements again, with hashes
	@for name in requirements requirements-demo requirements-dev; do \
	  $(VENV)/bin/uv pip compile $$name.in -o $$name.txt --quiet --generate-hashes --universal --python-version 3.11 \
	    --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock"; done

messages: $(VENV)/dev.done ## collect the texts to translate into locale/ar
	@$(PYTHON) -m claims_portal.quality messages

$(VENV)/bin/python:
	@python3 -m venv $(VENV)

$(VENV)/run.done: requirements-demo.txt | $(VENV)/bin/python
	@echo "Installation des dépendances…"
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-demo.txt
	@touch $@

$(VENV)/dev.done: requirements-dev.txt $(VENV)/run.done
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

# Two parts come from the system: msgfmt compiles the translations, Pango draws the PDFs; a third for tests, a browser.
parts:
	@bash deploy/system-parts.sh

$(VENV)/browser.done: deploy/system-parts.sh $(VENV)/dev.done
	@bash deploy/system-parts.sh browser
	@touch $@
