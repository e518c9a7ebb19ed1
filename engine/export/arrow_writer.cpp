// The layout of Arrow IPC, as far as it goes around the FlatBuffers of arrow_messages.h
// (arrow.apache.org/docs/format/Columnar.html#serialization-and-interprocess-communication-ipc):
//
//   message   FF FF FF FF | i32 size of the FlatBuffer | FlatBuffer, padded to 8 | body
//   body      for timestamp and each column: validity bits, values; each padded to 8
//   stream    schema message, record batch messages..., FF FF FF FF 00 00 00 00
//   file      "ARROW1" 00 00 | the stream | footer FlatBuffer | i32 its size | "ARROW1"
//
// Everything is little-endian and lies on multiples of 8 counted from the start.
#include "chandler/arrow.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>

#include "chandler/time.h"
#include "export/arrow_messages.h"

namespace chandler {
namespace {

static_assert(std::endian::native == std::endian::little, "columns are sent as they lie in memory");

constexpr std::int64_t kNanosecondsPerSecond = 1'000'000'000;
constexpr std::int64_t kLastSecond =
    std::numeric_limits<std::int64_t>::max() / kNanosecondsPerSecond;
constexpr std::array<std::byte, 8> kZeros{};

std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}

// The values of one column of the table in one batch.
struct Values {
  std::span<const double> numbers;  // empty: the series lacks the column, all are null
  std::vector<std::byte> validity;  // empty: nothing is null
  std::int64_t nulls = 0;
};

Values values_of(const BarSeries& bars, Column c, std::size_t first, std::size_t last) {
  const std::size_t rows = last - first;
  Values values;
  if (!bars.columns.has(c)) {
    values.validity.resize((rows + 7) / 8);
    values.nulls = static_cast<std::int64_t>(rows);
    return values;
  }
  values.numbers = std::span(bars.column(c)).subspan(first, rows);
  if (static_cast<std::size_t>(c) < kRequiredColumns) return values;

  values.nulls = std::count_if(values.numbers.begin(), values.numbers.end(),
                               [](double v) { return std::isnan(v); });
  if (values.nulls == 0) return values;
  values.validity.resize((rows + 7) / 8);
  for (std::size_t i = 0; i < rows; ++i) {
    if (!std::isnan(values.numbers[i])) values.validity[i / 8] |= std::byte{1} << (i % 8);
  }
  return values;
}

Result<void> to_nanoseconds(std::span<const Instant> times, std::vector<std::byte>& out) {
  out.resize(times.size() * sizeof(std::int64_t));
  for (std::size_t i = 0; i < times.size(); ++i) {
    const std::int64_t s = epoch_seconds(times[i]);
    if (s < -kLastSecond || s > kLastSecond) {
      return Error{ErrorKind::data, "Arrow's nanoseconds reach from 1677 to 2262 only",
                   format_instant(times[i]), "ask for a range within, or for another format"};
    }
    const std::int64_t ns = s * kNanosecondsPerSecond;
    std::memcpy(out.data() + i * sizeof ns, &ns, sizeof ns);
  }
  return {};
}

}  // namespace

ArrowWriter::ArrowWriter(Sink sink, ArrowOptions options)
    : sink_(std::move(sink)), options_(std::move(options)) {}

Result<void> ArrowWriter::send(std::span<const std::byte> bytes) {
  if (bytes.empty()) return {};
  sent_ += static_cast<std::int64_t>(bytes.size());
  return sink_(bytes);
}

Result<void> ArrowWriter::begin() {
  begun_ = true;
  if (options_.format == ArrowFormat::file) {
    CHANDLER_CHECK(send(bytes_of(arrow::kFileMagic)));
    CHANDLER_CHECK(send(std::span(kZeros).first(2)));
  }
  return send(arrow::framed(arrow::schema_message({.columns = options_.columns})));
}

Result<void> ArrowWriter::write(const BarSeries& bars) {
  if (!begun_) {
    if (options_.columns.empty()) {
      std::copy_if(kAllColumns.begin(), kAllColumns.end(), std::back_inserter(options_.columns),
                   [&bars](Column c) { return bars.columns.has(c); });
    }
    CHANDLER_CHECK(begin());
  }
  for (std::size_t first = 0; first < bars.size(); first += kBatchRows) {
    CHANDLER_CHECK(write_batch(bars, first, std::min(first + kBatchRows, bars.size())));
  }
  return {};
}

Result<void> ArrowWriter::write_batch(const BarSeries& bars, std::size_t first, std::size_t last) {
  const std::size_t rows = last - first;
  CHANDLER_CHECK(to_nanoseconds(std::span(bars.timestamp).subspan(first, rows), scratch_));
  arrow::Layout layout(rows);
  layout.add(0, 0);
  std::vector<Values> columns;
  columns.reserve(options_.columns.size());
  for (const Column c : options_.columns) {
    columns.push_back(values_of(bars, c, first, last));
    layout.add(columns.back().nulls, columns.back().validity.size());
  }

  const std::vector<std::byte> head = arrow::framed(arrow::batch_message(layout.batch()));
  blocks_.push_back({sent_, static_cast<std::int32_t>(head.size()), layout.batch().body_size});
  CHANDLER_CHECK(send(head));
  CHANDLER_CHECK(send(scratch_));
  for (const Values& v : columns) {
    CHANDLER_CHECK(send(v.validity));
    const auto bits = static_cast<std::int64_t>(v.validity.size());
    CHANDLER_CHECK(
        send(std::span(kZeros).first(static_cast<std::size_t>(layout.padded(bits) - bits))));
    if (v.numbers.empty()) {
      scratch_.assign(rows * sizeof(double), std::byte{0});
      CHANDLER_CHECK(send(scratch_));
    } else {
      CHANDLER_CHECK(send(std::as_bytes(v.numbers)));
    }
  }
  return {};
}

Result<void> ArrowWriter::write_footer() {
  std::vector<arrow::FileBlock> blocks;
  blocks.reserve(blocks_.size());
  for (const Block& b : blocks_) blocks.push_back({b.offset, b.metadata_size, 0, b.body_size});
  const std::vector<std::byte> footer = arrow::footer({.columns = options_.columns}, blocks);
  const auto size = static_cast<std::int32_t>(footer.size());
  CHANDLER_CHECK(send(footer));
  CHANDLER_CHECK(send(std::as_bytes(std::span(&size, 1))));
  return send(bytes_of(arrow::kFileMagic));
}

Result<void> ArrowWriter::finish() {
  if (!begun_) CHANDLER_CHECK(write(BarSeries{}));
  CHANDLER_CHECK(send(arrow::end_of_stream()));
  return options_.format == ArrowFormat::file ? write_footer() : Result<void>{};
}

}  // namespace chandler
