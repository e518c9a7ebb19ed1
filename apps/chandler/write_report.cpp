#include "write_report.h"

#include "table.h"

namespace chandler::cli {
std::string outcome_table(std::span<const WriteOutcome> outcomes) {
  Table table{{{"symbol"},
               {"timeframe"},
               {"status"},
               {"rows", Align::right},
               {"written", Align::right},
               {"rejected", Align::right},
               {"gaps", Align::right}}};
  for (const WriteOutcome& outcome : outcomes) {
    table.add({printable(outcome.series.symbol.name()),
               std::string{to_string(outcome.series.timeframe)},
               std::string{to_string(outcome.status)}, std::to_string(outcome.rows_fetched),
               std::to_string(outcome.rows_written), std::to_string(outcome.rejected),
               std::to_string(outcome.gaps)});
  }
  return table.text();
}

void report_outcomes(std::span<const WriteOutcome> outcomes, Output& out) {
  for (const WriteOutcome& outcome : outcomes) {
    for (const std::string& note : outcome.notes) out.warning(outcome.series.text() + ": " + note);
    if (outcome.error) out.error(*outcome.error);
  }
}

Failures failures_of(std::span<const WriteOutcome> outcomes) {
  Failures failures;
  for (const WriteOutcome& outcome : outcomes) {
    const bool partial = outcome.status == WriteStatus::partial;
    if (!partial && outcome.status != WriteStatus::failed) continue;
    if (failures.count == 0) {
      failures.first =
          outcome.error.value_or(Error{ErrorKind::io, "failed", outcome.series.text(), ""});
    }
    ++failures.count;
    failures.partial += partial ? 1 : 0;
  }
  return failures;
}

}  // namespace chandler::cli
