// polars' side. nodejs-polars is built without its gzip reader: node's zlib unpacks, which is counted, as any reader of
// the file must unpack it; read_year_unpacked leaves that out, for whoever wants to know.
//   POLARS_MAX_THREADS=1 node polars_side.js DATA WORK THREADS [--short]
const fs = require('fs');
const path = require('path');
const zlib = require('zlib');
const pl = require('nodejs-polars');
const { Stopwatch, serve, YEAR, YEARS, SYMBOL } = require('./side');

const [data] = process.argv.slice(2);
const threads = Number(process.argv[4]);
const days = process.argv.includes('--short') ? 14 : 365;
const yearFile = path.join(data, 'year', SYMBOL, '1m', `${YEAR}.csv.gz`);
const ROWS_LOOKED_AT = 10_000; // it looks at a hundred else, and may take prices for whole numbers

const unpack = (file) => zlib.gunzipSync(fs.readFileSync(file));
// The types are told, which is as fast as it gets.
const numbers = { open: pl.Float64, high: pl.Float64, low: pl.Float64, close: pl.Float64, volume: pl.Float64 };
const parseText = (text) => pl.readCSV(text, { schema: { timestamp: pl.Utf8, ...numbers } });
const parseDates = (text) => pl.readCSV(text, { schema: { timestamp: pl.Datetime('us'), ...numbers } });
// It finds out by itself.
const parseInferred = (text) => pl.readCSV(text, { tryParseDates: true, inferSchemaLength: ROWS_LOOKED_AT });
const found = (frame) => ({ rows: frame.height, sum: frame.getColumn('close').sum() });

function timed(work) {
  const watch = new Stopwatch();
  const frame = work();
  watch.stop();
  return [watch, found(frame)];
}

function readMany() {
  const symbols = fs.readdirSync(path.join(data, 'many')).filter((name) => !name.startsWith('_')).sort();
  const watch = new Stopwatch();
  const frames = symbols.map((symbol) => pl.concat(YEARS.map((year) =>
    parseDates(unpack(path.join(data, 'many', symbol, '1m', `${year}.csv.gz`))))));
  watch.stop();
  return [watch, {
    rows: frames.reduce((sum, frame) => sum + frame.height, 0),
    sum: frames.reduce((sum, frame) => sum + frame.getColumn('close').sum(), 0),
  }];
}

function readDay() {
  const from = new Date(Date.UTC(YEAR, 0, 1 + Math.floor(days / 2))).toISOString().slice(0, 10);
  return timed(() => parseText(unpack(yearFile)).filter(pl.col('timestamp').str.contains(`^${from}`)));
}

serve('polars', `nodejs ${pl.version}`, threads, {
  read_year: () => timed(() => parseDates(unpack(yearFile))),
  read_year_text: () => timed(() => parseText(unpack(yearFile))),
  read_year_inferred: () => timed(() => parseInferred(unpack(yearFile))),
  read_year_unpacked: () => {
    const text = unpack(yearFile);
    return timed(() => parseDates(text));
  },
  read_day: readDay,
  read_many: readMany,
});
