#include <iterator>
#include <utility>

#include "chandler/cache.h"

namespace chandler {

void Delivery::append(Delivery&& more) {
  const std::size_t rows = report.rows_in;
  for (Finding finding : more.report.findings) {
    finding.row += rows;
    report.findings.push_back(finding);
  }
  for (BatchConflict& conflict : more.report.conflicts) {
    conflict.kept += bars.size();
    report.conflicts.push_back(std::move(conflict));
  }
  report.rows_in += more.report.rows_in;
  report.blanks += more.report.blanks;
  bars.append(more.bars);
  if (more.asked) asked = hull(asked, more.asked);
  std::move(more.verdicts.begin(), more.verdicts.end(), std::back_inserter(verdicts));
  if (more.asset_class) asset_class = more.asset_class;
}

}  // namespace chandler
