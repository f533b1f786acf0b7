# Two commands are enough: `make report` and `make test`. Everything else is optional.
PYTHON ?= python3
VENV   ?= .venv
CORES  ?= all

# Paths to be quoted: the folder's may have spaces. (Make's own functions would split it there.)
HERE    := $(if $(filter /%,$(VENV)),,$(CURDIR)/)
CLUSTER := $(HERE)$(VENV)-cluster
BIN     := $(HERE)$(VENV)/bin
INSTALL := "$(BIN)/python" -m pip install --quiet --disable-pip-version-check --no-input

# An installation that is killed leaves this behind, and the next one begins anew: pip takes a
# half-written package for a whole one.
UNFINISHED := $(VENV).unfinished
FAILED     := { rm -f $(UNFINISHED); exit 1; }

# Test processes side by side: four need some 4 GB.
PYTEST  := "$(BIN)/pytest" --numprocesses auto --maxprocesses 4 --dist worksteal

# What belongs behind snakemake would be ignored here.
ifneq ($(strip $(foreach name,scale seeds language data_mirror device,$(filter command,$(origin $(name))))),)
$(error make takes none of these: snakemake --cores $(CORES) report.md report.html --config scale=...)
endif

.PHONY: help report why plan test test-all test-cluster benchmark lint format words schema lock sample sample-again pictures clean-env

help:                      ## what there is to make
	@grep -E '^[a-z-]+:.*## ' Makefile | sed 's/:[^#]*## / - /' | sort

report: $(VENV)/.run       ## environment, then the study: report.md and report.html
	PATH="$(BIN):$$PATH" "$(BIN)/python" workflow/tools/report.py --cores $(CORES) report.md report.html

why: $(VENV)/.run          ## which jobs are stale, and why
	PATH="$(BIN):$$PATH" "$(BIN)/python" workflow/tools/why.py report.md report.html

plan: $(VENV)/.run         ## how many jobs, hours, bytes: PLAN="--config scale=full"
	PATH="$(BIN):$$PATH" "$(BIN)/python" workflow/tools/plan.py --cores $(CORES) report.md $(PLAN)

test: $(VENV)/.test        ## environment with the test extras, then the fast tests
	PATH="$(BIN):$$PATH" $(PYTEST) -m "not study and not browser and not cluster"

test-all: $(VENV)/.test    ## all but SLURM: whole studies and a browser too
	PATH="$(BIN):$$PATH" $(PYTEST) -m "not cluster"

test-cluster: $(VENV)/.cluster ## a SLURM of one node, as root, where it is installed
	PATH="$(BIN):$$PATH" CLUSTER_PYTHON="$(CLUSTER)/bin/python" "$(BIN)/pytest" -m cluster

benchmark: $(VENV)/.test   ## our training against the plain loop: 7 minutes on 2 idle cores
	"$(BIN)/python" benchmarks/speed.py

lint: $(VENV)/.test        ## style, types, formatting and Snakemake's own advice
	"$(BIN)/ruff" check .
	"$(BIN)/ruff" format --check .
	"$(BIN)/mypy"
	"$(BIN)/snakefmt" --check Snakefile workflow
	PATH="$(BIN):$$PATH" "$(BIN)/python" .ci/lint_workflow.py

format: $(VENV)/.test
	"$(BIN)/ruff" check --fix-only --quiet .
	"$(BIN)/ruff" format --quiet .
	"$(BIN)/snakefmt" Snakefile workflow

define begin
@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(0 if (3, 11) <= v < (3, 14) else f"convstudy needs Python 3.11, 3.12 or 3.13; {sys.executable} is {v[0]}.{v[1]}. Name another one: make PYTHON=python3.12 ...")'
@if [ ! -e $(UNFINISHED) ] && "$(BIN)/python" -m pip --version > /dev/null 2>&1; then touch $(UNFINISHED); \
  else touch $(UNFINISHED) && $(PYTHON) -m venv --clear $(VENV); fi
endef

# The test lock holds the run lock's versions and a few more, so one environment serves both.
$(VENV)/.run: requirements/run.txt pyproject.toml
	@echo "Installing what requirements/run.txt lists into $(VENV): some minutes, 6 GB with CUDA's libraries"
	$(begin)
	$(INSTALL) --require-hashes -r requirements/run.txt || $(FAILED)
	$(INSTALL) --no-deps --no-build-isolation -e . || $(FAILED)
	rm -f $(UNFINISHED)
	touch $@

$(VENV)/.test: requirements/test.txt pyproject.toml
	$(begin)
	$(INSTALL) --require-hashes -r requirements/test.txt || $(FAILED)
	$(INSTALL) --no-deps --no-build-isolation -e . || $(FAILED)
	rm -f $(UNFINISHED)
	touch $@ $(VENV)/.run

# With the SLURM plugin, beside the usual environment and on top of it: where SLURM's clients are
# installed, the plugin slows each start of Snakemake.
$(VENV)/.cluster: requirements/cluster.txt $(VENV)/.test
	$(PYTHON) -m venv --clear "$(CLUSTER)"
	"$(BIN)/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))' > \
	  "$$("$(CLUSTER)/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/usual.pth"
	"$(CLUSTER)/bin/python" -m pip install --quiet --disable-pip-version-check --no-input \
	  --require-hashes --no-deps -r requirements/cluster.txt
	touch $@

words: $(VENV)/.test       ## after an edit of a sentence: its new words go into every catalogue
	"$(BIN)/python" workflow/tools/catalogues.py

schema: $(VENV)/.test      ## after an edit of the config's models: the JSON schema for editors
	"$(BIN)/python" workflow/tools/schema.py

lock: LOCK := uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url --quiet
lock:                      ## after a change of pyproject.toml (needs uv)
	printf 'hatchling\neditables\n' | $(LOCK) pyproject.toml - --extra export -o requirements/run.txt
	printf 'hatchling\neditables\n' | $(LOCK) pyproject.toml - --extra export --extra test -c requirements/run.txt -o requirements/test.txt

sample: SCALE ?= quick
sample: $(VENV)/.run       ## keep report.md of SCALE and what it was made from in docs/sample
	"$(BIN)/python" workflow/tools/sample.py $(SCALE)

sample-again: SCALE ?= full
sample-again: $(VENV)/.run ## after an edit of words, figures or statistics: its report again, from what it kept
	PATH="$(BIN):$$PATH" "$(BIN)/python" workflow/tools/sample_again.py $(SCALE) $(WITH)

pictures: $(VENV)/.test    ## those of README.md (needs graphviz, Chromium)
	PATH="$(BIN):$$PATH" "$(BIN)/python" workflow/tools/pictures.py

clean-env:
	rm -rf $(VENV) $(UNFINISHED) "$(CLUSTER)"
