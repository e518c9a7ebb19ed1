// The references that bits.py writes, for the readers that run in node.
const fs = require('fs');
const path = require('path');

function nameOf(file) {
  const [symbol, timeframe, year] = file.split(path.sep).slice(-3);
  return `${symbol}-${timeframe.replace('M', 'month')}-${year.split('.')[0]}`;
}

function dataFiles(cache) {
  const files = [];
  for (const symbol of fs.readdirSync(cache).sort()) {
    if (symbol.startsWith('_')) continue;
    for (const timeframe of fs.readdirSync(path.join(cache, symbol)).sort()) {
      const folder = path.join(cache, symbol, timeframe);
      for (const file of fs.readdirSync(folder).sort()) {
        if (file.endsWith('.csv.gz')) files.push(path.join(folder, file));
      }
    }
  }
  if (files.length === 0) throw new Error(`${cache}: no csv.gz there`);
  return files;
}

// -> {names, times: BigInt64Array of seconds, columns: [{doubles, bits}]}
function load(folder, name) {
  const facts = JSON.parse(fs.readFileSync(path.join(folder, `${name}.json`), 'utf8'));
  const raw = fs.readFileSync(path.join(folder, `${name}.bin`));
  const all = raw.buffer.slice(raw.byteOffset, raw.byteOffset + raw.byteLength);
  const size = facts.rows * 8;
  const columns = [];
  for (let i = 1; i < facts.columns.length; i++) columns.push(new Float64Array(all, i * size, facts.rows));
  return { names: facts.columns, rows: facts.rows, times: new BigInt64Array(all, 0, facts.rows), columns };
}

// Counts the values that are not the same bits; null and NaN both mean unknown.
function differing(read, reference) {
  const doubles = new Float64Array(reference.length);
  for (let i = 0; i < doubles.length; i++) {
    const value = read[i];
    doubles[i] = value === null || value === undefined ? NaN : Number(value);
  }
  const a = new BigUint64Array(doubles.buffer);
  const b = new BigUint64Array(reference.buffer, reference.byteOffset, reference.length);
  let wrong = 0;
  for (let i = 0; i < a.length; i++) {
    if (a[i] !== b[i] && !(Number.isNaN(doubles[i]) && Number.isNaN(reference[i]))) wrong++;
  }
  return wrong;
}

// Holds what a reader made of one file against its reference; answers how many values differ. `times` are seconds.
function compare(where, reference, { names, rows, times, column }) {
  if (names.join() !== reference.names.join()) throw new Error(`${where}: columns ${names.join()}`);
  if (rows !== reference.rows) throw new Error(`${where}: ${rows} rows, not ${reference.rows}`);
  for (let i = 0; i < rows; i++) {
    if (BigInt(times[i]) !== reference.times[i]) throw new Error(`${where}: row ${i} is of another time`);
  }
  let wrong = 0;
  reference.columns.forEach((expected, i) => { wrong += differing(column(names[i + 1]), expected); });
  return wrong;
}

// Runs `main` and turns what it answers, or throws, into the exit code.
async function run(main) {
  try {
    process.exitCode = (await main()) ? 0 : 1;
  } catch (error) {
    console.error(error.message ?? error);
    process.exitCode = 1;
  }
}

module.exports = { compare, dataFiles, load, nameOf, run };
