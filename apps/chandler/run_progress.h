// What a run says while it goes: a line a series, and on a terminal one that tells how far it is.
#pragma once

#include <chrono>
#include <cstdint>

#include "output.h"
#include "run/run_graph.h"

namespace chandler::cli {

class RunProgress final : public RunObserver {
 public:
  RunProgress(Output& out, std::size_t series)
      : out_(out), series_(series), terminal_(out.errors_on_terminal()) {}

  void on_planned(const SeriesPlan& plan) override;
  void on_bars(const SeriesId& series, std::uint64_t bars) override;
  void on_done(const SeriesReport& source, const std::vector<SeriesReport>& derived) override;
  // Clears the line.
  void finish() const;

 private:
  using Steady = std::chrono::steady_clock;
  void show();

  Output& out_;
  std::size_t series_;
  bool terminal_;
  std::size_t planned_ = 0;
  std::size_t done_ = 0;
  std::int64_t expected_ = 0;  // bars, of the series planned so far
  std::uint64_t bars_ = 0;
  Steady::time_point began_ = Steady::now();
  Steady::time_point shown_{};
};

}  // namespace chandler::cli
