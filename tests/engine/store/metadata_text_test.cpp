// The short way against the general one: the same bytes, the same values, or nothing.
#include "store/metadata_text.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace chandler::store {
namespace {

class Maker {
 public:
  explicit Maker(unsigned seed) : random_(seed) {}

  std::uint64_t below(std::uint64_t n) { return random_() % n; }
  bool maybe() { return below(2) == 0; }

  Instant time() { return from_epoch(static_cast<std::int64_t>(below(4'000'000'000))); }
  std::string hash() {
    std::string text;
    for (int i = 0; i < 64; ++i) text += "0123456789abcdef"[below(16)];
    return text;
  }
  std::string name() {
    constexpr const char* kNames[] = {"binance", "alpaca:iex", "import", "a b/c (d)", ""};
    return kNames[below(5)];
  }
  std::vector<RuleCount> counts(bool with_times) {
    std::vector<RuleCount> all;
    for (const Rule rule : {Rule::price_spike, Rule::high_below_body, Rule::duplicate,
                            Rule::outside_session, Rule::bad_line}) {
      if (below(3) != 0) continue;
      RuleCount& one = all.emplace_back(RuleCount{.rule = rule, .count = below(1000)});
      if (maybe()) one.first = time();
      for (std::uint64_t n = with_times ? below(4) : 0; n > 0; --n) one.at.push_back(time());
    }
    return all;
  }

  YearMetadata year() {
    YearMetadata m;
    m.symbol = "BTC-USD=X";
    m.timeframe = "1m";
    m.year = 2024;
    m.asset_class = maybe() ? AssetClass::crypto : AssetClass::unknown;
    m.data_source = name();
    m.content_sha256 = hash();
    for (Instant* t : {&m.created_at, &m.last_updated, &m.start_date, &m.end_date}) *t = time();
    if (maybe()) m.asked = TimeRange{time(), time()};
    if (maybe()) {
      DerivedFrom& d = m.derived_from.emplace();
      d.timeframe = Timeframe::m15;
      d.content_sha256 = hash();
      for (std::uint64_t n = below(4); n > 0; --n) d.blocks.push_back("12:" + hash().substr(0, 12));
      for (std::uint64_t n = below(3); n > 0; --n) d.next.push_back("0:" + hash().substr(0, 12));
      if (maybe()) d.pending = time();
    }
    m.score = maybe() ? 1 : static_cast<double>(below(10'000)) / 10'000;
    m.validation_errors = counts(true);
    m.mended = counts(true);
    m.warnings = counts(false);
    m.missing_bars = below(1000);
    m.present_bars = below(600'000);
    m.expected_bars = below(600'000);
    for (std::uint64_t n = below(4); n > 0; --n) {
      Gap& gap = m.gap_list.emplace_back(
          Gap{.from = time(), .to = time(), .bars = static_cast<std::int64_t>(below(5000))});
      gap.state = maybe() ? GapState::confirmed : GapState::open;
      gap.cause = maybe() ? GapCause::venue_outage : GapCause::unknown;
      if (maybe()) gap.confirmed_at = time();
      if (maybe()) gap.confirmed_by = "binance, yahoo";
    }
    for (std::uint64_t n = below(3); n > 0; --n)
      m.incomplete_list.push_back({time(), time(), below(9)});
    m.size_bytes = random_();
    m.rows = below(600'000);
    if (maybe()) m.columns.add(Column::vwap).add(Column::trade_count);
    if (maybe()) m.columns.add(Column::adj_close).add(Column::turnover);
    for (std::uint64_t n = below(4); n > 0; --n) {
      m.blocks.push_back({below(1'000'000), below(100'000), static_cast<std::uint32_t>(below(4097)),
                          time(), time(), hash(), counts(false)});
    }
    if (maybe()) m.reliability = static_cast<double>(below(101)) / 100;
    if (maybe()) m.rate_limit = "6000/minute";
    if (maybe()) m.adjustment = "raw";
    for (std::uint64_t n = below(4); n > 0; --n) {
      ProvenanceRun& run = m.provenance.emplace_back(
          ProvenanceRun{.provider = name(), .from = time(), .to = time()});
      run.rows = below(5000);
      if (maybe()) run.fetched_at = time();
    }
    return m;
  }

 private:
  std::mt19937_64 random_;
};

TEST(MetadataText, PrintsAndReadsAsTheGeneralWayDoes) {
  Maker maker(1);
  for (int i = 0; i < 500; ++i) {
    const YearMetadata m = maker.year();
    const std::string general = print_metadata_document(m);

    const auto plain = print_plain(m);
    const auto back = read_plain(general);

    ASSERT_TRUE(plain);
    ASSERT_EQ(*plain, general);
    ASSERT_TRUE(back) << general;
    const auto document = parse_metadata_document(general, "");
    ASSERT_TRUE(document) << document.error().line();
    EXPECT_EQ(print_metadata_document(*back), general);
    EXPECT_EQ(print_metadata_document(*document), general);
    EXPECT_EQ(back->rejected(), document->rejected());
    EXPECT_EQ(back->derived_from, document->derived_from);
  }
}

TEST(MetadataText, LeavesTheUnusualToTheGeneralWay) {
  Maker maker(2);
  const YearMetadata usual = maker.year();
  ASSERT_TRUE(print_plain(usual));
  const auto refused = [&](const auto& change) {
    YearMetadata m = usual;
    change(m);
    return !print_plain(m) && !read_plain(print_metadata_document(m));
  };

  EXPECT_TRUE(refused([](YearMetadata& m) { m.document["ours"] = 1; }));
  EXPECT_TRUE(refused([](YearMetadata& m) { m.symbol = "A\"B"; }));
  EXPECT_TRUE(refused([](YearMetadata& m) { m.data_source = "\xc3\xa9"; }));
  EXPECT_TRUE(refused([](YearMetadata& m) { m.lost = {{"a", {}, {}, 1}}; }));
  EXPECT_TRUE(refused([](YearMetadata& m) { m.healed = {"a"}; }));
  EXPECT_TRUE(refused([](YearMetadata& m) { m.rebuilt = {{"at", "now"}}; }));
  EXPECT_TRUE(refused([](YearMetadata& m) { m.conflict_list.push_back({.kept = "a"}); }));
}

// A text that was changed is either read as the general way reads it, or left to it.
TEST(MetadataText, AgreesOnChangedTextsOrStaysOut) {
  Maker maker(3);
  constexpr std::string_view kBytes = "0123456789.,:\"[]{}-+eE \nabTnul\\\x80";
  int read = 0;
  for (int i = 0; i < 1500; ++i) {
    std::string text = print_metadata_document(maker.year());
    const std::size_t at = maker.below(text.size());
    const char byte = kBytes[maker.below(kBytes.size())];
    if (maker.below(3) == 0) {
      text.erase(at, 1 + maker.below(8));
    } else if (maker.maybe()) {
      text[at] = byte;
    } else {
      text.insert(at, 1, byte);
    }
    const auto plain = read_plain(text);
    if (!plain) continue;
    ++read;
    const auto general = parse_metadata_document(text, "");
    ASSERT_TRUE(general) << general.error().line() << "\n" << text;
    EXPECT_EQ(print_metadata_document(*plain), print_metadata_document(*general));
  }
  EXPECT_GT(read, 30);
}

}  // namespace
}  // namespace chandler::store
