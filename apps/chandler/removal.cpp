#include "removal.h"

#include <nlohmann/json.hpp>

#include "interrupt.h"
#include "table.h"

namespace chandler::cli {

bool Removal::go_on() {
  cut_short_ = cut_short_ || interrupted();
  return !cut_short_;
}

void Removal::add(RemoveOutcome outcome) {
  ++series_;
  if (!outcome.errors.empty()) ++failed_;
  for (std::string& file : outcome.removed) removed_.push_back(std::move(file));
  for (Error& error : outcome.errors) errors_.push_back(std::move(error));
}

ExitCode Removal::report(Output& out, bool dry_run) const {
  for (const Error& error : errors_) out.error(error);
  const Error stopped{ErrorKind::interrupted, "interrupted", "",
                      "the same command again does the rest"};
  if (cut_short_) out.error(stopped);
  if (out.json()) {
    Json document{{"ok", errors_.empty() && !cut_short_}, {"removed", removed_}};
    if (dry_run) document["dry_run"] = true;
    if (cut_short_) {
      document["error"] = error_object(stopped);
    } else if (!errors_.empty()) {
      document["error"] = error_object(errors_.front());
    }
    out.document(document);
  } else {
    std::string lines;
    for (const std::string& file : removed_) lines += printable(file, 200) + "\n";
    lines += removed_.empty()
                 ? "nothing to remove\n"
                 : plural(removed_.size(), "file") + (dry_run ? " would be" : "") + " removed\n";
    out.text(lines);
  }
  if (cut_short_) return ExitCode::interrupted;
  if (errors_.empty()) return ExitCode::done;
  // Files that did go make it a failure in part.
  const std::size_t pieces = series_ + (removed_.empty() ? 0 : 1);
  return exit_code_of_work(pieces, failed_, errors_.front());
}

}  // namespace chandler::cli
