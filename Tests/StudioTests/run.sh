#!/bin/sh
# Drives Studio, the page of `hourglass serve`, in headless Chromium.
#
#   Tests/StudioTests/run.sh PROGRAM [--only WORD] [--screenshots FOLDER] [--quick]
#
# Installs what is missing: Python with venv and Chromium from apt (as root), and Playwright and axe from PyPI into
# .build/studio-tests. CHROMIUM may hold the path of another Chromium. Where that cannot be, says why and ends with the
# code 77: nothing was tested then.
set -eu
if [ $# -lt 1 ]; then
  echo "usage: $0 PROGRAM [--only WORD] [--screenshots FOLDER] [--quick]" >&2
  exit 2
fi
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
environment="$root/.build/studio-tests"

skip() {
  echo "Studio is NOT tested: $1" >&2
  exit 77
}

has() { command -v "$1" >/dev/null 2>&1; }

has_chromium() { [ -n "${CHROMIUM:-}" ] || has chromium || has chromium-browser; }

has_venv() { has python3 && python3 -c "import ensurepip, venv" 2>/dev/null; }

missing=""
has_venv || missing="$missing python3 python3-venv"
has_chromium || missing="$missing chromium fonts-dejavu-core"
if [ -n "$missing" ]; then
  has apt-get || skip "missing are$missing, and there is no apt-get here to install them with"
  if [ "$(id -u)" -eq 0 ]; then
    as_root=""
  elif has sudo && sudo -n true 2>/dev/null; then
    as_root="sudo -n"
  else
    skip "missing are$missing; root installs them by: apt-get install$missing"
  fi
  echo "==> installing$missing" >&2
  install="$as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -o Dpkg::Use-Pty=0"
  # The lists of packages may be missing, or name files that are gone.
  $install install --yes --no-install-recommends $missing >&2 ||
    { $install update >&2 && $install install --yes --no-install-recommends $missing >&2; } ||
    skip "apt-get could not install$missing (is there a network?)"
  has_venv || skip "python3 still has no venv"
  has_chromium || skip "there is still no program chromium or chromium-browser"
fi
if [ ! -x "$environment/bin/python" ]; then
  python3 -m venv "$environment" || skip "python3 -m venv failed"
fi
if ! "$environment/bin/python" -c "import playwright, axe_playwright_python" 2>/dev/null; then
  echo "==> installing playwright and axe-playwright-python into .build/studio-tests" >&2
  "$environment/bin/python" -m pip install --quiet --disable-pip-version-check playwright axe-playwright-python >&2 ||
    skip "pip could not install playwright and axe-playwright-python (is there a network?)"
fi
exec "$environment/bin/python" "$here/studio_tests.py" "$@"
