#!/bin/sh
# Fills a folder with what the fuzz targets begin with: recorded answers, and small ones of each kind.
#   fuzz/seeds.sh FIXTURES CORPUS
set -eu
[ $# -eq 2 ] || { echo "usage: $0 FIXTURES CORPUS" >&2; exit 2; }
fixtures=$1
corpus=$2

for name in binance_klines binance_listing yahoo_chart alpha_vantage_series alpha_vantage_listing \
            alpaca_bars alpaca_assets job_file; do
  mkdir -p "$corpus/$name"
done
# Long recordings make slow fuzzing: a small one of each says as much.
recorded() { # target, files
  target=$1
  shift
  for file in "$@"; do
    if [ -f "$file" ]; then cp "$file" "$corpus/$target/"; fi
  done
}
seed() { # target, name, text
  printf '%s' "$3" > "$corpus/$1/$2"
}

recorded binance_klines "$fixtures"/binance/klines_BTCUSDT_1m_60.json "$fixtures"/binance/klines_BTCUSDT_5m_24.json \
  "$fixtures"/binance/dapi_klines_error_4088.json
seed binance_klines one '[[1704067200000,"1","2","0.5","1.5","10",1704067259999,"15",3,"1","1","0"]]'
seed binance_klines micro '[[1704067200000000,"1","2","0.5","1.5","10",1704067259999999,"15",3,"1","1","0"]]'
seed binance_klines open '[[4104067200000,"1","2","0.5","1.5","10",4104067259999,"15",3,"1","1","0"]]'
seed binance_klines null '[[1704067200000,null,"2","0.5","1.5","10",1704067259999,"15",3,"1","1","0"]]'
seed binance_klines none '[]'
seed binance_klines error '{"code":-1121,"msg":"Invalid symbol."}'
seed binance_klines time '{"serverTime":1499827319559}'

recorded binance_listing "$fixtures"/binance/exchangeInfo_25symbols.json
seed binance_listing one '{"symbols":[{"symbol":"ETHBTC","status":"TRADING","baseAsset":"ETH","quoteAsset":"BTC"}]}'

recorded yahoo_chart "$fixtures"/yahoo/*.json
seed yahoo_chart error '{"chart":{"result":null,"error":{"code":"Not Found","description":"No data found"}}}'
seed yahoo_chart null '{"chart":{"result":[{"meta":{"exchangeTimezoneName":"UTC"},"timestamp":[1577836800],"indicators":{"quote":[{"open":[null],"high":[1],"low":[1],"close":[1],"volume":[1]}]}}]}}'
seed yahoo_chart closes '{"chart":{"result":[{"meta":{},"timestamp":[1577836800],"indicators":{"quote":[{"close":[1]}]}}]}}'

recorded alpha_vantage_series "$fixtures"/alpha_vantage/*.json
seed alpha_vantage_series json '{"Meta Data":{"4. Interval":"1min","6. Time Zone":"US/Eastern"},"Time Series (1min)":{"2024-01-31 19:59:00":{"1. open":"183.5","2. high":"183.6","3. low":"183.5","4. close":"183.6","5. volume":"12"}}}'
seed alpha_vantage_series csv 'timestamp,open,high,low,close,volume
2024-01-31 09:30:00,183.5,183.6,183.5,183.6,12
'
seed alpha_vantage_series note '{"Note":"Thank you for using Alpha Vantage!"}'
seed alpha_vantage_series nothing '{}'

seed alpha_vantage_listing two 'symbol,name,exchange,assetType,ipoDate,delistingDate,status
BRK-B,"Berkshire ""B"", Inc",NYSE,Stock,1996-05-09,null,Active
SPY,SPDR,NYSE ARCA,ETF,1993-01-29,null,Active
'

recorded alpaca_bars "$fixtures"/alpaca/*.json
seed alpaca_bars single '{"bars":[{"t":"2022-04-11T08:00:00Z","o":1,"h":2,"l":0.5,"c":1.5,"v":10,"n":1,"vw":1.2}],"symbol":"AAPL","next_page_token":null}'
seed alpaca_bars null '{"bars":null,"next_page_token":"QUFQTHxN"}'
seed alpaca_bars error '{"code":40010001,"message":"invalid"}'
seed alpaca_assets two '[{"symbol":"BRK.B","class":"us_equity","exchange":"NYSE","status":"active","tradable":true,"name":"B"},{"symbol":"BTC/USD","class":"crypto","exchange":"CRYPTO","tradable":false}]'

# The part after a line of "---" is what every file of symbols holds.
cp "${0%/*}"/../pipelines/jobs/*.json "$corpus/job_file/"
seed job_file all '{"name":"a","cache":"b","from":"2024-01-01","to":"now","workers":4,"on_error":"stop","derive":["1h"],"series":[{"symbols":["BTCUSDT","@a.txt"],"timeframe":"1m","derive":["5m"],"provider":"binance","extended_hours":true}]}
---
# majors
ETHUSDT, crypto:ABTC
A/BTC
'
seed job_file variables '{"cache":"${HOME}/$$","from":"-30d","series":[{"symbols":"${COIN}","timeframe":"1d"}]}'
