#!/bin/sh
# Fills a folder with what the fuzz targets begin with: what is kept beside this script, recorded answers where they
# are there, and what SEEDS (chandler_fuzz_seeds) makes. What the folder has grown to before stays.
#   fuzz/seeds.sh FIXTURES CORPUS [SEEDS]
set -eu
[ $# -ge 2 ] || { echo "usage: $0 FIXTURES CORPUS [SEEDS]" >&2; exit 2; }
fixtures=$1
corpus=$2
here=${0%/*}

for folder in "$here"/corpus/*/; do
  name=$(basename "$folder")
  mkdir -p "$corpus/$name"
  cp "$folder"* "$corpus/$name/"
done
cp "$here"/../pipelines/jobs/*.json "$corpus/job_file/"
[ $# -lt 3 ] || "$3" "$corpus"

# Long recordings make slow fuzzing: a small one of each says as much.
recorded() { # target, files
  target=$1
  shift
  for file in "$@"; do
    if [ -f "$file" ]; then cp "$file" "$corpus/$target/"; fi
  done
}
recorded binance_klines "$fixtures"/binance/klines_BTCUSDT_1m_60.json "$fixtures"/binance/klines_BTCUSDT_5m_24.json \
  "$fixtures"/binance/dapi_klines_error_4088.json
recorded binance_listing "$fixtures"/binance/exchangeInfo_25symbols.json
recorded yahoo_chart "$fixtures"/yahoo/*.json
recorded alpha_vantage_series "$fixtures"/alpha_vantage/*.json
recorded alpaca_bars "$fixtures"/alpaca/*.json
