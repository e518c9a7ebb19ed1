#include "store/describe.h"

#include <algorithm>
#include <map>

#include "store/history.h"

namespace chandler::store {
namespace {

constexpr std::size_t kMaxProvenanceRuns = 1000;

std::vector<RuleCount> summed(const std::vector<BlockFacts>& blocks) {
  std::vector<RuleCount> sum;
  for (const BlockFacts& block : blocks) {
    for (const RuleCount& w : block.warnings) {
      RuleCount& total = count_of(sum, w.rule);
      total.count += w.count;
      if (!total.first) total.first = w.first;
    }
  }
  return sum;
}

std::vector<RuleCount> counted(const std::vector<Finding>& findings) {
  std::vector<RuleCount> counts;
  for (const Finding& f : findings) {
    RuleCount& c = count_of(counts, f.rule);
    ++c.count;
    if (!c.first || f.at < *c.first) c.first = f.at;
  }
  return counts;
}

std::vector<ProvenanceRun> provenance_of(const YearDraft& draft) {
  std::vector<ProvenanceRun> runs;
  for (const DraftBlock& block : draft.blocks) {
    const RowOwners& owners = block.info.owners;
    for (std::size_t i = 0; i < owners.of_row.size();) {
      std::size_t end = i;
      while (end < owners.of_row.size() && owners.of_row[end] == owners.of_row[i]) ++end;
      // The head of a block tells its first and last time only; fill_run_borders finds the others.
      const Instant from = i == 0 ? block.info.first : Instant::min();
      const Instant to = end == owners.of_row.size() ? block.info.last : Instant::min();
      const std::string& name = owners.name_of(i);
      if (!runs.empty() && runs.back().provider == name && i == 0) {
        runs.back().to = to;
        runs.back().rows += end - i;
      } else {
        runs.push_back(
            {.provider = name, .from = from, .to = to, .rows = end - i, .fetched_at = {}});
      }
      i = end;
    }
  }
  return runs;
}

std::vector<ProvenanceRun> one_per_provider(const std::vector<ProvenanceRun>& runs) {
  std::map<std::string, ProvenanceRun> sums;
  for (const ProvenanceRun& r : runs) {
    const auto [at, is_new] = sums.emplace(r.provider, r);
    if (is_new) continue;
    at->second.rows += r.rows;
    at->second.to = r.to;
  }
  std::vector<ProvenanceRun> out;
  out.reserve(sums.size());
  for (auto& [name, run] : sums) out.push_back(std::move(run));
  return out;
}

// The work of describe_year, step by step.
class Describer {
 public:
  explicit Describer(DescribeRequest request)
      : draft_(*request.draft),
        old_(request.old),
        history_(request.history),
        request_(std::move(request)) {}

  Result<YearMetadata> run() {
    m_ = history_;
    describe_file();
    CHANDLER_CHECK(describe_blocks());
    CHANDLER_CHECK(describe_provenance());
    CHANDLER_CHECK(describe_gaps());
    return std::move(m_);
  }

 private:
  void describe_file() {
    const EndMark mark = draft_.mark();
    m_.symbol = draft_.series.symbol.name();
    m_.timeframe = to_string(draft_.series.timeframe);
    m_.year = draft_.year;
    m_.content_sha256 = hex(mark.content);
    m_.start_date = mark.first;
    m_.end_date = mark.last;
    m_.rows = mark.rows;
    m_.columns = draft_.columns;
    m_.size_bytes = mark.bytes_before + encode_end_mark(mark).size();
    if (m_.created_at == Instant{}) m_.created_at = request_.now;
    m_.last_updated = request_.now;
  }

  Result<void> describe_blocks() {
    std::map<std::string, const BlockFacts*> known;
    for (const BlockFacts& b : history_.blocks) known.emplace(b.sha256, &b);
    m_.blocks.clear();
    std::uint64_t offset = 0;
    for (const DraftBlock& b : draft_.blocks) {
      BlockFacts facts{.offset = offset,
                       .size = b.info.member_size,
                       .rows = b.info.rows,
                       .first = b.info.first,
                       .last = b.info.last,
                       .sha256 = hex(b.info.sha256),
                       .warnings = {}};
      offset += b.info.member_size;
      const auto seen = known.find(facts.sha256);
      if (!b.kept) {
        facts.warnings = counted(b.suspicious);
      } else if (seen != known.end()) {
        facts.warnings = seen->second->warnings;
      } else {
        CHANDLER_TRY(const BlockRows rows, old_->rows(*old_->find(b.info.index)));
        facts.warnings = counted(find_suspicious(rows.bars));
      }
      m_.blocks.push_back(std::move(facts));
    }
    m_.warnings = summed(m_.blocks);
    return {};
  }

  Result<void> describe_provenance() {
    std::map<std::string, Instant> fetched;
    for (const ProvenanceRun& p : history_.provenance) {
      if (p.fetched_at) fetched[p.provider] = std::max(fetched[p.provider], *p.fetched_at);
    }
    if (request_.fetched_from) fetched[*request_.fetched_from] = request_.now;

    m_.provenance = provenance_of(draft_);
    CHANDLER_CHECK(fill_run_borders());
    std::map<std::string, std::uint64_t> rows;
    for (const ProvenanceRun& p : m_.provenance) rows[p.provider] += p.rows;
    if (m_.provenance.size() > kMaxProvenanceRuns) m_.provenance = one_per_provider(m_.provenance);
    for (ProvenanceRun& p : m_.provenance) {
      const auto at = fetched.find(p.provider);
      p.fetched_at = at != fetched.end() ? std::optional(at->second) : request_.fetched_by;
    }
    std::uint64_t most = 0;
    for (const auto& [name, count] : rows) {
      if (count > most) {
        most = count;
        m_.data_source = name;
      }
    }
    return {};
  }

  // Runs that begin or end inside a block need the times of its rows.
  Result<void> fill_run_borders() {
    std::size_t run = 0;
    std::uint64_t run_begin = 0;  // rows before the run
    std::uint64_t before = 0;     // rows before the block
    for (std::size_t b = 0; b < draft_.blocks.size(); ++b) {
      const std::uint64_t after = before + draft_.blocks[b].info.rows;
      std::vector<Instant> times;
      while (run < m_.provenance.size() && run_begin < after) {
        ProvenanceRun& p = m_.provenance[run];
        const std::uint64_t run_end = run_begin + p.rows;
        const bool needs_from = run_begin >= before && p.from == Instant::min();
        const bool needs_to = run_end <= after && p.to == Instant::min();
        if ((needs_from || needs_to) && times.empty()) {
          CHANDLER_TRY(times, timestamps(b));
        }
        if (needs_from) p.from = times[run_begin - before];
        if (needs_to) p.to = times[run_end - 1 - before];
        if (run_end > after) break;
        run_begin = run_end;
        ++run;
      }
      before = after;
    }
    return {};
  }

  Result<std::vector<Instant>> timestamps(std::size_t block) const {
    const DraftBlock& b = draft_.blocks[block];
    if (!b.kept) return b.timestamps;
    return old_->timestamps(*old_->find(b.info.index));
  }

  [[nodiscard]] TimeRange span() const {
    TimeRange rows{m_.start_date, m_.end_date + seconds{1}};
    return *hull(rows, m_.asked);
  }

  // Blocks of a 24/7 market that are full have no gap; only stretches between them are looked at
  // bar by bar.
  Result<Coverage> coverage() const {
    const Timeframe tf = draft_.series.timeframe;
    const TimeRange whole = span();
    const bool shortcut = request_.calendar.kind() == CalendarKind::always;
    Coverage sum;
    TimeRange stretch{whole.from, whole.from};
    std::vector<Instant> times;
    const auto finish = [&](Instant end) {
      stretch.to = end;
      if (!stretch.empty()) {
        const Coverage part = find_gaps(times, request_.calendar, tf, stretch);
        sum.expected += part.expected;
        sum.present += part.present;
        sum.missing += part.missing;
        sum.gaps.insert(sum.gaps.end(), part.gaps.begin(), part.gaps.end());
      }
      times.clear();
    };
    for (std::size_t b = 0; b < draft_.blocks.size(); ++b) {
      const BlockInfo& info = draft_.blocks[b].info;
      const TimeRange range = block_range(tf, draft_.year, info.index).intersect(whole);
      if (shortcut && request_.calendar.count_expected(tf, range) == info.rows) {
        finish(range.from);
        stretch.from = range.to;
        sum.expected += info.rows;
        sum.present += info.rows;
        continue;
      }
      CHANDLER_TRY(const std::vector<Instant> more, times_for_coverage(b));
      times.insert(times.end(), more.begin(), more.end());
    }
    finish(whole.to);
    return sum;
  }

  // Of a block that is kept, the metadata that describe it tell which bars are not there. That they
  // are right is seen by the number of rows; else, and for bars nobody expects, the rows are read.
  [[nodiscard]] Result<std::vector<Instant>> times_for_coverage(std::size_t b) const {
    const DraftBlock& block = draft_.blocks[b];
    const bool described = old_ != nullptr && history_.content_sha256 == hex(old_->mark().content);
    if (!block.kept || !described || request_.calendar.kind() == CalendarKind::none)
      return timestamps(b);
    const Timeframe tf = draft_.series.timeframe;
    const TimeRange range = block_range(tf, draft_.year, block.info.index);
    std::vector<Instant> times;
    times.reserve(block.info.rows);
    auto gap = history_.gap_list.begin();
    for (const SlotRun& run : request_.calendar.expected(tf, range)) {
      for (std::int64_t i = 0; i < run.count; ++i) {
        const Instant slot = run.first + i * run.step;
        while (gap != history_.gap_list.end() && gap->to < slot) ++gap;
        if (gap != history_.gap_list.end() && gap->from <= slot) continue;
        if (slot >= block.info.first && slot <= block.info.last) times.push_back(slot);
      }
    }
    if (times.size() == block.info.rows) return times;
    return timestamps(b);
  }

  Result<void> describe_gaps() {
    CHANDLER_TRY(Coverage found, coverage());
    CHANDLER_CHECK(describe_lost(found));
    std::vector<Instant> rejected;
    for (const RuleCount& r : m_.validation_errors)
      rejected.insert(rejected.end(), r.at.begin(), r.at.end());
    std::sort(rejected.begin(), rejected.end());
    m_.gap_list = annotate_gaps(found.gaps, history_.gap_list, rejected, request_.calendar,
                                draft_.series.timeframe);
    m_.expected_bars = static_cast<std::uint64_t>(found.expected);
    m_.present_bars = static_cast<std::uint64_t>(found.present);
    m_.missing_bars = 0;
    for (const Gap& g : m_.gap_list) m_.missing_bars += static_cast<std::uint64_t>(g.bars);
    m_.score =
        quality_score(found.present, found.expected, m_.confirmed_missing(),
                      static_cast<std::int64_t>(m_.rows), static_cast<std::int64_t>(m_.rejected()),
                      static_cast<std::int64_t>(m_.conflict_list.size()));
    return {};
  }

  // A lost range is whole again when as many rows as were lost are there. Where nothing is
  // expected, the loss itself is the gap.
  Result<void> describe_lost(Coverage& found) {
    std::vector<LostRange> still;
    for (LostRange& lost : m_.lost) {
      std::uint64_t rows = 0;
      for (std::size_t b = 0; b < draft_.blocks.size(); ++b) {
        const BlockInfo& info = draft_.blocks[b].info;
        if (info.last < lost.from || info.first > lost.to) continue;
        CHANDLER_TRY(const std::vector<Instant> times, timestamps(b));
        const auto first = std::lower_bound(times.begin(), times.end(), lost.from);
        rows += static_cast<std::uint64_t>(std::upper_bound(first, times.end(), lost.to) - first);
      }
      if (rows >= lost.rows) continue;
      if (request_.calendar.kind() == CalendarKind::none) {
        std::erase_if(found.gaps,
                      [&](const Gap& g) { return g.from <= lost.to && g.to >= lost.from; });
        found.gaps.push_back({.from = lost.from,
                              .to = lost.to,
                              .bars = static_cast<std::int64_t>(lost.rows - rows)});
      }
      still.push_back(std::move(lost));
    }
    std::sort(found.gaps.begin(), found.gaps.end(),
              [](const Gap& a, const Gap& b) { return a.from < b.from; });
    m_.lost = std::move(still);
    return {};
  }

  const YearDraft& draft_;
  const YearFile* old_;
  YearMetadata history_;
  DescribeRequest request_;
  YearMetadata m_;
};

}  // namespace

Result<YearMetadata> describe_year(DescribeRequest request) {
  return Describer(std::move(request)).run();
}

}  // namespace chandler::store
