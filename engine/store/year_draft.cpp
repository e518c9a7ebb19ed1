#include "store/year_draft.h"

#include <algorithm>

#include "parallel.h"
#include "spares.h"

namespace chandler::store {
namespace {

Result<DraftBlock> keep_block(const YearFile& old, std::size_t block, KeptBlocks how) {
  DraftBlock kept;
  kept.kept = true;
  kept.place = block;
  if (how == KeptBlocks::checked) CHANDLER_CHECK(old.member(block));
  CHANDLER_TRY(kept.info, old.head_only(block));
  return kept;
}

// Blocks of the old file that cannot stay as they are become changes that change no row.
Result<void> take_over(const YearFile& old, std::size_t block, BlockChanges& changes) {
  CHANDLER_TRY(BlockRows rows, old.rows(block));
  changes.emplace(old.mark().blocks[block].index, std::move(rows));
  return {};
}

Result<void> add_forced_changes(const YearFile& old, ColumnSet columns, BlockChanges& changes) {
  if (old.mark().columns != columns) {
    for (std::size_t i = 0; i < old.mark().blocks.size(); ++i) {
      if (!changes.contains(old.mark().blocks[i].index)) CHANDLER_CHECK(take_over(old, i, changes));
    }
    return {};
  }
  // The header line stands in the first block: whoever gains or loses that place is sealed anew.
  std::optional<std::uint32_t> first;
  for (const auto& [index, rows] : changes) {
    if (!rows.bars.empty()) {
      first = index;
      break;
    }
  }
  std::optional<std::size_t> first_kept;
  for (std::size_t i = 0; i < old.mark().blocks.size() && !first_kept; ++i) {
    if (!changes.contains(old.mark().blocks[i].index)) first_kept = i;
  }
  if (!first_kept) return {};
  const bool is_first = !first || old.mark().blocks[*first_kept].index < *first;
  const bool was_first = *first_kept == 0;
  if (is_first != was_first) CHANDLER_CHECK(take_over(old, *first_kept, changes));
  return {};
}

}  // namespace

EndMark YearDraft::mark() const {
  EndMark mark{.symbol = series.symbol.folder(),
               .timeframe = std::string(to_string(series.timeframe)),
               .year = year,
               .columns = columns,
               .rolled_up = rolled_up,
               .rows = static_cast<std::uint32_t>(rows()),
               .first = blocks.front().info.first,
               .last = blocks.back().info.last};
  std::vector<Digest> digests;
  for (const DraftBlock& b : blocks) {
    mark.bytes_before += b.info.member_size;
    digests.push_back(b.info.sha256);
    const std::uint32_t crc = b.kept ? old->mark().blocks[b.place].crc : crc32(b.member);
    mark.blocks.push_back({b.info.index, b.info.member_size, b.info.rows, crc});
  }
  mark.content = content_sha256(digests);
  return mark;
}

std::uint64_t YearDraft::rows() const {
  std::uint64_t sum = 0;
  for (const DraftBlock& b : blocks) sum += b.info.rows;
  return sum;
}

Result<YearDraft> draft_year(const SeriesId& series, int year, const YearFile* old,
                             BlockChanges changes, ColumnSet columns, bool rolled_up,
                             KeptBlocks kept_blocks) {
  YearDraft draft{
      .series = series, .year = year, .columns = columns, .rolled_up = rolled_up, .old = old};
  if (old != nullptr) {
    CHANDLER_CHECK(add_forced_changes(*old, columns, changes));
    for (std::size_t i = 0; i < old->mark().blocks.size(); ++i) {
      if (changes.contains(old->mark().blocks[i].index)) continue;
      CHANDLER_TRY(DraftBlock kept, keep_block(*old, i, kept_blocks));
      draft.blocks.push_back(std::move(kept));
    }
  }

  std::vector<std::pair<std::uint32_t, BlockRows*>> fresh;
  for (auto& [index, rows] : changes) {
    if (!rows.bars.empty()) fresh.emplace_back(index, &rows);
  }
  std::vector<DraftBlock> sealed(fresh.size());
  const std::uint32_t first_kept =
      draft.blocks.empty() ? UINT32_MAX : draft.blocks.front().info.index;
  static Spares<Deflater>& deflaters = *new Spares<Deflater>;
  parallel_for(0, fresh.size(), [&](std::size_t i) {
    BlockRows& rows = *fresh[i].second;
    rows.bars.widen(columns);
    rows.owners.tidy();
    const bool with_header = i == 0 && fresh[i].first < first_kept;
    SealedBlock block = seal_block(rows.bars, 0, rows.bars.size(), std::move(rows.owners),
                                   fresh[i].first, with_header, *deflaters.borrow());
    sealed[i] = {.info = std::move(block.info),
                 .member = std::move(block.member),
                 .kept = false,
                 .timestamps = rows.bars.timestamp,
                 .suspicious = find_suspicious(rows.bars)};
  });
  std::move(sealed.begin(), sealed.end(), std::back_inserter(draft.blocks));
  std::sort(draft.blocks.begin(), draft.blocks.end(),
            [](const DraftBlock& a, const DraftBlock& b) { return a.info.index < b.info.index; });
  return draft;
}

BlockChanges cut_into_blocks(Timeframe tf, const BarSeries& bars, const RowOwners& owners) {
  BlockChanges changes;
  std::size_t first = 0;
  while (first < bars.size()) {
    const std::uint32_t index = block_index(tf, bars.timestamp[first]);
    const std::size_t last =
        bars.lower_bound(block_range(tf, utc_year(bars.timestamp[first]), index).to);
    BlockRows& rows = changes[index];
    for (std::size_t row = first; row < last; ++row) rows.owners.push_back(owners.name_of(row));
    rows.bars = bars.slice(first, last);
    first = last;
  }
  return changes;
}

}  // namespace chandler::store
