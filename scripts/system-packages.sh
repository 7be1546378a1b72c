#!/bin/sh
# Programs that only the system's package manager can give: installed by root, named to anybody else.
# system-packages.sh PYTHON [tests]: with `tests`, what only the tests need too.
set -eu
python=${1:-python3}
missing=
need() { "$@" >/dev/null 2>&1 || missing="$missing $package"; }

package=iverilog need command -v iverilog
package=g++ need command -v g++
package=make need command -v make
package=tcl need command -v tclsh # reads the exported scripts of vendors' tools, in the tests
if [ "${2:-}" = tests ]; then
    package=chromium need command -v chromium # opens pages, in the tests; 113 MB to fetch
fi
package=perl need perl -MPod::Usage -e 1 # Verilator is a Perl script; Debian's perl-base is not enough
package=python3 need command -v "$python"
if command -v "$python" >/dev/null 2>&1; then
    # Debian's Python comes without the module that fills an environment …
    package=$("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])') \
        need "$python" -c 'import ensurepip, venv'
    # … and without the shared library that a simulator loads to run a test bench.
    package=$("$python" -c 'import sys; print("libpython%d.%d" % sys.version_info[:2])') \
        need "$python" -c '
import ctypes, os, sysconfig
folder, name = map(sysconfig.get_config_var, ("LIBDIR", "INSTSONAME"))
try:
    ctypes.CDLL(name)
except OSError:
    ctypes.CDLL(os.path.join(folder, name))'
fi

[ -n "$missing" ] || exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "Installing system packages:$missing"
    apt-get update -qq
    # shellcheck disable=SC2086 # one word a package
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
else
    echo "System packages are missing; as root: apt-get install -y --no-install-recommends$missing" >&2
    exit 2
fi
