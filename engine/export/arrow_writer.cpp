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
constexpr std::string_view kMagic = "ARROW1";
constexpr std::array<std::byte, 4> kContinuation = {std::byte{0xFF}, std::byte{0xFF},
                                                    std::byte{0xFF}, std::byte{0xFF}};
constexpr std::array<std::byte, 8> kZeros{};

std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}

std::int64_t padded(std::int64_t size) { return (size + 7) / 8 * 8; }

// The FlatBuffer with the eight bytes that go before it.
std::vector<std::byte> framed(const std::vector<std::byte>& flat_buffer) {
  const auto size = static_cast<std::int32_t>(flat_buffer.size());
  std::vector<std::byte> out(sizeof kContinuation + sizeof size + flat_buffer.size());
  const auto after_mark =
      std::copy(std::begin(kContinuation), std::end(kContinuation), out.begin());
  const auto size_bytes = std::as_bytes(std::span(&size, 1));
  const auto after_size = std::copy(size_bytes.begin(), size_bytes.end(), after_mark);
  std::copy(flat_buffer.begin(), flat_buffer.end(), after_size);
  return out;
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

// Lays the buffers out behind each other; `add` is called in the order of the body.
class Layout {
 public:
  explicit Layout(std::size_t rows) { batch_.rows = static_cast<std::int64_t>(rows); }

  void add(std::int64_t nulls, std::size_t validity_size) {
    batch_.nodes.push_back({batch_.rows, nulls});
    place(static_cast<std::int64_t>(validity_size));
    place(batch_.rows * 8);
  }
  [[nodiscard]] const arrow::Batch& batch() const { return batch_; }

 private:
  void place(std::int64_t size) {
    batch_.buffers.push_back({batch_.body_size, size});
    batch_.body_size += padded(size);
  }
  arrow::Batch batch_;
};

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
    CHANDLER_CHECK(send(bytes_of(kMagic)));
    CHANDLER_CHECK(send(std::span(kZeros).first(2)));
  }
  return send(framed(arrow::schema_message(options_.columns)));
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
  Layout layout(rows);
  layout.add(0, 0);
  std::vector<Values> columns;
  columns.reserve(options_.columns.size());
  for (const Column c : options_.columns) {
    columns.push_back(values_of(bars, c, first, last));
    layout.add(columns.back().nulls, columns.back().validity.size());
  }

  const std::vector<std::byte> head = framed(arrow::batch_message(layout.batch()));
  blocks_.push_back({sent_, static_cast<std::int32_t>(head.size()), layout.batch().body_size});
  CHANDLER_CHECK(send(head));
  CHANDLER_CHECK(send(scratch_));
  for (const Values& v : columns) {
    CHANDLER_CHECK(send(v.validity));
    const auto bits = static_cast<std::int64_t>(v.validity.size());
    CHANDLER_CHECK(send(std::span(kZeros).first(static_cast<std::size_t>(padded(bits) - bits))));
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
  const std::vector<std::byte> footer = arrow::footer(options_.columns, blocks);
  const auto size = static_cast<std::int32_t>(footer.size());
  CHANDLER_CHECK(send(footer));
  CHANDLER_CHECK(send(std::as_bytes(std::span(&size, 1))));
  return send(bytes_of(kMagic));
}

Result<void> ArrowWriter::finish() {
  if (!begun_) CHANDLER_CHECK(write(BarSeries{}));
  CHANDLER_CHECK(send(kContinuation));
  CHANDLER_CHECK(send(std::span(kZeros).first(4)));
  return options_.format == ArrowFormat::file ? write_footer() : Result<void>{};
}

}  // namespace chandler
