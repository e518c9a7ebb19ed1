// Fetches what a plan misses, page by page, handing over to the next provider when one fails.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <semaphore>
#include <stop_token>
#include <vector>

#include "run/series_run.h"

namespace chandler {

// Lets no more requests to a provider be under way than it likes.
class ProviderGates {
 public:
  static constexpr std::ptrdiff_t kMost = 64;
  using Gate = std::counting_semaphore<kMost>;
  [[nodiscard]] Gate& of(const Provider& provider);

 private:
  std::mutex guard_;
  std::map<const Provider*, std::unique_ptr<Gate>> gates_;
};

struct LaneOptions {
  bool everybody = false;  // what stays empty with one provider is asked of the next (heal)
};

// One series, from its first page to the last. Blocks; runs on a thread of its own.
class FetchLane {
 public:
  using Emit = std::function<void(PagePtr)>;

  FetchLane(RunPtr run, ProviderGates& gates, LaneOptions options, std::stop_token stop, Emit emit)
      : run_(std::move(run)),
        gates_(gates),
        options_(options),
        stop_(std::move(stop)),
        emit_(std::move(emit)) {}

  // The last page it emits is marked so; it may be empty.
  void fetch();

 private:
  enum class Ended { done, failed, hopeless };  // hopeless: no use to go on with the series

  // A part of a piece that nobody has settled yet.
  struct Open {
    TimeRange range{};
    std::vector<Instant> arrived{};  // only kept when everybody is asked
  };

  // What the providers said to a piece.
  struct Answers {
    std::vector<std::string> answered{};
    std::vector<std::pair<std::string, Error>> failures{};
    bool all_refused = true;  // of the failures: pages came, and were not trusted
  };

  Ended fetch_piece(const PlannedPiece& piece);
  std::vector<Open> ask(Provider& provider, const PlannedPiece& piece, std::vector<Open> open,
                        std::optional<Error>& failure);
  Ended conclude(const PlannedPiece& piece, const std::vector<Open>& open, const Answers& answers);
  // Moves open.range.from on as pages are taken.
  Result<void> fetch_from(Provider& provider, Open& open);
  Result<std::optional<BarPage>> next_page(Provider& provider, PageStream& stream);
  [[nodiscard]] std::vector<Open> still_missing(const Open& open, TimeRange whole) const;
  void confirm(const PlannedPiece& piece, const Answers& answers, GapCause cause);
  void note_listing(Instant from, const BarPage& page);

  RunPtr run_;
  ProviderGates& gates_;
  LaneOptions options_;
  std::stop_token stop_;
  Emit emit_;
  bool cache_stopped_ = false;
  bool refused_ = false;              // the last provider's page was not trusted
  bool leading_ = false;              // no bar has come yet, and nothing older was ever asked for
  std::vector<GapVerdict> verdicts_;  // for the next page that leaves
};

}  // namespace chandler
