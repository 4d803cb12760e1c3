PYTHON ?= python3
DEV = .venv-dev/bin

.PHONY: help run test test-clients test-sdks torture lint bench lock

help:
	@echo "make run      install, write .env with fresh keys, migrate, serve on http://127.0.0.1:8000"
	@echo "make test     all tests, on SQLite and on a PostgreSQL that they start themselves"
	@echo "make test-clients  the generators of clients that make test leaves out"
	@echo "make test-sdks  where the real SDKs go in the environment that we write, and with whose keys"
	@echo "make lint     style, types, arrows, security, migrations, the OpenAPI document"
	@echo "make torture  the tests that take minutes: bad requests, races, the fuzzer"
	@echo "make bench    what a request costs, on both databases"
	@echo "make lock     compile the requirements from pyproject.toml"

# Makes .venv and .env where they are missing, then serves on http://127.0.0.1:$PORT, by default 8000.
run: .venv/installed
	@test -e "$${ENV_FILE:-.env}" || .venv/bin/python -m refactor_site.env_file
	@exec .venv/bin/python manage.py serve

# Everything on SQLite, and on a PostgreSQL that the tests start all that a database has a part in. Each file's tests
# stay in one worker, which starts once what they share. Hundreds of processes start: bytecode is kept for them, though
# the caller's environment say otherwise. `make test COVERAGE=yes` measures coverage too, as the CI does.
test: export PYTHONDONTWRITEBYTECODE =
test: .venv-dev/installed
	$(DEV)/pytest -n 3 --dist loadfile -m "not torture" --database sqlite $(if $(COVERAGE),--cov --cov-fail-under 95)
	$(DEV)/pytest -n 3 --dist loadfile -m "not torture and not once" --database postgresql

# Needs Java, Node.js and their registries; what it installs is locked, and is deleted afterwards.
test-clients: .venv-dev/installed
	@$(DEV)/python -m tests.clients.others

# Needs Node.js, PyPI and npm; what it installs is locked, and is deleted afterwards. The SDKs themselves meet only
# a proxy on loopback.
test-sdks: .venv-dev/installed
	@$(DEV)/python -m tests.sdks

# What takes minutes: the whole corpus of bad requests, the fuzzer at length, the pages at every width.
torture: .venv-dev/installed
	$(DEV)/pytest tests/torture -m "" --capture no --database sqlite
	$(DEV)/pytest -m torture --ignore tests/torture --database sqlite
	$(DEV)/pytest tests/torture -m "" --capture no --database postgresql

# With throwaway keys; neither .env nor the settings of the caller take part (an empty setting counts as unset).
lint: .venv-dev/installed
	@set -eu; directory=$$(mktemp -d); trap 'rm -rf "$$directory"' EXIT; \
	export ENV_FILE="$$directory/env" DATABASE_URL="sqlite:///$$directory/lint.sqlite3"; \
	export DEBUG= HOST= WORKERS= HTTPS=true ALLOWED_HOSTS= CSRF_TRUSTED_ORIGINS= TRUSTED_PROXY_COUNT=; \
	$(DEV)/python -m refactor_site.env_file "$$ENV_FILE" >/dev/null; \
	set -x; \
	$(DEV)/ruff check .; \
	$(DEV)/ruff format --check .; \
	$(DEV)/mypy; \
	$(DEV)/lint-imports --no-cache; \
	$(DEV)/bandit --quiet --configfile pyproject.toml --recursive llm_providers refactor_site manage.py; \
	$(DEV)/python -W error manage.py makemigrations --check --dry-run; \
	$(DEV)/python -W error manage.py check --deploy --fail-level WARNING; \
	$(DEV)/python manage.py spectacular --validate --fail-on-warn --file "$$directory/openapi.yaml"; \
	diff -u openapi.yaml "$$directory/openapi.yaml"

# On both databases: what each request costs, and a page of the audit trail with a million events. The answers that
# `diff` compares with those of another commit go to answers.jsonl.
bench: .venv-dev/installed
	@$(DEV)/python bench/on_both.py bench/requests.py
	@$(DEV)/python bench/on_both.py bench/audit_events.py
	@$(DEV)/python bench/on_both.py bench/vault.py
	@$(DEV)/python bench/answers.py answers.jsonl

lock: .venv-dev/installed
	$(DEV)/uv pip compile --quiet --universal --no-strip-extras --generate-hashes --python-version 3.11 \
		--extra test pyproject.toml -o requirements.txt
	$(DEV)/uv pip compile --quiet --universal --no-strip-extras --generate-hashes --python-version 3.11 \
		--extra test --extra dev -c requirements.txt pyproject.toml -o requirements-dev.txt
	$(DEV)/uv pip compile --quiet --universal --no-strip-extras --generate-hashes --python-version 3.11 \
		tests/clients/others/requirements.in -o tests/clients/others/requirements.txt
	$(DEV)/uv pip compile --quiet --universal --no-strip-extras --generate-hashes --python-version 3.11 \
		tests/sdks/requirements.in -o tests/sdks/requirements.txt
	$(DEV)/uv pip compile --quiet --universal --no-strip-extras --generate-hashes --python-version 3.11 \
		bench/servers/requirements.in -o bench/servers/requirements.txt

# With the pip that the Python brings: upgraded here, it would hide what it refuses on a fresh machine.
.venv/installed: requirements.txt
.venv-dev/installed: requirements-dev.txt
.venv/installed .venv-dev/installed:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and \
		"Python 3.11 or newer is needed: name one, as in make run PYTHON=python3.12")'
	@echo "Installing $< into $(@D) ..."
	@$(PYTHON) -m venv $(@D)
	@$(@D)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@
