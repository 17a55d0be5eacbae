#!/usr/bin/env bash
# Writes the one migration of every context on every engine anew. Run it after changing an entity or its mapping.
#   --check   writes nothing; fails when a migration no longer says what the model says
# No database server is needed: the model is compared with the files, not with a database.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

engines=(Sqlite SqlServer PostgreSql)
folders=(Catalog Zone Figures)      # context = folder + DbContext
case "${1:-}" in
  "") check=no ;;
  --check) check=yes ;;
  *) echo "Unknown option: $1 (known: --check)" >&2; exit 2 ;;
esac

aside="$(mktemp -d)"
project= written=yes
# A run that breaks off puts back the migrations it had taken away.
restore() {
  if [[ $written == no ]]; then
    for folder in "${folders[@]}"; do
      rm -rf "${project:?}/$folder"
      if [[ -d $aside/$folder ]]; then mv "$aside/$folder" "$project/$folder"; fi
    done
    echo "Nothing changed in $project." >&2
  fi
  rm -rf "$aside"
}
trap restore EXIT

dotnet tool restore
for engine in "${engines[@]}"; do
  project="src/Migrations.$engine"
  if [[ $check == no ]]; then
    written=no
    for folder in "${folders[@]}"; do
      if [[ -d $project/$folder ]]; then mv "$project/$folder" "$aside/$folder"; fi
    done
  fi
  # Built once without the old migrations: each context then starts from an empty snapshot.
  dotnet build "$project" -v q -nologo
  for folder in "${folders[@]}"; do
    where=(--no-build --project "$project" --startup-project "$project" --context "VictimSupport.Foundation.Persistence.${folder}DbContext")
    echo "$engine, $folder"
    if [[ $check == yes ]]; then
      dotnet ef migrations has-pending-model-changes "${where[@]}"
    else
      dotnet ef migrations add Initial "${where[@]}" --output-dir "$folder"
    fi
  done
  written=yes
  rm -rf "${aside:?}"/*
done
