PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin
INSTALLED := .venv/.installed

.PHONY: help install demo test test-deep check format docs bench constraints clean

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 14

install: $(INSTALLED) ## a virtual environment with everything that development needs

$(INSTALLED): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "terapin needs Python 3.11 or newer: make PYTHON=...")'
	@echo "installing into .venv, which takes a minute"
	@$(PYTHON) -m venv .venv
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r constraints.txt
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

demo: $(INSTALLED) ## generate the blog, start it on PostgreSQL with data, serve it (PORT=8000)
	@mkdir -p .build/blog
	@$(BIN)/terapin generate examples/blog/blog.ttl --out .build/blog --name blog
	@cp -R examples/blog/written/. .build/blog
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .build/blog
	@echo "a room to talk in: http://127.0.0.1:$(PORT)/posts/00000000-0000-4000-8000-000000000011/room"
	@cd .build/blog && exec env BLOG_DEMO=true ../../$(BIN)/blog dev --port $(PORT) --rows 1000

test: $(INSTALLED) ## the whole suite, within 15 minutes
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/bandit -q -c pyproject.toml -r src
	@$(BIN)/pytest -q -rs -n 2 --dist worksteal

test-deep: $(INSTALLED) ## the same with larger profiles, within an hour
	@TERAPIN_TEST_PROFILE=deep $(BIN)/pytest -q -n 2 --dist worksteal

check: $(INSTALLED) ## lint and types only
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/bandit -q -c pyproject.toml -r src

format: $(INSTALLED) ## format and mend what ruff can
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

docs: $(INSTALLED) ## write the generated pages of docs/reference again
	@$(BIN)/python -m terapin.vocabulary.page > docs/reference/vocabulary.md
	@$(BIN)/python -m terapin.diagnostics.page > docs/reference/diagnostics.md

bench: $(INSTALLED) ## every benchmark
	@$(BIN)/python -m benchmarks.tera
	@$(BIN)/python -m benchmarks.generate
	@$(BIN)/python -m benchmarks.startup
	@$(BIN)/python -m benchmarks.resilience
	@$(BIN)/python -m benchmarks.envelope
	@$(BIN)/python -m benchmarks.security
	@$(BIN)/python -m benchmarks.faults
	@$(BIN)/python -m benchmarks.cache
	@$(BIN)/python -m benchmarks.tasks
	@$(BIN)/python -m benchmarks.sockets
	@$(BIN)/python -m benchmarks.routing
	@$(BIN)/python -m benchmarks.scale
	@$(BIN)/python -m benchmarks.http

constraints: $(INSTALLED) ## resolve the dependencies again, with their hashes
	@$(BIN)/pip install --quiet uv
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-annotate --no-header --upgrade --extra dev pyproject.toml -o constraints.txt

clean: ## remove what was built
	rm -rf .venv .build
