// polars reads every csv.gz of a cache to the same rows, bit for bit, once it is told to look at all rows before it
// settles a column's type. By default it looks at a hundred: a column that starts with a hundred whole numbers is taken
// for whole numbers, and the fractions below are lost (nodejs-polars makes them null, Python's polars says so and
// stops). How many values that costs here is printed, not judged.
//
// nodejs-polars is built without its gzip reader, so node's own unpacks the file first.
//   node with_polars.js CACHE REFERENCES
const fs = require('fs');
const zlib = require('zlib');
const pl = require('nodejs-polars');
const ofPolars = require('./polars_frame');
const { compare, dataFiles, load, nameOf, run } = require('./references');

const ALL_ROWS = 10_000_000;

function parse(text, options) {
  const frame = pl.readCSV(text, { tryParseDates: true, ...options });
  return ofPolars(frame);
}

run(() => {
  const [cache, references] = process.argv.slice(2);
  let values = 0;
  let wrong = 0;
  let lostByDefault = 0;
  for (const file of dataFiles(cache)) {
    const reference = load(references, nameOf(file));
    const text = zlib.gunzipSync(fs.readFileSync(file));
    wrong += compare(file, reference, parse(text, { inferSchemaLength: ALL_ROWS }));
    lostByDefault += compare(file, reference, parse(text, {}));
    values += reference.rows * reference.columns.length;
  }
  console.log(`polars (nodejs-polars ${pl.version}): ${values} values, ${wrong} differ`);
  console.log(`with types guessed from the first hundred rows, ${lostByDefault} are lost`);
  return wrong === 0;
});
