// What references.js compares, out of a frame of polars.
const pl = require('nodejs-polars');

module.exports = function ofPolars(frame) {
  const times = frame.getColumn('timestamp').cast(pl.Datetime('ms')).cast(pl.Int64).toArray();
  return {
    names: frame.columns,
    rows: frame.height,
    times: times.map((ms) => BigInt(ms) / 1000n),
    column: (name) => frame.getColumn(name).toArray(),
  };
};
