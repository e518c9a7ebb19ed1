// What `chandler read --format arrow` writes is read by two independent Arrow readers, bit for bit.
//   node with_arrow.js CHANDLER CACHE REFERENCES
const { execFileSync } = require('child_process');
const arrow = require('apache-arrow');
const pl = require('nodejs-polars');
const { compare, dataFiles, load, nameOf, run } = require('./references');

const NANOSECONDS = 1000000000n;

function streamOf(chandler, cache, file) {
  const [symbol, timeframe, name] = file.split('/').slice(-3);
  const year = Number(name.split('.')[0]);
  return execFileSync(chandler, ['read', symbol, timeframe, '--from', `${year}-01-01`, '--to', `${year + 1}-01-01`,
    '--format', 'arrow', '--cache', cache], { maxBuffer: 1 << 30 });
}

function byApacheArrow(bytes) {
  const table = arrow.tableFromIPC(bytes);
  const names = table.schema.fields.map((field) => field.name);
  const gather = (name) => [...table.getChild(name)];
  const raw = table.getChild('timestamp').data.flatMap((piece) => Array.from(piece.values));
  return { names, rows: table.numRows, times: raw.map((ns) => ns / NANOSECONDS), column: gather };
}

function byPolars(bytes) {
  const frame = pl.readIPCStream(bytes);
  const times = frame.getColumn('timestamp').cast(pl.Int64).toArray();
  return {
    names: frame.columns,
    rows: frame.height,
    times: times.map((ns) => BigInt(ns) / NANOSECONDS),
    column: (name) => frame.getColumn(name).toArray(),
  };
}

run(() => {
  const [chandler, cache, references] = process.argv.slice(2);
  let values = 0;
  let wrong = 0;
  for (const file of dataFiles(cache)) {
    const reference = load(references, nameOf(file));
    const bytes = streamOf(chandler, cache, file);
    wrong += compare(`${file} by apache-arrow`, reference, byApacheArrow(bytes));
    wrong += compare(`${file} by polars`, reference, byPolars(bytes));
    values += 2 * reference.rows * reference.columns.length;
  }
  console.log(`apache-arrow and polars: ${values} values, ${wrong} differ`);
  return wrong === 0;
});
