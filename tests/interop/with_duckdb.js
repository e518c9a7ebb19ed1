// DuckDB reads every csv.gz of a cache to the same rows, bit for bit, with read_csv as it is out of the box.
//   node with_duckdb.js CACHE REFERENCES
const { DuckDBInstance, version } = require('@duckdb/node-api');
const { compare, dataFiles, load, nameOf, run } = require('./references');

async function readFile(connection, file) {
  const result = await connection.runAndReadAll(
    `SELECT epoch_ms("timestamp") // 1000 AS seconds, * EXCLUDE ("timestamp") FROM read_csv('${file.replaceAll("'", "''")}')`);
  const names = ['timestamp', ...result.columnNames().slice(1)];
  const columns = result.getColumns();
  return {
    names,
    rows: columns[0]?.length ?? 0,
    times: columns[0],
    column: (name) => columns[names.indexOf(name)],
  };
}

run(async () => {
  const [cache, references] = process.argv.slice(2);
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  let values = 0;
  let wrong = 0;
  for (const file of dataFiles(cache)) {
    const reference = load(references, nameOf(file));
    wrong += compare(file, reference, await readFile(connection, file));
    values += reference.rows * reference.columns.length;
  }
  console.log(`DuckDB ${version()}: ${values} values, ${wrong} differ`);
  return wrong === 0;
});
