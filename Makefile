# `make help` lists the targets. Everything runs from .venv, which the first target that needs it sets up.
.DEFAULT_GOAL := help
.PHONY: help demo test setup bench test-apps wheel

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-11s%s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: setup ## Record the demo shop and write recordings/demo.replay and recordings/demo.html
	.venv/bin/harness demo

test: setup ## Run lint, types and every test
	.venv/bin/ruff check
	.venv/bin/ruff format --check
	.venv/bin/mypy
	.venv/bin/pytest -n 2 --dist loadgroup --reruns 2 -rR

setup: ## Make .venv, fetch the published files, get a browser if none is found (PYTHON=… chooses the Python)
	@PYTHON='$(PYTHON)' .ci/setup

bench: setup ## Measure side by side what recording costs (QUICK=1: fewer runs; CORPUS=DIR: real applications)
	.venv/bin/python -m benchmarks $(if $(QUICK),--quick) $(if $(CORPUS),--corpus $(CORPUS))

test-apps: setup ## Record and replay real applications beside stock rrweb (CORPUS=DIR, APPS=names)
	.venv/bin/python -m benchmarks.apps $(if $(CORPUS),--corpus $(CORPUS)) $(APPS)

wheel: setup ## Build the wheel into dist/
	.venv/bin/python -m build --wheel --no-isolation
