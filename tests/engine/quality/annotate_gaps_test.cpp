#include <gtest/gtest.h>

#include <random>

#include "chandler/quality.h"
#include "tests/engine/quality/series.h"

namespace chandler {
namespace {

const Calendar kAlways(CalendarKind::always);

Instant hour(int h) { return at("2024-03-11") + std::chrono::hours{h}; }
Gap gap(int from, int to, GapState state = GapState::open, GapCause cause = GapCause::unknown) {
  return {hour(from), hour(to), to - from + 1, state, cause};
}

std::vector<Gap> annotate(const std::vector<Gap>& found, const std::vector<Gap>& known,
                          const std::vector<Instant>& rejected = {}) {
  return annotate_gaps(found, known, rejected, kAlways, Timeframe::h1);
}

constexpr auto kConfirmed = GapState::confirmed;
constexpr auto kOpen = GapState::open;

TEST(AnnotateGaps, LeavesNewGapsOpenAndUnknown) {
  const std::vector<Gap> found = {gap(2, 3), gap(7, 7)};

  EXPECT_EQ(annotate(found, {}), found);
  EXPECT_EQ(annotate(found, {gap(4, 6, kConfirmed), gap(8, 9, kConfirmed)}), found);
  EXPECT_TRUE(annotate({}, {gap(4, 6)}).empty());
}

TEST(AnnotateGaps, CarriesStateAndCauseOver) {
  const std::vector<Gap> known = {gap(2, 3, kConfirmed, GapCause::halt),
                                  gap(7, 8, kOpen, GapCause::fetch_failed)};

  EXPECT_EQ(annotate({gap(2, 3), gap(7, 8)}, known), known);
}

TEST(AnnotateGaps, SplitsWhereAKnownGapBeginsOrEnds) {
  EXPECT_EQ(annotate({gap(0, 9)}, {gap(2, 4, kConfirmed, GapCause::no_trades)}),
            (std::vector<Gap>{gap(0, 1), gap(2, 4, kConfirmed, GapCause::no_trades), gap(5, 9)}));
  EXPECT_EQ(annotate({gap(3, 6)}, {gap(0, 4, kConfirmed), gap(6, 9, kConfirmed)}),
            (std::vector<Gap>{gap(3, 4, kConfirmed), gap(5, 5), gap(6, 6, kConfirmed)}));
}

TEST(AnnotateGaps, TakesKnownGapsInAnyOrderAndJoinsEqualNeighbours) {
  EXPECT_EQ(annotate({gap(0, 9)}, {gap(5, 9, kConfirmed), gap(0, 4, kConfirmed)}),
            (std::vector<Gap>{gap(0, 9, kConfirmed)}));
  EXPECT_EQ(annotate({gap(0, 3), gap(5, 9)}, {gap(0, 9, kConfirmed)}),
            (std::vector<Gap>{gap(0, 3, kConfirmed), gap(5, 9, kConfirmed)}));
}

TEST(AnnotateGaps, TakesTheFirstOfKnownGapsThatOverlap) {
  EXPECT_EQ(annotate({gap(0, 9)}, {gap(0, 5, kConfirmed), gap(3, 4, kOpen, GapCause::halt)}),
            (std::vector<Gap>{gap(0, 5, kConfirmed), gap(6, 9)}));
}

TEST(AnnotateGaps, NamesRejectedSlotsUnlessACauseIsKnown) {
  const std::vector<Instant> rejected = {hour(0), hour(1), hour(1), hour(4), hour(7), hour(20)};

  EXPECT_EQ(annotate({gap(0, 5)}, {}, rejected),
            (std::vector<Gap>{gap(0, 1, kOpen, GapCause::rejected), gap(2, 3),
                              gap(4, 4, kOpen, GapCause::rejected), gap(5, 5)}));
  EXPECT_EQ(annotate({gap(6, 8)}, {gap(6, 8, kConfirmed)}, rejected),
            (std::vector<Gap>{gap(6, 6, kConfirmed), gap(7, 7, kConfirmed, GapCause::rejected),
                              gap(8, 8, kConfirmed)}));
  EXPECT_EQ(annotate({gap(6, 8)}, {gap(6, 8, kConfirmed, GapCause::halt)}, rejected),
            (std::vector<Gap>{gap(6, 8, kConfirmed, GapCause::halt)}));
}

TEST(AnnotateGaps, CountsOnlyExpectedSlots) {
  const Calendar calendar(CalendarKind::us_equities);
  const Gap week{at("2024-03-13"), at("2024-03-19"), 5};
  const Gap known{at("2024-03-15"), at("2024-03-18"), 2, kConfirmed, GapCause::halt};

  EXPECT_EQ(annotate_gaps({week}, {known}, {}, calendar, Timeframe::d1),
            (std::vector<Gap>{{at("2024-03-13"), at("2024-03-14"), 2},
                              known,
                              {at("2024-03-19"), at("2024-03-19"), 1}}));
}

TEST(AnnotateGaps, PiecesWithoutASlotVanish) {
  const Calendar calendar(CalendarKind::us_equities);
  const Gap found{at("2024-03-15"), at("2024-03-18"), 2};
  const Gap weekend{at("2024-03-16"), at("2024-03-17"), 2, kConfirmed};

  EXPECT_EQ(annotate_gaps({found}, {weekend}, {}, calendar, Timeframe::d1),
            (std::vector<Gap>{found}));
}

TEST(AnnotateGaps, WorksOnTheGridWhereNothingIsExpected) {
  const Calendar calendar(CalendarKind::none);
  const Instant odd = hour(3) + seconds{1};

  EXPECT_EQ(annotate_gaps({gap(2, 8)}, {gap(4, 5, kConfirmed)}, std::vector{odd, hour(7)}, calendar,
                          Timeframe::h1),
            (std::vector<Gap>{gap(2, 3), gap(4, 5, kConfirmed), gap(6, 6),
                              gap(7, 7, kOpen, GapCause::rejected), gap(8, 8)}));
}

TEST(AnnotateGaps, AgreesWithAPlainVersionSlotBySlot) {
  std::mt19937_64 random(22);
  for (int round = 0; round < 500; ++round) {
    std::vector<Gap> found;
    std::vector<Gap> known;
    std::vector<Instant> rejected;
    for (auto* gaps : {&found, &known}) {
      for (int from = static_cast<int>(random() % 5); from < 100;) {
        const int to = from + static_cast<int>(random() % 12);
        gaps->push_back(gaps == &found ? gap(from, to)
                                       : gap(from, to, static_cast<GapState>(random() % 2),
                                             static_cast<GapCause>(random() % 3)));
        from = to + 1 + static_cast<int>(random() % 6) + (gaps == &found ? 1 : 0);
      }
    }
    for (int h = 0; h < 110; ++h) {
      if (random() % 5 == 0) rejected.push_back(hour(h));
    }
    std::vector<Gap> plain;
    for (const Gap& whole : found) {
      const std::size_t before = plain.size();
      for (Instant slot = whole.from; slot <= whole.to; slot += seconds{3600}) {
        Gap one{slot, slot, 1};
        for (const Gap& k : known) {
          if (k.from <= slot && slot <= k.to) one = {slot, slot, 1, k.state, k.cause};
        }
        const bool was_rejected =
            std::find(rejected.begin(), rejected.end(), slot) != rejected.end();
        if (one.cause == GapCause::unknown && was_rejected) one.cause = GapCause::rejected;
        if (plain.size() > before && plain.back().state == one.state &&
            plain.back().cause == one.cause) {
          plain.back().to = slot;
          ++plain.back().bars;
        } else {
          plain.push_back(one);
        }
      }
    }

    ASSERT_EQ(annotate(found, known, rejected), plain) << round;
  }
}

}  // namespace
}  // namespace chandler
