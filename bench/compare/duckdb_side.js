// DuckDB's side, in one process: what is measured is the statement, not the start of a program.
//   node duckdb_side.js DATA WORK THREADS [--short]
const fs = require('fs');
const path = require('path');
const { DuckDBInstance, version } = require('@duckdb/node-api');
const { Stopwatch, serve, YEAR, SYMBOL } = require('./side');

const [data, work] = process.argv.slice(2);
const threads = Number(process.argv[4]);
const days = process.argv.includes('--short') ? 14 : 365;
const yearFile = path.join(data, 'year', SYMBOL, '1m', `${YEAR}.csv.gz`);
const quoted = (text) => `'${text.replaceAll("'", "''")}'`;

async function main() {
  const instance = await DuckDBInstance.create(':memory:', { threads: String(threads) });
  const connection = await instance.connect();
  const value = async (sql) => (await connection.runAndReadAll(sql)).getRows()[0].map(Number);
  let loaded = false;
  const load = async () => {
    if (!loaded) await connection.run(`CREATE TABLE bars AS SELECT * FROM read_csv(${quoted(yearFile)})`);
    loaded = true;
  };

  const intoTable = async (select) => {
    await connection.run('DROP TABLE IF EXISTS got');
    const watch = new Stopwatch();
    await connection.run(`CREATE TABLE got AS ${select}`);
    watch.stop();
    const [rows, sum] = await value('SELECT count(*), sum(close) FROM got');
    return [watch, { rows, sum }];
  };

  const synced = (file) => {
    const fd = fs.openSync(file, 'r');
    fs.fsyncSync(fd);
    fs.closeSync(fd);
  };
  const write = async (name, select) => {
    await load();
    const out = path.join(work, name);
    fs.rmSync(out, { force: true });
    const watch = new Stopwatch();
    await connection.run(`COPY ${select} TO ${quoted(out)} (FORMAT csv, HEADER, COMPRESSION gzip)`);
    synced(out);
    watch.stop();
    const [rows, sum] = await value('SELECT count(*), sum(close) FROM bars');
    return [watch, { rows, sum, bytes: fs.statSync(out).size }];
  };

  const day = `TIMESTAMP '${YEAR}-01-01' + INTERVAL '${Math.floor(days / 2)} days'`;
  await serve('duckdb', version(), threads, {
    read_year: () => intoTable(`SELECT * FROM read_csv(${quoted(yearFile)})`),
    read_many: () => intoTable(`SELECT * FROM read_csv(${quoted(path.join(data, 'many', '*', '1m', '*.csv.gz'))}, filename = true)`),
    read_day: () => intoTable(`SELECT * FROM read_csv(${quoted(yearFile)})
      WHERE "timestamp" >= ${day} AND "timestamp" < ${day} + INTERVAL '1 day'`),
    read_hot: async () => {
      const watch = new Stopwatch();
      const [rows, sum] = await value(`SELECT count(close), sum(close) FROM read_csv(${quoted(yearFile)})`);
      watch.stop();
      return [watch, { rows, sum }];
    },
    write_year: () => write('duckdb.csv.gz', 'bars'),
    append_day: () => write('duckdb-append.csv.gz', '(SELECT * FROM bars)'),
    resample: async () => {
      await load();
      const frames = ['5 minutes', '15 minutes', '1 hour', '4 hours', '1 day'];
      for (const i of frames.keys()) await connection.run(`DROP TABLE IF EXISTS frame${i}`);
      const watch = new Stopwatch();
      for (const [i, length] of frames.entries()) {
        await connection.run(`CREATE TABLE frame${i} AS SELECT time_bucket(INTERVAL '${length}', "timestamp") AS bucket,
          arg_min(open, "timestamp") AS open, max(high) AS high, min(low) AS low, arg_max(close, "timestamp") AS close,
          sum(volume) AS volume FROM bars GROUP BY bucket ORDER BY bucket`);
      }
      watch.stop();
      let [rows, sum] = [0, 0];
      for (const i of frames.keys()) {
        const [r, s] = await value(`SELECT count(*), sum(close) FROM frame${i}`);
        rows += r;
        sum += s;
      }
      return [watch, { rows, sum }];
    },
  });
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
