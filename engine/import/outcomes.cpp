#include "import/outcomes.h"

#include <algorithm>

namespace chandler::foreign {

void Tally::failed(const Error& error) {
  if (!error_) error_ = error;
}

void Tally::merged(const WriteOutcome& outcome) {
  merged_ = true;
  written_ += outcome.rows_written;
  providers_.insert(outcome.provider);
  files_.insert(outcome.files.begin(), outcome.files.end());
  for (const std::string& line : outcome.notes) {
    if (std::find(notes_.begin(), notes_.end(), line) == notes_.end()) notes_.push_back(line);
  }
  if (outcome.error) failed(*outcome.error);
  if (outcome.status != WriteStatus::failed) succeeded_ = true;
  if (outcome.status == WriteStatus::ok || outcome.status == WriteStatus::partial) changed_ = true;
}

void Tally::add(const Tally& other) {
  rows_ += other.rows_;
  rejected_ += other.rejected_;
  written_ += other.written_;
  outside_session_ += other.outside_session_;
  succeeded_ = succeeded_ || other.succeeded_;
  changed_ = changed_ || other.changed_;
  merged_ = merged_ || other.merged_;
  if (!error_) error_ = other.error_;
  providers_.insert(other.providers_.begin(), other.providers_.end());
  files_.insert(other.files_.begin(), other.files_.end());
  notes_.insert(notes_.end(), other.notes_.begin(), other.notes_.end());
}

WriteOutcome Tally::outcome(const SeriesId& id, const Cache& cache) const {
  WriteOutcome all{id, {}, WriteStatus::unchanged, 0, 0, 0, 0, {}, {}, {}};
  for (const std::string& provider : providers_)
    all.provider += (all.provider.empty() ? "" : ",") + provider;
  if (error_) {
    all.status = succeeded_ ? WriteStatus::partial : WriteStatus::failed;
  } else {
    all.status = changed_ ? WriteStatus::ok : WriteStatus::unchanged;
  }
  all.rows_fetched = rows_;
  all.rows_written = written_;
  all.rejected = rejected_;
  all.error = error_;
  all.files.assign(files_.begin(), files_.end());
  all.notes = notes_;
  if (outside_session_ > 0) {
    all.notes.push_back(
        std::to_string(outside_session_) +
        " bars outside the sessions left out; extended hours are kept when asked for");
  }
  // Deliveries of one year each count its gaps; asked once at the end, they are counted once.
  if (merged_) {
    if (const auto status = cache.status(id)) all.gaps = status->gaps;
  }
  return all;
}

}  // namespace chandler::foreign
