#include "store/metadata.h"

#include <gtest/gtest.h>

#include <cmath>

namespace chandler::store {
namespace {

Instant at(const char* text) { return *parse_exact(text); }

// Every field set, every list with something in it.
YearMetadata full() {
  YearMetadata m;
  m.symbol = "BTCUSDT";
  m.timeframe = "5m";
  m.year = 2024;
  m.asset_class = AssetClass::crypto;
  m.data_source = "binance";
  m.content_sha256 = std::string(64, 'a');
  m.created_at = at("2024-01-02 00:00:00");
  m.last_updated = at("2024-01-03 00:00:00");
  m.start_date = at("2024-01-01 00:00:00");
  m.end_date = at("2024-01-01 23:55:00");
  m.derived_from = DerivedFrom{.timeframe = Timeframe::m1,
                               .content_sha256 = std::string(64, 'b'),
                               .blocks = {"0:deadbeef1", "1:deadbeef2"},
                               .next = {"0:deadbeef3"},
                               .pending = at("2024-01-02 00:05:00")};
  m.asked = TimeRange{at("2024-01-01 00:00:00"), at("2024-01-02 00:00:00")};
  m.score = 0.9921;
  m.validation_errors = {{Rule::high_below_body,
                          2,
                          at("2024-01-01 03:00:00"),
                          {at("2024-01-01 03:00:00"), at("2024-01-01 04:00:00")}},
                         {Rule::bad_line, 1, {}, {}}};
  m.mended = {{Rule::duplicate, 3, at("2024-01-01 05:00:00"), {at("2024-01-01 05:00:00")}},
              {Rule::outside_session, 4, at("2024-01-01 06:00:00"), {}}};
  m.warnings = {{Rule::price_spike, 1, at("2024-01-01 07:00:00"), {}}};
  m.missing_bars = 2;
  m.present_bars = 286;
  m.expected_bars = 288;
  m.gap_list = {
      {at("2024-01-01 01:00:00"), at("2024-01-01 01:00:00"), 1, GapState::open, GapCause::unknown},
      {at("2024-01-01 02:00:00"), at("2024-01-01 02:00:00"), 1, GapState::confirmed,
       GapCause::venue_outage}};
  BarSeries old;
  old.columns.add(Column::vwap);
  old.resize(1);
  old.timestamp[0] = at("2024-01-01 03:00:00");
  old.close[0] = 42000.5;
  m.conflict_list = {{at("2024-01-01 03:00:00"), "binance", 42000.5, 42000.7, {{"yahoo", old}}}};
  m.incomplete_list = {{at("2024-01-01 08:00:00"), at("2024-01-01 08:05:00"), 2}};
  m.size_bytes = 12345;
  m.rows = 286;
  m.columns.add(Column::vwap);
  m.blocks = {{0,
               12000,
               286,
               at("2024-01-01 00:00:00"),
               at("2024-01-01 23:55:00"),
               std::string(64, 'c'),
               {{Rule::price_spike, 1, at("2024-01-01 07:00:00"), {}}}}};
  m.reliability = 0.95;
  m.rate_limit = "6000/minute";
  m.provenance = {{"binance", at("2024-01-01 00:00:00"), at("2024-01-01 23:55:00"), 286,
                   at("2024-01-02 00:00:00")},
                  {"yahoo", at("2024-01-01 12:00:00"), at("2024-01-01 12:00:00"), 1, {}}};
  m.lost = {{".2024.damaged.1a2b3c4d", at("2024-01-01 09:00:00"), at("2024-01-01 10:00:00"), 12}};
  m.rebuilt = {{"at", "2024-01-03T00:00:00"}, {"reason", "the metadata was missing"}};
  return m;
}

Json printed(const YearMetadata& m) { return Json::parse(print_metadata(m)); }

TEST(Metadata, ComesBackWithEveryField) {
  const YearMetadata m = full();

  const auto back = parse_metadata(print_metadata(m), "");

  ASSERT_TRUE(back) << back.error().line();
  EXPECT_EQ(print_metadata(*back), print_metadata(m));
  EXPECT_EQ(back->symbol, "BTCUSDT");
  EXPECT_EQ(back->asset_class, AssetClass::crypto);
  EXPECT_EQ(back->derived_from->next, m.derived_from->next);
  EXPECT_EQ(back->derived_from->pending, m.derived_from->pending);
  EXPECT_EQ(back->asked, m.asked);
  EXPECT_EQ(back->gap_list, m.gap_list);
  EXPECT_EQ(back->validation_errors[0].at, m.validation_errors[0].at);
  ASSERT_EQ(back->conflict_list.size(), 1U);
  EXPECT_TRUE(
      identical(back->conflict_list[0].replaced[0].row, m.conflict_list[0].replaced[0].row));
  EXPECT_EQ(back->columns, m.columns);
  EXPECT_EQ(back->provenance[1].fetched_at, std::nullopt);
  EXPECT_EQ(back->lost[0].file, m.lost[0].file);
  EXPECT_EQ(back->reliability, 0.95);
  EXPECT_EQ(back->rejected(), 3U);
  EXPECT_EQ(back->incomplete(), 2U);
  EXPECT_EQ(back->confirmed_missing(), 1);
  EXPECT_EQ(back->count(back->mended, Rule::outside_session), 4U);
  EXPECT_EQ(back->count(back->mended, Rule::bad_line), 0U);
}

TEST(Metadata, HoldsWhatTheFormatPromises) {
  const Json j = printed(full());

  for (const char* key :
       {"schema_version", "symbol", "timeframe", "year", "timezone", "data_source", "derived_from",
        "content_sha256", "created_at", "last_updated", "start_date", "end_date", "data_quality",
        "file_info", "provider_info", "provenance"}) {
    EXPECT_TRUE(j.contains(key)) << key;
  }
  for (const char* key : {"score", "validation_errors", "gaps", "missing_bars", "expected_bars",
                          "duplicates", "conflicts", "rejected", "gap_list", "conflict_list"}) {
    EXPECT_TRUE(j["data_quality"].contains(key)) << key;
  }
  EXPECT_EQ(j["schema_version"], 1);
  EXPECT_EQ(j["timezone"], "UTC");
  EXPECT_EQ(j["derived_from"]["timeframe"], "1m");
  EXPECT_EQ(j["created_at"], "2024-01-02T00:00:00");
  EXPECT_EQ(j["data_quality"]["gaps"], 2);
  EXPECT_EQ(j["data_quality"]["duplicates"], 3);
  EXPECT_EQ(j["data_quality"]["conflicts"], 1);
  EXPECT_EQ(j["data_quality"]["rejected"], 3);
  EXPECT_EQ(j["data_quality"]["validation_errors"][0]["rule"], "high_below_body");
  EXPECT_EQ(j["data_quality"]["conflict_list"][0]["close"], Json({42000.5, 42000.7}));
  EXPECT_EQ(j["file_info"]["format"], "csv.gz");
  EXPECT_EQ(j["file_info"]["columns"],
            Json({"timestamp", "open", "high", "low", "close", "volume", "vwap"}));
  EXPECT_EQ(j["provider_info"]["name"], "binance");
}

TEST(Metadata, OfAFetchedFrameIsDerivedFromNull) {
  YearMetadata m = full();
  m.derived_from.reset();
  m.asked.reset();
  m.lost.clear();

  const Json j = printed(m);

  EXPECT_TRUE(j.contains("derived_from") && j["derived_from"].is_null());
  EXPECT_FALSE(j.contains("lost"));
  EXPECT_FALSE(parse_metadata(j.dump(), "")->derived_from);
}

// Puts a key nobody knows into every object of the document.
void plant(Json& j) {
  if (j.is_object()) {
    for (auto& [key, value] : j.items()) plant(value);
    j["x_unknown"] = {{"deep", {1, 2, 3}}};
  } else if (j.is_array()) {
    for (Json& element : j) plant(element);
  }
}

TEST(Metadata, KeepsUnknownKeysOnEveryLevel) {
  Json planted = printed(full());
  plant(planted);

  const auto back = parse_metadata(planted.dump(), "");

  ASSERT_TRUE(back) << back.error().line();
  EXPECT_EQ(printed(*back), planted);
}

TEST(Metadata, UnknownKeysFollowTheirListEntryAndGoWithIt) {
  Json planted = printed(full());
  plant(planted);
  YearMetadata m = *parse_metadata(planted.dump(), "");
  m.gap_list.erase(m.gap_list.begin());
  m.gap_list.push_back({at("2024-01-01 11:00:00"), at("2024-01-01 11:00:00"), 1});
  m.blocks[0].sha256 = std::string(64, 'd');

  const Json j = printed(m);

  const Json& gaps = j["data_quality"]["gap_list"];
  ASSERT_EQ(gaps.size(), 2U);
  EXPECT_EQ(gaps[0]["from"], "2024-01-01T02:00:00");
  EXPECT_TRUE(gaps[0].contains("x_unknown"));
  EXPECT_FALSE(gaps[1].contains("x_unknown"));
  EXPECT_FALSE(j["file_info"]["blocks"][0].contains("x_unknown")) << "it spoke of other rows";
}

TEST(Metadata, KnownKeysThatFellAwayDoNotComeBack) {
  YearMetadata m = *parse_metadata(print_metadata(full()), "");
  m.validation_errors[0].at.clear();
  m.blocks[0].warnings.clear();
  m.lost.clear();
  m.derived_from.reset();

  const Json j = printed(m);

  EXPECT_FALSE(j["data_quality"]["validation_errors"][0].contains("at"));
  EXPECT_FALSE(j["file_info"]["blocks"][0].contains("warnings"));
  EXPECT_FALSE(j.contains("lost"));
  EXPECT_TRUE(j["derived_from"].is_null());
}

TEST(Metadata, OfANewerChandlerIsToldApart) {
  for (const char* version : {"2", "99", "4294967297", "2.5"}) {
    Json j = printed(full());
    j["schema_version"] = Json::parse(version);
    j["symbol"] = {{"entirely", "different"}};
    const auto m = parse_metadata(j.dump(), "BTCUSDT/5m/2024.metadata.json");
    ASSERT_FALSE(m);
    EXPECT_EQ(m.error().kind, ErrorKind::newer_schema) << version;
    EXPECT_NE(m.error().line().find("BTCUSDT/5m/2024.metadata.json"), std::string::npos);
    EXPECT_NE(m.error().hint, "");
  }
}

TEST(Metadata, WithoutAnEssentialKeyIsNone) {
  const Json good = printed(full());
  for (const char* key :
       {"schema_version", "symbol", "timeframe", "year", "data_source", "content_sha256",
        "created_at", "last_updated", "start_date", "end_date", "data_quality", "file_info"}) {
    Json j = good;
    j.erase(key);
    const auto m = parse_metadata(j.dump(), "x.json");
    ASSERT_FALSE(m) << key;
    EXPECT_EQ(m.error().kind, ErrorKind::data) << key;
    EXPECT_EQ(m.error().where, "x.json");
  }
}

TEST(Metadata, WithoutLaterAdditionsIsStillRead) {
  Json j = printed(full());
  for (const char* key : {"asset_class", "asked", "lost", "rebuilt"}) j.erase(key);
  for (const char* key : {"warnings", "mended", "present_bars", "incomplete_list"})
    j["data_quality"].erase(key);
  j["data_quality"]["conflict_list"][0].erase("replaced");
  j["derived_from"].erase("blocks");

  const auto m = parse_metadata(j.dump(), "");

  ASSERT_TRUE(m) << m.error().line();
  EXPECT_EQ(m->asset_class, AssetClass::unknown);
  EXPECT_TRUE(m->conflict_list[0].replaced.empty());
}

// Every value of the document replaced by values of every other type: an answer, never a crash.
void for_each_place(Json& root, Json& j, const std::function<void()>& visit) {
  const Json values[] = {nullptr,
                         true,
                         -7,
                         1.5,
                         "text",
                         Json::array(),
                         Json::object(),
                         Json::array({1}),
                         "2024-02-30T00:00:00"};
  for (const Json& value : values) {
    const Json kept = j;
    if (kept.type() == value.type() && !kept.is_string()) continue;
    j = value;
    visit();
    j = kept;
  }
  if (j.is_structured()) {
    for (Json& child : j) for_each_place(root, child, visit);
  }
}

TEST(Metadata, AnyValueOfAWrongTypeIsAnErrorOrHarmless) {
  Json j = printed(full());
  std::size_t refused = 0;
  std::size_t places = 0;
  for_each_place(j, j, [&] {
    const auto m = parse_metadata(j.dump(), "x.json");
    ++places;
    if (!m) {
      EXPECT_TRUE(m.error().kind == ErrorKind::data || m.error().kind == ErrorKind::newer_schema);
      EXPECT_EQ(m.error().line().find('\n'), std::string::npos);
      ++refused;
      return;
    }
    static_cast<void>(print_metadata(*m));
  });
  EXPECT_GT(refused, places / 2);
}

TEST(Metadata, UnknownNamesAreRefused) {
  const auto refused = [](const std::function<void(Json&)>& change) {
    Json j = printed(full());
    change(j);
    return !parse_metadata(j.dump(), "");
  };

  EXPECT_TRUE(refused([](Json& j) { j["asset_class"] = "bond"; }));
  EXPECT_TRUE(refused([](Json& j) { j["derived_from"]["timeframe"] = "7m"; }));
  EXPECT_TRUE(refused([](Json& j) { j["data_quality"]["gap_list"][0]["state"] = "lost"; }));
  EXPECT_TRUE(refused([](Json& j) { j["data_quality"]["gap_list"][0]["cause"] = "weather"; }));
  EXPECT_TRUE(refused([](Json& j) { j["data_quality"]["validation_errors"][0]["rule"] = "?"; }));
  EXPECT_TRUE(refused([](Json& j) { j["created_at"] = "yesterday"; }));
}

TEST(Metadata, CutAnywhereIsNone) {
  const std::string text = print_metadata(full());
  for (std::size_t size = 0; size + 2 < text.size(); size += 7)
    EXPECT_FALSE(parse_metadata(text.substr(0, size), "")) << size;
}

TEST(Metadata, UnknownValuesOfReplacedRowsStayUnknown) {
  YearMetadata m = full();
  m.conflict_list[0].replaced[0].row.vwap[0] = kUnknown;

  const auto back = parse_metadata(print_metadata(m), "");

  ASSERT_TRUE(back);
  EXPECT_TRUE(std::isnan(back->conflict_list[0].replaced[0].row.vwap[0]));
}

}  // namespace
}  // namespace chandler::store
