// The sides of the comparison that run in node: the same words as side.h.
const readline = require('readline');

class Stopwatch {
  constructor() {
    this.cpuBefore = process.cpuUsage();
    this.before = performance.now();
  }

  stop() {
    this.wall = (performance.now() - this.before) / 1000;
    const used = process.cpuUsage(this.cpuBefore);
    this.cpu = (used.user + used.system) / 1e6;
  }
}

// `tasks`: name -> async function that answers [stopped stopwatch, {rows, sum, ...}].
async function serve(side, version, threads, tasks) {
  const say = (document) => process.stdout.write(`${JSON.stringify(document)}\n`);
  say({ side, version, threads, tasks: Object.keys(tasks) });
  for await (const line of readline.createInterface({ input: process.stdin })) {
    if (line === '') break;
    try {
      const [watch, found] = await tasks[line]();
      say({ wall: watch.wall, cpu: watch.cpu, ...found });
    } catch (error) {
      say({ error: String(error.message ?? error) });
    }
  }
}

const YEAR = 2023;
const YEARS = [2021, 2022, 2023];
const SYMBOL = 'BTCUSDT';

module.exports = { Stopwatch, serve, YEAR, YEARS, SYMBOL };
