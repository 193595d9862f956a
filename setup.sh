#!/bin/sh
# Prepares .venv from the hash-locked requirements: `./setup.sh prod` to run, `./setup.sh dev` to test.
# Writes into this checkout and the user's cache only. Which index packages come from is the
# environment's business; none is named here.
set -eu
cd "$(dirname "$0")"
kind=${1:-prod}
lock=requirements/$kind.lock

refuse() {
    echo "$*" >&2
    exit 2
}

find_python() {
    for name in python3 python3.13 python3.12 python3.11; do
        if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            "$name" -c 'import sys; print(sys.executable)'
            return
        fi
    done
}

use_uv() {
    UV_PYTHON_DOWNLOADS=never
    export UV_PYTHON_DOWNLOADS
    [ -x .venv/bin/python ] || uv venv -q --python "$python" .venv
    install() { uv pip install -q --python .venv/bin/python "$@"; }
}

use_pip() {
    if [ ! -x .venv/bin/pip ]; then
        "$python" -c 'import ensurepip, venv' 2>/dev/null ||
            refuse "This Python cannot make virtual environments; install python3-venv (Debian and Ubuntu: apt-get install python3-venv), or uv."
        "$python" -m venv .venv
    fi
    install() { .venv/bin/python -m pip install -q --disable-pip-version-check "$@"; }
}

# What builds our own package, pinned and hashed by the other lock.
builders() {
    awk '/^[a-z]/ { wanted = /^(editables|hatchling|packaging|pathspec|pluggy|tomlkit|trove-classifiers)==/ } wanted' \
        requirements/dev.lock
}

[ -f "$lock" ] || refuse "There is no $lock; say ./setup.sh prod or ./setup.sh dev."
command -v make >/dev/null ||
    refuse "Doorway's commands need make, which is not here; install it (Debian and Ubuntu: apt-get install make)."
python=$(find_python)
[ -n "$python" ] ||
    refuse "Doorway needs Python 3.11 or newer and found $(python3 --version 2>/dev/null || echo none); install it (Debian and Ubuntu: apt-get install python3 python3-venv)."

# A home that cannot be written has no cache.
cache=${XDG_CACHE_HOME:-${HOME:-/nonexistent}/.cache}
if ! { mkdir -p "$cache" && [ -w "$cache" ]; } 2>/dev/null; then
    UV_NO_CACHE=1
    PIP_NO_CACHE_DIR=1
    export UV_NO_CACHE PIP_NO_CACHE_DIR
fi

if [ -d .venv ] && ! .venv/bin/python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    # Its Python was removed, or the checkout was moved.
    rm -rf .venv
fi

echo "Setting up .venv from $lock (once; a minute or two) ..."
if uv --version >/dev/null 2>&1; then use_uv; else use_pip; fi
builders >.venv/builders.txt
install --require-hashes -r "$lock"
install --require-hashes --no-deps -r .venv/builders.txt
install --no-deps --no-build-isolation -e .
echo "Ready."
