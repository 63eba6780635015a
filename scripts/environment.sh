# Sourced by scripts/test and scripts/quickstart: a virtual environment in .venv with this checkout in it.
# It changes nothing outside the checkout, Debian packages apart, and those only when run as root.

# Tests and demonstrations start hundreds of processes: each would compile everything anew.
unset PYTHONDONTWRITEBYTECODE

heading() { printf '\n== %s\n' "$*"; }
die() { printf '%s\n' "$*" >&2; exit 1; }

# A Python from 3.11 to 3.13 that really runs and can make virtual environments.
find_python() {
    local candidate
    for candidate in "${PYTHON:-}" python3.11 python3.12 python3.13 python3 python; do
        [ -n "$candidate" ] || continue
        if "$candidate" -c 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' \
            >/dev/null 2>&1; then
            command -v "$candidate"
            return
        fi
    done
    die "Python 3.11, 3.12 or 3.13 with the venv module is needed (Debian: python3 python3-venv). \
Set PYTHON to one."
}

# install_checkout EXTRAS: this checkout, editable. What is installed already is left alone until the metadata changes.
install_checkout() {
    local extras=$1 python wanted
    wanted=$(cat setup.cfg pyproject.toml <(echo "$extras $PWD") | cksum)
    if [ "$(cat .venv/installed 2>/dev/null)" = "$wanted" ] && .venv/bin/python -c 'import gateway' 2>/dev/null; then
        return
    fi
    python=$(find_python)
    heading "Installing into .venv ($("$python" --version))"
    [ -x .venv/bin/python ] && .venv/bin/python -c '' 2>/dev/null || "$python" -m venv --clear .venv
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --editable ".${extras}"
    echo "$wanted" >.venv/installed
}

# debian COMMAND PACKAGE ...: pairs; installs what is missing when root, else says what is missing.
debian() {
    local missing=()
    while [ $# -gt 0 ]; do
        command -v "$1" >/dev/null 2>&1 || missing+=("$2")
        shift 2
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
        heading "Installing Debian packages: ${missing[*]}"
        apt-get update -qq || true
        if DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null; then
            return 0
        fi
    fi
    printf 'Missing: %s\nTests that need them are skipped, or fail with CI=true.\n' "${missing[*]}" >&2
}
