// The copies below _hot/ are Arrow files: read by two independent Arrow readers, bit for bit, and named after the version
// that the csv.gz's metadata name.
//   node with_hot.js CACHE REFERENCES
const fs = require('fs');
const path = require('path');
const arrow = require('apache-arrow');
const pl = require('nodejs-polars');
const ofPolars = require('./polars_frame');
const { compare, dataFiles, load, nameOf, run } = require('./references');

function facts(table, file, metadataFile) {
  const [symbol, timeframe, name] = file.split(path.sep).slice(-3);
  const expected = {
    'chandler.symbol': symbol,
    'chandler.timeframe': timeframe,
    'chandler.year': name.split('.')[0],
    'chandler.content_sha256': JSON.parse(fs.readFileSync(metadataFile, 'utf8')).content_sha256,
  };
  for (const [key, value] of Object.entries(expected)) {
    if (table.schema.metadata.get(key) !== value) throw new Error(`${file}: ${key} is ${table.schema.metadata.get(key)}`);
  }
}

function byApacheArrow(table) {
  const times = table.getChild('timestamp').data.flatMap((piece) => Array.from(piece.values));
  return {
    names: table.schema.fields.map((field) => field.name),
    rows: table.numRows,
    times,
    column: (name) => [...table.getChild(name)],
  };
}

function byPolars(hot) {
  const frame = pl.readIPC(fs.readFileSync(hot)); // a name is taken for a file only where it ends in .ipc
  return ofPolars(frame);
}

run(() => {
  const [cache, references] = process.argv.slice(2);
  let values = 0;
  let wrong = 0;
  for (const file of dataFiles(cache)) {
    const reference = load(references, nameOf(file));
    const hot = path.join(cache, '_hot', path.relative(cache, file)).replace(/\.csv\.gz$/, '.arrow');
    const table = arrow.tableFromIPC(fs.readFileSync(hot));
    facts(table, file, file.replace(/\.csv\.gz$/, '.metadata.json'));
    wrong += compare(`${hot} by apache-arrow`, reference, byApacheArrow(table));
    wrong += compare(`${hot} by polars`, reference, byPolars(hot));
    values += 2 * reference.rows * reference.columns.length;
  }
  console.log(`hot copies by apache-arrow and polars: ${values} values, ${wrong} differ`);
  return wrong === 0;
});
