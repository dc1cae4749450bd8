#!/bin/sh
# Drives Studio, the page of `hourglass serve`, in headless Chromium.
#
#   Tests/StudioTests/run.sh PROGRAM [--only WORD] [--screenshots FOLDER] [--quick]
#
# Needs Python 3.9 and the system's Chromium (`apt-get install chromium`, or its path in CHROMIUM). Playwright and
# axe are installed into .build/studio-tests.
set -eu
if [ $# -lt 1 ]; then
  echo "usage: $0 PROGRAM [--only WORD] [--screenshots FOLDER] [--quick]" >&2
  exit 2
fi
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
environment="$root/.build/studio-tests"
if [ ! -x "$environment/bin/python" ]; then
  python3 -m venv "$environment"
fi
if ! "$environment/bin/python" -c "import playwright, axe_playwright_python" 2>/dev/null; then
  "$environment/bin/python" -m pip install --quiet playwright axe-playwright-python
fi
exec "$environment/bin/python" "$here/studio_tests.py" "$@"
