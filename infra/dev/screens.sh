#!/usr/bin/env bash
# Makes the pictures of the documents anew, from the demo zones in a real browser: docs/screens/*.png.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
dotnet build tests/Journeys/Journeys.csproj -v q -nologo
VS_SCREENS="$PWD/docs/screens" dotnet tests/Journeys/bin/Debug/net10.0/VictimSupport.Journeys.dll -class '*ScreensTests'
# The printed report, page by page; pdftoppm is in poppler-utils, and nothing else needs it.
rm -f docs/screens/report-page-*.png
if command -v pdftoppm >/dev/null; then pdftoppm -png -r 96 docs/screens/report.pdf docs/screens/report-page; else echo "No pdftoppm: the pages of the printed report have no picture." >&2; fi
rm -f docs/screens/report.pdf
