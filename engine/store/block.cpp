#include "store/block.h"

#include <algorithm>
#include <map>

#include "store/csv_rows.h"

namespace chandler::store {
namespace {

constexpr std::uint8_t kBlockVersion = 1;

struct Run {
  std::uint8_t owner;
  std::uint16_t rows;
};

std::vector<Run> runs_of(std::span<const std::uint8_t> rows) {
  std::vector<Run> runs;
  for (const std::uint8_t owner : rows) {
    if (runs.empty() || runs.back().owner != owner) runs.push_back({owner, 0});
    ++runs.back().rows;
  }
  return runs;
}

unsigned bits_for(std::size_t names) { return names <= 2 ? 1 : names <= 4 ? 2 : 4; }

void put_owners(ByteWriter& w, const RowOwners& owners) {
  w.put(static_cast<std::uint8_t>(owners.names.size()));
  for (const std::string& name : owners.names) w.put_text(name);
  const std::vector<Run> runs = runs_of(owners.of_row);
  const unsigned bits = bits_for(owners.names.size());
  const std::size_t packed = (owners.of_row.size() * bits + 7) / 8;
  if (2 + runs.size() * 3 <= packed || runs.size() == 1) {
    w.put(std::uint8_t{0}).put(static_cast<std::uint16_t>(runs.size()));
    for (const Run& run : runs) w.put(run.owner).put(run.rows);
    return;
  }
  w.put(static_cast<std::uint8_t>(bits));
  Bytes table(packed);
  for (std::size_t i = 0; i < owners.of_row.size(); ++i) {
    const std::size_t bit = i * bits;
    table[bit / 8] |= static_cast<std::byte>(owners.of_row[i] << bit % 8);
  }
  w.put_bytes(table);
}

bool get_owners(ByteReader& r, std::size_t rows, RowOwners& owners) {
  const auto count = r.get<std::uint8_t>();
  if (count == 0 || count > kMaxProviders) return false;
  for (std::size_t i = 0; i < count; ++i) owners.names.push_back(r.get_text());
  const unsigned bits = r.get<std::uint8_t>();
  if (bits == 0) {
    const auto runs = r.get<std::uint16_t>();
    for (std::size_t i = 0; i < runs && r.ok() && owners.of_row.size() <= rows; ++i) {
      const auto owner = r.get<std::uint8_t>();
      owners.of_row.insert(owners.of_row.end(), r.get<std::uint16_t>(), owner);
    }
  } else if (bits == 1 || bits == 2 || bits == 4) {
    const auto table = r.get_bytes((rows * bits + 7) / 8);
    if (!r.ok()) return false;
    owners.of_row.resize(rows);
    for (std::size_t i = 0; i < rows; ++i) {
      const std::size_t bit = i * bits;
      owners.of_row[i] = static_cast<std::uint8_t>(
          std::to_integer<unsigned>(table[bit / 8]) >> bit % 8 & ((1U << bits) - 1));
    }
  }
  return r.at_end() && owners.of_row.size() == rows &&
         std::all_of(owners.of_row.begin(), owners.of_row.end(),
                     [&](std::uint8_t o) { return o < count; });
}

}  // namespace

TimeRange block_range(Timeframe tf, int year, std::uint32_t index) {
  const TimeRange whole = year_range(year);
  const std::int64_t first = index * kSlotsPerBlock;
  if (tf == Timeframe::w1 || tf == Timeframe::mo1 || tf == Timeframe::d3 || tf == Timeframe::d1) {
    return index == 0 ? whole : TimeRange{whole.to, whole.to};
  }
  const seconds step = nominal_length(tf);
  return TimeRange{whole.from + first * step, whole.from + (first + kSlotsPerBlock) * step}
      .intersect(whole);
}

void RowOwners::push_back(const std::string& name) {
  if (!of_row.empty() && names[of_row.back()] == name) {
    of_row.push_back(of_row.back());
    return;
  }
  const auto found = std::find(names.begin(), names.end(), name);
  of_row.push_back(static_cast<std::uint8_t>(found - names.begin()));
  if (found == names.end()) names.push_back(name);
}

void RowOwners::tidy() {
  std::vector<bool> used(names.size());
  for (const std::uint8_t owner : of_row) used[owner] = true;
  std::map<std::string, std::uint8_t> order;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (used[i]) order.emplace(names[i], 0);
  }
  std::uint8_t next = 0;
  for (auto& [name, number] : order) number = next++;
  std::vector<std::uint8_t> renumbered(names.size());
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (used[i]) renumbered[i] = order.at(names[i]);
  }
  for (std::uint8_t& owner : of_row) owner = renumbered[owner];
  names.clear();
  for (const auto& [name, number] : order) names.push_back(name);
}

SealedBlock seal_block(const BarSeries& bars, std::size_t first, std::size_t last, RowOwners owners,
                       std::uint32_t index, bool with_header, Deflater& deflater) {
  std::string text;
  text.reserve((last - first) * 64 + 128);
  if (with_header) text = header_line(bars.columns);
  RowPrinter(bars.columns).append(bars, first, last, text);

  SealedBlock sealed;
  BlockInfo& info = sealed.info;
  info = {.index = index,
          .rows = static_cast<std::uint32_t>(last - first),
          .first = bars.timestamp[first],
          .last = bars.timestamp[last - 1],
          .sha256 = sha256(std::as_bytes(std::span(text))),
          .owners = std::move(owners)};
  Bytes deflated;
  deflater.deflate(text, deflated);

  // The size is the fourth field of the payload, which does not change the payload's own length.
  const auto payload = [&] {
    Bytes p;
    ByteWriter w(p);
    w.put('B').put(kBlockVersion).put(info.index).put(info.member_size).put(info.rows);
    w.put(epoch_seconds(info.first)).put(epoch_seconds(info.last)).put_bytes(info.sha256);
    put_owners(w, info.owners);
    return p;
  };
  info.member_size = static_cast<std::uint32_t>(kMemberFixed + payload().size() + 4 +
                                                deflated.size() + kMemberTrailer);
  sealed.member = member_head(payload());
  ByteWriter w(sealed.member);
  w.put_bytes(deflated)
      .put(crc32(std::as_bytes(std::span(text))))
      .put(static_cast<std::uint32_t>(text.size()));
  return sealed;
}

std::optional<BlockInfo> parse_block_head(std::span<const std::byte> data) {
  const auto head = parse_member_head(data);
  if (!head) return {};
  ByteReader r(head->payload);
  if (r.get<char>() != 'B' || r.get<std::uint8_t>() != kBlockVersion) return {};
  BlockInfo info;
  info.index = r.get<std::uint32_t>();
  info.member_size = r.get<std::uint32_t>();
  info.rows = r.get<std::uint32_t>();
  info.first = from_epoch(r.get<std::int64_t>());
  info.last = from_epoch(r.get<std::int64_t>());
  info.sha256 = r.get_digest();
  if (info.rows == 0 || info.rows > kSlotsPerBlock ||
      info.member_size < head->size + kMemberTrailer)
    return {};
  if (!get_owners(r, info.rows, info.owners)) return {};
  return info;
}

}  // namespace chandler::store
