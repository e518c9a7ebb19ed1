// Sources: the exchange's published holiday rules; gerrymanoim/exchange_calendars
// (tests/resources/xnys.csv) and QuantConnect/Lean (Data/market-hours), which agree on every day
// from 1998 to 2026.
#include "calendar/us_holidays.h"

#include <algorithm>
#include <array>

namespace chandler::calendar {
namespace {

using date::days;
using date::sys_days;
using date::year;
using date::year_month_day;

// Dates as they are read: 20010911.
constexpr std::array kIrregularClosures = {
    19721107, 19721228, 19730125, 19761102, 19770714, 19801104,
    19850927,  // elections, funerals, blackout, storm
    19940427, 20010911, 20010912, 20010913, 20010914, 20040611,
    20070102, 20121029, 20121030, 20181205, 20250109};

constexpr std::array kEarlyCloses = {
    19901224, 19911224, 19921127, 19921224, 19931126, 19941125, 19950703, 19951124, 19960705,
    19961129, 19961224, 19970703, 19971128, 19971224, 19971226, 19981127, 19981224, 19991126,
    19991231, 20000703, 20001124, 20010703, 20011123, 20011224, 20020705, 20021129, 20021224,
    20030703, 20031128, 20031224, 20031226, 20041126, 20051125, 20060703, 20061124, 20070703,
    20071123, 20071224, 20080703, 20081128, 20081224, 20091127, 20091224, 20101126, 20111125,
    20120703, 20121123, 20121224, 20130703, 20131129, 20131224, 20140703, 20141128, 20141224,
    20151127, 20151224, 20161125, 20170703, 20171124, 20180703, 20181123, 20181224, 20190703,
    20191129, 20191224, 20201127, 20201224, 20211126, 20221125, 20230703, 20231124, 20240703,
    20241129, 20241224, 20250703, 20251128, 20251224, 20261127, 20261224};
constexpr int kLastListedYear = 2026;

static_assert(std::is_sorted(kIrregularClosures.begin(), kIrregularClosures.end()));
static_assert(std::is_sorted(kEarlyCloses.begin(), kEarlyCloses.end()));

template <std::size_t N>
bool listed(const std::array<int, N>& dates, year_month_day day) {
  const int number =
      static_cast<int>(day.year()) * 10000 +
      static_cast<int>(static_cast<unsigned>(day.month()) * 100 + static_cast<unsigned>(day.day()));
  return std::binary_search(dates.begin(), dates.end(), number);
}

// A holiday on a Saturday is kept on Friday, one on a Sunday on Monday.
sys_days observed(sys_days holiday) {
  const date::weekday w{holiday};
  if (w == date::Saturday) return holiday - days{1};
  if (w == date::Sunday) return holiday + days{1};
  return holiday;
}

// New Year's Day on a Saturday is not kept at all: the Friday belongs to the old year's accounts.
sys_days new_years_day(year y) {
  const sys_days day = y / date::January / 1;
  return date::weekday{day} == date::Saturday ? day : observed(day);
}

// The Gregorian computus in the form of Meeus, Jones and Butcher.
sys_days easter(year y) {
  const int v = static_cast<int>(y);
  const int a = v % 19;
  const int b = v / 100;
  const int c = v % 100;
  const int g = (8 * b + 13) / 25;
  const int h = (19 * a + b - b / 4 - g + 15) % 30;
  const int l = (32 + 2 * (b % 4) + 2 * (c / 4) - h - c % 4) % 7;
  const int m = (a + 11 * h + 22 * l) / 451;
  const int n = h + l - 7 * m + 114;
  return y / (n / 31) / (n % 31 + 1);
}

// Every holiday is kept in its own month.
bool holiday(sys_days day, year_month_day ymd) {
  using namespace date::literals;
  const year y = ymd.year();
  const bool mondays = y >= 1971_y;  // the Uniform Monday Holiday Act
  switch (static_cast<unsigned>(ymd.month())) {
    case 1:
      return day == new_years_day(y) || (y >= 1998_y && day == sys_days{y / 1 / date::Monday[3]});
    case 2:
      return day == (mondays ? sys_days{y / 2 / date::Monday[3]} : observed(y / 2 / 22));
    case 3:
    case 4:
      return day == easter(y) - days{2};
    case 5:
      return day == (mondays ? sys_days{y / 5 / date::Monday[date::last]} : observed(y / 5 / 30));
    case 6:
      return y >= 2022_y && day == observed(y / 6 / 19);
    case 7:
      return day == observed(y / 7 / 4);
    case 9:
      return day == sys_days{y / 9 / date::Monday[1]};
    case 11:
      return day == sys_days{y / 11 / date::Thursday[4]};
    case 12:
      return day == observed(y / 12 / 25);
    default:
      return false;
  }
}

// Today's rule: the day after Thanksgiving, Christmas Eve from Monday to Thursday, 3 July when it
// and the 4th are both ordinary weekdays.
bool closes_early_by_rule(sys_days day, year y) {
  const unsigned weekday = date::weekday{day}.iso_encoding();
  if (day == sys_days{y / 11 / date::Thursday[4]} + days{1}) return true;
  return weekday <= 4 && (day == sys_days{y / 12 / 24} || day == sys_days{y / 7 / 3});
}

}  // namespace

UsDay us_day(year_month_day ymd) {
  const sys_days day{ymd};
  const int y = static_cast<int>(ymd.year());
  if (date::weekday{day}.iso_encoding() > 5 || holiday(day, ymd) ||
      listed(kIrregularClosures, ymd)) {
    return UsDay::closed;
  }
  const bool early =
      y <= kLastListedYear ? listed(kEarlyCloses, ymd) : closes_early_by_rule(day, ymd.year());
  if (!early) return UsDay::full;
  return y < 1993 ? UsDay::until_14 : UsDay::until_13;
}

}  // namespace chandler::calendar
