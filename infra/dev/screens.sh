#!/usr/bin/env bash
# Makes the pictures of the documents anew, from the demo zones in a real browser: docs/screens/*.png.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
dotnet build tests/Journeys/Journeys.csproj -v q -nologo
VS_SCREENS="$PWD/docs/screens" dotnet tests/Journeys/bin/Debug/net10.0/VictimSupport.Journeys.dll -class '*ScreensTests'
