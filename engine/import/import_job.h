// One series' files, one after the other: read, held against the rules, gathered, committed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "chandler/importer.h"
#include "import/outcomes.h"

namespace chandler::foreign {

struct JobResult {
  std::map<SeriesId, Tally> series;  // more than one only for a zip of several series
  std::vector<FailedFile> failed;
  std::size_t files = 0;
  bool interrupted = false;
};

class JobRunner {
 public:
  JobRunner(Cache& cache, const ImportRequest& request, ImportObserver& observer)
      : cache_(cache), request_(request), observer_(observer) {}

  [[nodiscard]] JobResult run(const ImportJob& job);

 private:
  // Bars of one member that have been validated.
  struct Piece {
    SeriesId series;
    std::size_t member;  // counted from 0 within the file
    Delivery delivery;
  };
  // What is known of a member once its file has been read to the end.
  struct Member {
    std::string shown;
    std::optional<SeriesId> series = {};
    std::uint64_t rows = 0;
    std::uint64_t rejected = 0;
    std::uint64_t outside_session = 0;
    std::map<Rule, std::uint64_t> rules = {};  // of the rejected ones
    std::optional<Error> refused = {};
  };
  struct Survey {
    std::vector<Member> members;
    std::vector<Piece> pieces;  // all of the file, unless it is too big
    bool complete = true;       // `pieces` holds the whole file
    std::uint64_t rows = 0;
  };

  void import_file(const ImportJob& job, const std::filesystem::path& file);
  Result<Survey> survey(const ImportJob& job, const std::filesystem::path& file);
  Result<void> import_again(const ImportJob& job, const std::filesystem::path& file,
                            const Survey& survey);
  void judge(const std::filesystem::path& file, Survey& survey);
  Result<SeriesId> series_of(const ForeignBatch& batch, const ImportJob& job) const;
  const Calendar& calendar_of(const SeriesId& series);
  Piece validated(ForeignBatch& batch, const SeriesId& series, std::size_t member, Member* tally);
  void count(const ForeignBatch& batch, const BarSeries& before, const ValidationReport& report,
             Member& tally);
  void deliver(Piece piece);
  void flush();

  Cache& cache_;
  const ImportRequest& request_;
  ImportObserver& observer_;
  JobResult result_;
  std::map<SeriesId, Calendar> calendars_;
  std::optional<Piece> pending_;  // the deliveries of several small files are committed together
};

}  // namespace chandler::foreign
