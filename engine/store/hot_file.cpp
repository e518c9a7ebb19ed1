#include "store/hot_file.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <string>

#include "export/arrow_messages.h"
#include "store/gzip_member.h"

namespace chandler::store {
namespace {

static_assert(std::endian::native == std::endian::little, "columns are used as they lie there");
static_assert(sizeof(Instant) == sizeof(std::int64_t) && std::is_trivially_copyable_v<Instant>,
              "an Instant is its seconds");

constexpr std::uint8_t kSealKind = 'H';
constexpr std::uint8_t kSealVersion = 1;
constexpr std::int64_t kAlignment = 64;
constexpr std::size_t kValueSize = 8;
constexpr std::size_t kSealEnd = 8;  // its size and checksum
// Of a file: the footer's size and the magic.
constexpr std::size_t kFileEnd = sizeof(std::int32_t) + arrow::kFileMagic.size();

std::vector<Column> columns_of(ColumnSet set) {
  std::vector<Column> columns;
  std::copy_if(kAllColumns.begin(), kAllColumns.end(), std::back_inserter(columns),
               [set](Column c) { return set.has(c); });
  return columns;
}

std::uint16_t bits_of(ColumnSet set) {
  std::uint16_t bits = 0;
  for (const Column c : columns_of(set))
    bits = static_cast<std::uint16_t>(bits | (1U << static_cast<unsigned>(c)));
  return bits;
}

// Nothing where the bits are of no set of columns.
std::optional<ColumnSet> set_of(std::uint16_t bits) {
  ColumnSet set;
  for (const Column c : kAllColumns) {
    if ((bits >> static_cast<unsigned>(c)) & 1U) set.add(c);
  }
  return bits_of(set) == bits ? std::optional(set) : std::nullopt;
}

struct Validity {
  Bytes bits{};  // empty: every value is known
  std::int64_t unknown = 0;
};

Validity validity_of(const std::vector<double>& values) {
  Validity validity;
  validity.unknown =
      std::count_if(values.begin(), values.end(), [](double v) { return std::isnan(v); });
  if (validity.unknown == 0) return validity;
  validity.bits.resize((values.size() + 7) / 8);
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!std::isnan(values[i])) validity.bits[i / 8] |= std::byte{1} << (i % 8);
  }
  return validity;
}

// Hands the bytes on and remembers what the seal says of them.
class Writer {
 public:
  using Sink = std::function<Result<void>(std::span<const std::byte>)>;
  Writer(const Sink& sink, HotFile::Seal& seal) : sink_(sink), seal_(seal) {}

  Result<void> rest(std::span<const std::byte> bytes) {
    rest_.insert(rest_.end(), bytes.begin(), bytes.end());
    return send(bytes);
  }
  Result<void> rest(std::string_view text) { return rest(std::as_bytes(std::span(text))); }
  Result<void> values(std::span<const std::byte> bytes) {
    seal_.offsets.push_back(sent_);
    for (std::size_t at = 0; at < bytes.size(); at += kHotChunkRows * kValueSize) {
      seal_.crcs.push_back(
          crc32(bytes.subspan(at, std::min(bytes.size() - at, kHotChunkRows * kValueSize))));
    }
    return send(bytes);
  }
  Result<void> pad() {
    constexpr std::array<std::byte, kAlignment> zeros{};
    return rest(std::span(zeros).first((kAlignment - sent_ % kAlignment) % kAlignment));
  }
  Result<void> send(std::span<const std::byte> bytes) {
    sent_ += bytes.size();
    return bytes.empty() ? Result<void>{} : sink_(bytes);
  }
  [[nodiscard]] std::uint64_t sent() const { return sent_; }
  [[nodiscard]] std::uint32_t rest_crc(std::span<const std::byte> after_seal) {
    rest_.insert(rest_.end(), after_seal.begin(), after_seal.end());
    return crc32(rest_);
  }

 private:
  const Sink& sink_;
  HotFile::Seal& seal_;
  std::uint64_t sent_ = 0;
  Bytes rest_;
};

Bytes encode_seal(const HotFile::Seal& seal) {
  Bytes out;
  ByteWriter w(out);
  w.put(kSealKind).put(kSealVersion).put_text(seal.symbol).put_text(seal.timeframe);
  w.put(static_cast<std::uint16_t>(seal.year)).put(bits_of(seal.columns)).put_bytes(seal.content);
  w.put(seal.rows).put(seal.size);
  for (const std::uint64_t offset : seal.offsets) w.put(offset);
  for (const Instant first : seal.first_of_chunk) w.put(epoch_seconds(first));
  for (const std::uint32_t crc : seal.crcs) w.put(crc);
  w.put(seal.rest_crc);
  while (out.size() % 8 != 0) w.put(std::uint8_t{0});
  w.put(static_cast<std::uint32_t>(out.size() + kSealEnd));
  w.put(crc32(out));
  return out;
}

// Nothing unless every byte is as encode_seal would write it.
std::optional<HotFile::Seal> parse_seal(std::span<const std::byte> bytes) {
  ByteReader r(bytes);
  HotFile::Seal seal;
  if (r.get<std::uint8_t>() != kSealKind || r.get<std::uint8_t>() != kSealVersion) return {};
  seal.symbol = r.get_text();
  seal.timeframe = r.get_text();
  seal.year = r.get<std::uint16_t>();
  const auto columns = set_of(r.get<std::uint16_t>());
  if (!columns) return {};
  seal.columns = *columns;
  seal.content = r.get_digest();
  seal.rows = r.get<std::uint32_t>();
  seal.size = r.get<std::uint64_t>();
  const std::size_t places = columns_of(seal.columns).size() + 1;
  // What follows must fit: no allocation by a number that is not true.
  if (!r.ok() || places * (kValueSize + 4 * seal.chunks()) > bytes.size()) return {};
  for (std::size_t i = 0; i < places; ++i) seal.offsets.push_back(r.get<std::uint64_t>());
  for (std::size_t i = 0; i < seal.chunks(); ++i)
    seal.first_of_chunk.push_back(from_epoch(r.get<std::int64_t>()));
  for (std::size_t i = 0; i < places * seal.chunks(); ++i)
    seal.crcs.push_back(r.get<std::uint32_t>());
  seal.rest_crc = r.get<std::uint32_t>();
  if (!r.ok()) return {};
  const Bytes again = encode_seal(seal);
  return std::equal(again.begin(), again.end(), bytes.begin(), bytes.end()) ? std::optional(seal)
                                                                            : std::nullopt;
}

// Every column's values lie in front of the seal, behind each other, on multiples of their size.
bool in_bounds(const HotFile::Seal& seal, std::size_t seal_at) {
  std::uint64_t free = 0;
  for (const std::uint64_t offset : seal.offsets) {
    if (offset < free || offset % kValueSize != 0 || offset > seal_at) return false;
    if (seal_at - offset < std::uint64_t{seal.rows} * kValueSize) return false;
    free = offset + std::uint64_t{seal.rows} * kValueSize;
  }
  return std::is_sorted(seal.first_of_chunk.begin(), seal.first_of_chunk.end());
}

bool belongs_to(const HotFile::Seal& seal, const EndMark& mark) {
  return seal.symbol == mark.symbol && seal.timeframe == mark.timeframe && seal.year == mark.year &&
         seal.columns == mark.columns && seal.rows == mark.rows && seal.content == mark.content;
}

std::uint32_t u32_at(std::span<const std::byte> bytes, std::size_t at) {
  return ByteReader(bytes.subspan(at, 4)).get<std::uint32_t>();
}

}  // namespace

Result<void> write_hot(const EndMark& mark, const BarSeries& bars,
                       const std::function<Result<void>(std::span<const std::byte>)>& sink) {
  const std::vector<Column> columns = columns_of(mark.columns);
  std::vector<Validity> validity;
  arrow::Layout layout(bars.size(), kAlignment);
  layout.add(0, 0);
  for (const Column c : columns) {
    validity.push_back(
        static_cast<std::size_t>(c) < kRequiredColumns ? Validity{} : validity_of(bars.column(c)));
    layout.add(validity.back().unknown, validity.back().bits.size());
  }
  const std::vector<std::pair<std::string, std::string>> metadata = {
      {"chandler.symbol", mark.symbol},
      {"chandler.timeframe", mark.timeframe},
      {"chandler.year", std::to_string(mark.year)},
      {"chandler.content_sha256", hex(mark.content)}};
  const arrow::Schema schema{
      .columns = columns, .unit = arrow::TimeUnit::seconds, .metadata = metadata};

  HotFile::Seal seal{.symbol = mark.symbol,
                     .timeframe = mark.timeframe,
                     .year = mark.year,
                     .columns = mark.columns,
                     .content = mark.content,
                     .rows = mark.rows};
  for (std::size_t row = 0; row < bars.size(); row += kHotChunkRows)
    seal.first_of_chunk.push_back(bars.timestamp[row]);

  Writer out(sink, seal);
  CHANDLER_CHECK(out.rest(arrow::kFileMagic));
  CHANDLER_CHECK(out.rest(std::string_view("\0\0", 2)));
  CHANDLER_CHECK(out.rest(arrow::framed(arrow::schema_message(schema), out.sent())));
  const std::uint64_t batch_at = out.sent();
  CHANDLER_CHECK(
      out.rest(arrow::framed(arrow::batch_message(layout.batch()), batch_at, kAlignment)));
  const arrow::FileBlock block{.offset = static_cast<std::int64_t>(batch_at),
                               .metadata_size = static_cast<std::int32_t>(out.sent() - batch_at),
                               .body_size = layout.batch().body_size};
  CHANDLER_CHECK(out.values(std::as_bytes(std::span(bars.timestamp))));
  CHANDLER_CHECK(out.pad());
  for (std::size_t i = 0; i < columns.size(); ++i) {
    CHANDLER_CHECK(out.rest(validity[i].bits));
    CHANDLER_CHECK(out.pad());
    CHANDLER_CHECK(out.values(std::as_bytes(std::span(bars.column(columns[i])))));
    CHANDLER_CHECK(out.pad());
  }
  CHANDLER_CHECK(out.rest(arrow::end_of_stream()));

  Bytes tail = arrow::footer(schema, std::span(&block, 1));
  const auto footer_size = static_cast<std::int32_t>(tail.size());
  ByteWriter(tail).put(footer_size).put_bytes(std::as_bytes(std::span(arrow::kFileMagic)));
  seal.rest_crc = out.rest_crc(tail);
  seal.size = out.sent() + encode_seal(seal).size() + tail.size();
  CHANDLER_CHECK(out.send(encode_seal(seal)));
  return out.send(tail);
}

std::optional<HotFile> HotFile::of(Mapping bytes, const EndMark& mark) {
  const std::span<const std::byte> all = bytes.bytes();
  if (all.size() < kFileEnd + kSealEnd) return {};
  const std::size_t footer_size = u32_at(all, all.size() - kFileEnd);
  if (footer_size > all.size() - kFileEnd - kSealEnd) return {};
  const std::size_t footer_at = all.size() - kFileEnd - footer_size;
  const std::size_t seal_size = u32_at(all, footer_at - kSealEnd);
  if (seal_size > footer_at || seal_size < kSealEnd) return {};
  const std::size_t seal_at = footer_at - seal_size;
  auto seal = parse_seal(all.subspan(seal_at, seal_size));
  if (!seal || seal->size != all.size() || !belongs_to(*seal, mark) || !in_bounds(*seal, seal_at))
    return {};
  return HotFile(std::move(bytes), std::move(*seal), seal_at, footer_at);
}

std::size_t HotFile::place_of(Column c) const {
  std::size_t place = 1;
  for (const Column before : kAllColumns) {
    if (before == c) break;
    if (seal_.columns.has(before)) ++place;
  }
  return place;
}

bool HotFile::proved(std::size_t place, std::size_t first, std::size_t last) const {
  const std::span column(values_at(place), seal_.rows * kValueSize);
  for (std::size_t chunk = first / kHotChunkRows; chunk * kHotChunkRows < last; ++chunk) {
    const std::size_t at = chunk * kHotChunkRows * kValueSize;
    const auto values =
        column.subspan(at, std::min(column.size() - at, kHotChunkRows * kValueSize));
    if (crc32(values) != seal_.crcs[place * seal_.chunks() + chunk]) return false;
  }
  return true;
}

std::optional<std::size_t> HotFile::lower_bound(Instant t) const {
  const auto& firsts = seal_.first_of_chunk;
  const auto after = std::lower_bound(firsts.begin(), firsts.end(), t);
  if (after == firsts.begin()) return 0;
  // In the chunk before, or at its end.
  const auto chunk = static_cast<std::size_t>(after - firsts.begin()) - 1;
  const std::size_t first = chunk * kHotChunkRows;
  const auto times = timestamps(first, std::min<std::size_t>(first + kHotChunkRows, seal_.rows));
  if (!times) return {};
  return first + static_cast<std::size_t>(std::lower_bound(times->begin(), times->end(), t) -
                                          times->begin());
}

std::optional<std::pair<std::size_t, std::size_t>> HotFile::rows_of(TimeRange range) const {
  const auto first = lower_bound(range.from);
  // The last chunk need not be looked at to know that nothing lies behind it.
  const bool to_the_end = range.to >= year_start(seal_.year + 1);
  const auto last = to_the_end ? std::optional<std::size_t>(seal_.rows) : lower_bound(range.to);
  if (!first || !last) return {};
  return std::pair{*first, std::max(*first, *last)};
}

std::optional<std::span<const Instant>> HotFile::timestamps(std::size_t first,
                                                            std::size_t last) const {
  if (!proved(0, first, last)) return {};
  // An Instant is its seconds, see above.
  const auto* values = reinterpret_cast<const Instant*>(values_at(0));
  return std::span(values + first, last - first);
}

std::optional<std::span<const double>> HotFile::values(Column c, std::size_t first,
                                                       std::size_t last) const {
  const std::size_t place = place_of(c);
  if (!proved(place, first, last)) return {};
  const auto* values = reinterpret_cast<const double*>(values_at(place));
  return std::span(values + first, last - first);
}

bool HotFile::intact() const {
  const std::span<const std::byte> all = bytes_.bytes();
  Bytes rest;
  std::size_t at = 0;
  for (std::size_t place = 0; place < seal_.offsets.size(); ++place) {
    if (!proved(place, 0, seal_.rows)) return false;
    const auto before = all.subspan(at, seal_.offsets[place] - at);
    rest.insert(rest.end(), before.begin(), before.end());
    at = seal_.offsets[place] + seal_.rows * kValueSize;
  }
  for (const auto part : {all.subspan(at, seal_at_ - at), all.subspan(footer_at_)})
    rest.insert(rest.end(), part.begin(), part.end());
  return crc32(rest) == seal_.rest_crc;
}

}  // namespace chandler::store
