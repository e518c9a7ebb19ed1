#include "run/fetch_lane.h"

#include <algorithm>
#include <exception>
#include <new>
#include <utility>

#include "run/stopwatch.h"

namespace chandler {
namespace {

// Missing for so long at the beginning: not listed yet. Else it may be a holiday, or a quiet market.
constexpr seconds kListingNoise = std::chrono::hours{24 * 7};

// Bars may be that late; a hole that is no older is not confirmed.
constexpr seconds kLate = std::chrono::hours{24};

// Most errors name their provider themselves.
std::string told_by(const std::string& provider, const Error& error) {
  const std::string line = error.line();
  return line.find(provider) != std::string::npos ? line : provider + ": " + line;
}

// Runs on a thread where nobody else would catch what a provider throws: it is that provider's
// failure, as an error that it returns would be.
template <class Call>
auto caught(const Call& call) -> decltype(call()) {
  try {
    return call();
  } catch (const std::bad_alloc&) {
    return Error{ErrorKind::io, "out of memory", "",
                 "ask for a shorter range or fewer series at once"};
  } catch (const std::exception& e) {
    return Error{ErrorKind::io, std::string("an unexpected failure: ") + e.what(), "",
                 "report it, and meanwhile use another provider"};
  }
}

Error interrupted_error() { return {ErrorKind::interrupted, "interrupted", "", ""}; }

// Another range of the same series may still go well.
bool speaks_of_these_bars_only(ErrorKind kind) { return kind == ErrorKind::data; }

}  // namespace

ProviderGates::Gate& ProviderGates::of(const Provider& provider) {
  const std::lock_guard hold(guard_);
  auto& gate = gates_[&provider];
  if (!gate) {
    const auto at_once = static_cast<std::ptrdiff_t>(provider.capabilities().requests_at_once);
    gate = std::make_unique<Gate>(std::clamp<std::ptrdiff_t>(at_once, 1, kMost));
  }
  return *gate;
}

void FetchLane::fetch() {
  run_->keep_times = options_.everybody;
  for (const PlannedPiece& piece : run_->plan.pieces) {
    leading_ = piece.leading;
    if (stop_.stop_requested()) break;
    if (fetch_piece(piece) == Ended::hopeless) break;
  }
  run_->interrupted = stop_.stop_requested();
  emit_(std::make_shared<PageWork>(
      PageWork{.run = run_, .verdicts = std::exchange(verdicts_, {}), .last = true}));
}

FetchLane::Ended FetchLane::fetch_piece(const PlannedPiece& piece) {
  std::vector<Open> open{{piece.missing.range, {}}};
  Answers answers;
  for (Provider* provider : piece.providers) {
    const std::string& name = provider->capabilities().name;
    if (std::find(run_->tried.begin(), run_->tried.end(), name) == run_->tried.end())
      run_->tried.push_back(name);
    refused_ = false;
    std::optional<Error> failure;
    open = ask(*provider, piece, std::move(open), failure);
    if (failure && (cache_stopped_ || failure->kind == ErrorKind::interrupted))
      return Ended::hopeless;
    if (!failure) {
      answers.answered.push_back(name);
    } else {
      answers.all_refused = answers.all_refused && refused_;
      answers.failures.emplace_back(name, std::move(*failure));
    }
    if (open.empty()) break;
  }
  return conclude(piece, open, answers);
}

// What is still open afterwards.
std::vector<FetchLane::Open> FetchLane::ask(Provider& provider, const PlannedPiece& piece,
                                            std::vector<Open> open, std::optional<Error>& failure) {
  std::vector<Open> left;
  for (Open& part : open) {
    const TimeRange whole = part.range;
    if (!failure) {
      if (auto done = fetch_from(provider, part); !done) failure = std::move(done).error();
    }
    const Instant settled = part.range.from;
    if (!part.range.empty()) left.push_back({part.range, {}});
    if (options_.everybody && piece.missing.asked_before) {
      const auto more = still_missing(part, {whole.from, settled});
      left.insert(left.end(), more.begin(), more.end());
    }
  }
  std::sort(left.begin(), left.end(),
            [](const Open& a, const Open& b) { return a.range.from < b.range.from; });
  return left;
}

FetchLane::Ended FetchLane::conclude(const PlannedPiece& piece, const std::vector<Open>& open,
                                     const Answers& answers) {
  const bool hole = piece.missing.asked_before;
  const bool settled = open.empty() || !answers.answered.empty();
  // A hole whose bars come again and again and break a rule is a hole.
  const bool only_rubbish = !settled && hole && answers.all_refused;
  // The first failure is the error; the others, and those that somebody made good, are told as well.
  for (std::size_t i = settled || only_rubbish ? 0 : 1; i < answers.failures.size(); ++i)
    run_->notes.push_back(told_by(answers.failures[i].first, answers.failures[i].second));
  if (settled || only_rubbish) {
    if (hole && (only_rubbish || answers.failures.empty()))
      confirm(piece, answers, only_rubbish ? GapCause::rejected : GapCause::unknown);
    return Ended::done;
  }
  if (hole) {
    for (const Open& part : open)
      verdicts_.push_back({part.range, GapState::open, GapCause::fetch_failed, ""});
  }
  const Error& error = answers.failures.front().second;
  if (!run_->error) run_->error = error;
  return speaks_of_these_bars_only(error.kind) ? Ended::failed : Ended::hopeless;
}

// What stays empty of a hole that an earlier run left is asked for no more; unless it is so fresh
// that its bars may only be late.
void FetchLane::confirm(const PlannedPiece& piece, const Answers& answers, GapCause cause) {
  TimeRange range = piece.missing.range;
  range.to = std::min(range.to, run_->plan.made_at - kLate);
  if (range.empty()) return;
  std::string by;
  for (const std::string& name : answers.answered) by += (by.empty() ? "" : ", ") + name;
  for (const auto& [name, error] : answers.failures) by += (by.empty() ? "" : ", ") + name;
  verdicts_.push_back({range, GapState::confirmed, cause, by});
}

std::vector<FetchLane::Open> FetchLane::still_missing(const Open& open, TimeRange whole) const {
  std::vector<Open> parts;
  const Timeframe tf = run_->plan.series.timeframe;
  for (const Gap& gap : find_gaps(open.arrived, run_->calendar, tf, whole).gaps)
    parts.push_back({{gap.from, gap.to + seconds{1}}, {}});
  return parts;
}

Result<std::optional<BarPage>> FetchLane::next_page(Provider& provider, PageStream& stream) {
  ProviderGates::Gate& gate = gates_.of(provider);
  gate.acquire();
  const Stopwatch watch{run_->fetching};
  auto page = caught([&] { return stream.next(stop_); });
  gate.release();
  return page;
}

Result<void> FetchLane::fetch_from(Provider& provider, Open& open) {
  const TimeRange range = open.range;
  CHANDLER_TRY(const auto stream, caught([&] {
                 return provider.fetch({.instruments = {run_->plan.instrument},
                                        .timeframe = run_->plan.series.timeframe,
                                        .range = range,
                                        .extended_hours = run_->plan.extended_hours});
               }));
  auto next = next_page(provider, *stream);
  while (next) {
    if (!*next) {
      open.range.from = open.range.to;
      return {};
    }
    BarPage page = *std::move(*next);
    if (leading_) note_listing(range.from, page);
    const Instant settled = page.settles.to;
    emit_(std::make_shared<PageWork>(PageWork{.run = run_,
                                              .provider = &provider,
                                              .asked = range,
                                              .page = std::move(page),
                                              .verdicts = std::exchange(verdicts_, {})}));
    next = next_page(provider, *stream);  // while the one before is looked at
    const PageVerdict verdict = run_->await();
    if (verdict == PageVerdict::stop) {
      cache_stopped_ = true;
      return interrupted_error();
    }
    if (verdict == PageVerdict::refused) {
      refused_ = true;
      return Error{ErrorKind::data,
                   "more than half of the bars of a page break a rule: none of it was written", "",
                   "see the rules in the report, and try another provider: --provider NAME"};
    }
    open.arrived.insert(open.arrived.end(), run_->taken.begin(), run_->taken.end());
    open.range.from = std::max(open.range.from, settled);
  }
  return std::move(next).error();
}

// Long before the first bar there is, nobody can have traded it.
void FetchLane::note_listing(Instant from, const BarPage& page) {
  if (page.bars.empty()) return;
  leading_ = false;
  const Instant first = *std::min_element(page.bars.timestamp.begin(), page.bars.timestamp.end());
  if (first - from < kListingNoise) return;
  verdicts_.push_back({{from, first}, GapState::open, GapCause::before_listing, ""});
}

}  // namespace chandler
