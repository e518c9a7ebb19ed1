#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <random>

#include "arrow_reader.h"
#include "chandler/arrow.h"

namespace chandler {
namespace {

using test::ArrowField;
using test::ArrowTable;
using test::Bytes;
using test::Flat;
using test::read_stream;

Bytes write_all(const std::vector<BarSeries>& pieces, ArrowOptions options = {}) {
  Bytes out;
  ArrowWriter writer(
      [&out](std::span<const std::byte> bytes) -> Result<void> {
        out.insert(out.end(), bytes.begin(), bytes.end());
        return {};
      },
      std::move(options));
  for (const BarSeries& piece : pieces) EXPECT_TRUE(writer.write(piece));
  EXPECT_TRUE(writer.finish());
  return out;
}

BarSeries random_bars(std::size_t rows, ColumnSet columns, unsigned seed) {
  std::mt19937_64 random(seed);
  std::uniform_real_distribution<double> price(1e-8, 1e5);
  BarSeries bars;
  bars.widen(columns);
  bars.resize(rows);
  for (std::size_t i = 0; i < rows; ++i) {
    bars.timestamp[i] = from_epoch(1'704'067'200 + 60 * static_cast<std::int64_t>(i));
    for (const Column c : kAllColumns) {
      if (!columns.has(c)) continue;
      const bool unknown = static_cast<std::size_t>(c) >= kRequiredColumns && random() % 5 == 0;
      bars.column(c)[i] = unknown ? kUnknown : price(random);
    }
  }
  return bars;
}

// The table's rows, checked against the pieces written, bit for bit.
void expect_rows(const ArrowTable& table, const BarSeries& bars,
                 const std::vector<Column>& columns) {
  ASSERT_EQ(table.fields.size(), columns.size() + 1);
  std::size_t row = 0;
  for (const auto& batch : table.batches) {
    ASSERT_LE(batch.rows, ArrowWriter::kBatchRows);
    for (std::size_t i = 0; i < batch.rows; ++i, ++row) {
      const auto ns = static_cast<std::int64_t>(batch.values[0][i]);
      ASSERT_EQ(ns, epoch_seconds(bars.timestamp[row]) * 1'000'000'000);
      for (std::size_t c = 0; c < columns.size(); ++c) {
        const double value = bars.columns.has(columns[c]) ? bars.column(columns[c])[row] : kUnknown;
        ASSERT_EQ(batch.valid[c + 1][i], !std::isnan(value)) << row << ' ' << c;
        if (std::isnan(value)) continue;
        ASSERT_EQ(batch.values[c + 1][i], std::bit_cast<std::uint64_t>(value)) << row << ' ' << c;
      }
    }
    for (std::size_t c = 0; c < batch.valid.size(); ++c) {
      EXPECT_EQ(std::count(batch.valid[c].begin(), batch.valid[c].end(), false),
                batch.null_counts[c]);
    }
  }
  EXPECT_EQ(row, bars.size());
}

const std::vector<Column> kRequired(kAllColumns.begin(), kAllColumns.begin() + kRequiredColumns);
const std::vector<Column> kEvery(kAllColumns.begin(), kAllColumns.end());

ColumnSet every_column() {
  ColumnSet columns;
  for (const Column c : kAllColumns) columns.add(c);
  return columns;
}

TEST(ArrowWriter, DescribesTheColumns) {
  ColumnSet columns;
  columns.add(Column::vwap);

  const ArrowTable table = read_stream(write_all({random_bars(1, columns, 1)}));

  const std::vector<ArrowField> expected = {{"timestamp", false, 10, "UTC"},
                                            {"open", false, 3, ""},
                                            {"high", false, 3, ""},
                                            {"low", false, 3, ""},
                                            {"close", false, 3, ""},
                                            {"volume", false, 3, ""},
                                            {"vwap", true, 3, ""}};
  EXPECT_EQ(table.fields, expected);
}

TEST(ArrowWriter, KeepsEveryBitOfEveryRow) {
  for (const std::size_t rows : {1U, 7U, 8U, 9U, 64U, 1000U}) {
    const BarSeries bars = random_bars(rows, every_column(), static_cast<unsigned>(rows));

    const Bytes bytes = write_all({bars});
    const ArrowTable table = read_stream(bytes);

    expect_rows(table, bars, kEvery);
    EXPECT_EQ(table.end, bytes.size());
  }
}

TEST(ArrowWriter, CutsLongSeriesIntoBatches) {
  const BarSeries bars = random_bars(2 * ArrowWriter::kBatchRows + 3, ColumnSet{}, 2);

  const ArrowTable table = read_stream(write_all({bars}));

  ASSERT_EQ(table.batches.size(), 3U);
  EXPECT_EQ(table.batches[0].rows, ArrowWriter::kBatchRows);
  EXPECT_EQ(table.batches[2].rows, 3U);
  expect_rows(table, bars, kRequired);
}

TEST(ArrowWriter, JoinsPiecesWithOtherColumnsThanTheFirst) {
  const BarSeries wide = random_bars(10, every_column(), 3);
  const BarSeries narrow = random_bars(10, ColumnSet{}, 4);
  BarSeries both = wide;
  both.append(narrow);

  expect_rows(read_stream(write_all({wide, narrow})), both, kEvery);
  BarSeries required = narrow;
  required.append(wide);
  expect_rows(read_stream(write_all({narrow, wide})), required, kRequired);
}

TEST(ArrowWriter, WritesTheColumnsAskedForInTheirOrder) {
  const BarSeries bars = random_bars(20, every_column(), 5);
  const std::vector<Column> asked = {Column::turnover, Column::close};

  const ArrowTable table = read_stream(write_all({bars}, {.columns = asked}));

  EXPECT_EQ(table.fields[1].name, "turnover");
  EXPECT_EQ(table.fields[2].name, "close");
  expect_rows(table, bars, asked);
}

TEST(ArrowWriter, MakesNoValidityBitsWhereNothingIsNull) {
  ColumnSet columns;
  columns.add(Column::turnover);
  BarSeries bars = random_bars(100, columns, 6);
  std::fill(bars.turnover.begin(), bars.turnover.end(), 1.0);

  const ArrowTable table = read_stream(write_all({bars}));

  EXPECT_EQ(table.messages[0].body_size, 100U * 8 * 7);
}

TEST(ArrowWriter, ATableWithoutRowsIsComplete) {
  for (const auto& pieces : {std::vector<BarSeries>{}, std::vector<BarSeries>{BarSeries{}}}) {
    const Bytes bytes = write_all(pieces);
    const ArrowTable table = read_stream(bytes);

    EXPECT_EQ(table.fields.size(), 6U);
    EXPECT_TRUE(table.batches.empty());
    EXPECT_EQ(table.end, bytes.size());
  }
}

TEST(ArrowWriter, RefusesTimesThatNanosecondsCannotTell) {
  for (const char* text : {"1600-01-01 00:00:00", "2300-01-01 00:00:00"}) {
    BarSeries bars = random_bars(2, ColumnSet{}, 7);
    bars.timestamp[1] = *parse_exact(text);
    ArrowWriter writer([](std::span<const std::byte>) -> Result<void> { return {}; });

    const auto written = writer.write(bars);

    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().kind, ErrorKind::data);
    EXPECT_EQ(written.error().where, text);
  }
}

// A pipe that breaks after n pieces: every single send must hand the error on.
TEST(ArrowWriter, HandsTheSinksErrorOnWhereverItHappens) {
  const BarSeries bars = random_bars(9, every_column(), 8);
  BarSeries narrow = random_bars(1, ColumnSet{}, 9);
  bool whole = false;
  for (int limit = 0; !whole; ++limit) {
    ASSERT_LT(limit, 200);
    int sends = 0;
    ArrowWriter writer(
        [&](std::span<const std::byte>) -> Result<void> {
          if (sends++ == limit) return Error{ErrorKind::io, "broken pipe", "", ""};
          return {};
        },
        {.format = ArrowFormat::file});

    bool failed = false;
    for (const BarSeries* piece : {&bars, static_cast<const BarSeries*>(&narrow)}) {
      if (!failed) failed = !writer.write(*piece);
    }
    if (!failed) failed = !writer.finish();

    whole = sends <= limit;
    EXPECT_EQ(failed, !whole) << limit;
    EXPECT_LE(sends, limit + 1) << "nothing is sent after an error";
  }
}

TEST(ArrowWriter, FileEndsWithAFooterThatFindsEachBatch) {
  const BarSeries bars = random_bars(ArrowWriter::kBatchRows + 1, ColumnSet{}, 10);

  const Bytes bytes = write_all({bars}, {.format = ArrowFormat::file});

  const auto text_at = [&bytes](std::size_t at) {
    return std::string(reinterpret_cast<const char*>(bytes.data() + at), 6);  // NOLINT
  };
  EXPECT_EQ(text_at(0), "ARROW1");
  EXPECT_EQ(text_at(bytes.size() - 6), "ARROW1");
  const ArrowTable table = read_stream(bytes, 8);
  expect_rows(table, bars, kRequired);
  std::int32_t size = 0;
  std::memcpy(&size, bytes.data() + bytes.size() - 10, sizeof size);
  const std::size_t start = bytes.size() - 10 - static_cast<std::size_t>(size);
  EXPECT_EQ(start, table.end);
  const Flat footer = Flat::root(std::span(bytes).subspan(start, static_cast<std::size_t>(size)));
  EXPECT_EQ(test::read_schema(footer.table(1)), table.fields);
  EXPECT_EQ(footer.table(2).count(), 0U);
  const Flat blocks = footer.table(3);
  ASSERT_EQ(blocks.count(), table.messages.size());
  for (std::size_t i = 0; i < blocks.count(); ++i) {
    const Flat block = blocks.plus(4 + 24 * i);
    EXPECT_EQ(block.scalar<std::int64_t>(), static_cast<std::int64_t>(table.messages[i].offset));
    EXPECT_EQ(block.plus(8).scalar<std::int32_t>(),
              static_cast<std::int32_t>(table.messages[i].metadata_size));
    EXPECT_EQ(block.plus(16).scalar<std::int64_t>(),
              static_cast<std::int64_t>(table.messages[i].body_size));
  }
}

}  // namespace
}  // namespace chandler
