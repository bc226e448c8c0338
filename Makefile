# Every door of the house. The set-up itself is in tools/environment.py.

# PYTHON=python3.12 chooses the interpreter; without it the newest that fits is found.
PYTHON ?=
# ARGS="-k relu" goes to pytest, UPGRADE=1 to `make lock`. All the tests run on every core, a file
# of them at a time.
ARGS ?=
# PORT=8080 says where `make serve` listens; by default it is 8000.
export PORT
# BOOK_BASE_URL=https://… says where a published copy of the website will be read.
export BOOK_BASE_URL
UPGRADE ?=

ANY_PYTHON := $(firstword $(shell for name in $(PYTHON) python3 python; do command -v $$name; done))
WITH = @$(if $(ANY_PYTHON),,echo "environment: needs Python 3.11 or newer, found none" >&2; exit 1;) \
	PYTHON='$(PYTHON)' $(ANY_PYTHON) tools/environment.py

.DEFAULT_GOAL := help
.PHONY: help book pdf pdf-print zip serve test pages lighthouse live proofs lint lock clean distclean

help: ## list what make can do
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 18

book: ## run every cell and build the website: _build/html/index.html
	$(WITH) book -- -m dlnotes.bookkit html

pdf: ## build the PDF (needs LuaLaTeX): _build/pdf
	$(WITH) book -- -m dlnotes.bookkit pdf

pdf-print: ## print the website to a PDF (needs chromium, no LaTeX): _build/pdf
	$(WITH) book print -- -m dlnotes.bookkit pdf-print

zip: ## pack the website into one file to hand on: _build/*.zip
	$(WITH) book -- -m dlnotes.bookkit zip

serve: ## show the website that was built, on this machine only
	$(WITH) book -- -m dlnotes.bookkit serve

test: ## run the tests: the package, its docstrings, the chapters, the house
	$(WITH) book test -- -m pytest $(or $(ARGS),-n logical --dist loadfile)

pages: ## check every built page in a real browser (needs chromium)
	$(WITH) book test browser -- -m pytest tests/browser $(or $(ARGS),-n logical --dist worksteal)

lighthouse: ## ask Lighthouse about every chapter, on a desktop and a phone (needs chromium)
	$(WITH) book test browser -- -m pytest tests/browser/lighthouse $(ARGS)

live: export IPYTHONDIR = $(CURDIR)/_build/ipython# where `make book` tells kernels to be quiet
live: ## show the website and build it again whenever a file changes
	$(WITH) dev -- -m sphinx_autobuild -n -j auto -c . --open-browser \
		$(addprefix --watch ,$(wildcard src proofs conf.py)) book _build/live

proofs: ## compile the formal proofs and list their axioms (needs coqc)
	$(WITH) book -- -m dlnotes.checking.engines.rocq proofs

lint: ## check style (ruff) and types (mypy)
	$(WITH) dev -- -m ruff check
	$(WITH) dev -- -m ruff format --check
	$(WITH) dev -- -m mypy

lock: ## pin every version in constraints.txt again (UPGRADE=1 raises them all)
	$(WITH) lock $(if $(UPGRADE),--upgrade)

clean: ## remove what builds and checks have made
	rm -rf _build .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find $(wildcard book proofs src tests tools) -name __pycache__ -type d -prune -exec rm -rf {} +

distclean: clean ## remove that and the environment
	rm -rf .venv
