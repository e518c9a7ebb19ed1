// What the metadata says of a year file: all that follows from its rows, joined with the history of
// the version before.
#pragma once

#include <optional>
#include <string>

#include "chandler/calendar.h"
#include "store/metadata.h"
#include "store/year_draft.h"

namespace chandler::store {

struct DescribeRequest {
  const YearDraft* draft = nullptr;
  const YearFile* old = nullptr;  // where kept blocks can be read; may be nullptr when none is kept
  YearMetadata history{};         // of the version before; default for a new file
  Calendar calendar{CalendarKind::none};
  Instant now{};
  std::optional<std::string> fetched_from{};  // this provider brought rows just now
  std::optional<Instant>
      fetched_by{};  // when rows had come at the latest, for providers nothing is recorded of
};

// Sets everything that follows from the rows; leaves what is history, and derived_from and
// incomplete_list, as they are. Lost ranges that are whole again leave the list.
[[nodiscard]] Result<YearMetadata> describe_year(DescribeRequest request);

}  // namespace chandler::store
