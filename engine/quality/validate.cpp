#include <algorithm>
#include <cmath>
#include <span>

#include "chandler/quality.h"
#include "quality/bar_checks.h"
#include "quality/order.h"
#include "quality/value_checks.h"

namespace chandler {
namespace {

// Looked at together, while they lie in the nearest cache.
constexpr std::size_t kTogether = 512;

// Prices of kept bars are above zero, so that amounts alone can hold a negative zero. Memory that
// is not written to need not be written back.
void clear_negative_zeros(BarSeries& batch, std::size_t first, std::size_t last) {
  for (const Column c : {Column::volume, Column::trade_count, Column::turnover}) {
    if (batch.column(c).empty()) continue;
    const auto values = std::span(batch.column(c)).subspan(first, last - first);
    const std::size_t whole = values.size() / quality::kRowsAtOnce * quality::kRowsAtOnce;
    const auto rest = values.subspan(whole);
    if (!quality::value_checks().signs(values.first(whole)) &&
        std::none_of(rest.begin(), rest.end(), [](double v) { return std::signbit(v); })) {
      continue;
    }
    for (double& value : values) value += 0.0;
  }
}

// All rows but those of the findings, which are in ascending order.
std::vector<std::size_t> rows_without(const std::vector<Finding>& findings, std::size_t rows) {
  std::vector<std::size_t> kept;
  kept.reserve(rows - findings.size());
  auto dropped = findings.begin();
  for (std::size_t row = 0; row < rows; ++row) {
    if (dropped != findings.end() && dropped->row == row) {
      ++dropped;
    } else {
      kept.push_back(row);
    }
  }
  return kept;
}

}  // namespace

std::size_t ValidationReport::count(Rule rule) const {
  if (rule == Rule::conflict) return conflicts.size();
  return static_cast<std::size_t>(std::count_if(
      findings.begin(), findings.end(), [rule](const Finding& f) { return f.rule == rule; }));
}

std::size_t ValidationReport::rejected() const {
  return static_cast<std::size_t>(std::count_if(
      findings.begin(), findings.end(), [](const Finding& f) { return is_rejection(f.rule); }));
}

ValidationReport validate(BarSeries& batch, const ValidationRequest& request) {
  ValidationReport report;
  report.rows_in = batch.size();

  quality::BarChecks checks(batch, request);
  bool ordered = true;
  Instant last = Instant::min();
  for (std::size_t first = 0, end = 0; first < batch.size(); first = end) {
    end = std::min(first + kTogether, batch.size());
    clear_negative_zeros(batch, first, end);
    if (checks.all_sound(first, end)) {
      ordered = ordered && last < batch.timestamp[first];
      last = batch.timestamp[end - 1];
      continue;
    }
    for (std::size_t row = first; row < end; ++row) {
      const Instant t = batch.timestamp[row];
      if (const auto rule = checks.broken_by(row)) {
        report.findings.push_back({*rule, t, row});
        continue;
      }
      ordered = ordered && last < t;
      last = t;
    }
  }
  if (ordered && report.findings.empty()) return report;

  quality::mend_order(batch, rows_without(report.findings, batch.size()), report);
  std::stable_sort(report.findings.begin(), report.findings.end(),
                   [](const Finding& a, const Finding& b) { return a.row < b.row; });
  return report;
}

}  // namespace chandler
