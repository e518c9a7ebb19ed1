#include "import_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <system_error>

#include "interrupt.h"
#include "table.h"

namespace chandler::cli {
namespace {

namespace fs = std::filesystem;

Error not_usable(const fs::path& path, std::string what, std::string hint = {}) {
  return Error{ErrorKind::usage, std::move(what), path.string(), std::move(hint)};
}

bool looks_like_bars(const fs::path& path) {
  const std::string extension = path.extension().string();
  return extension == ".csv" || extension == ".gz" || extension == ".zip";
}

Result<void> add_folder(const fs::path& folder, std::vector<fs::path>& files) {
  std::error_code failed;
  std::vector<fs::path> found;
  for (fs::recursive_directory_iterator it{folder, failed}, end; !failed && it != end;
       it.increment(failed)) {
    const bool hidden = it->path().filename().string().starts_with('.');
    if (!hidden && it->is_regular_file(failed) && looks_like_bars(it->path()))
      found.push_back(it->path());
  }
  if (failed) return not_usable(folder, failed.message());
  std::sort(found.begin(), found.end());
  files.insert(files.end(), found.begin(), found.end());
  return {};
}

Result<void> add_path(const fs::path& path, bool recursive, std::vector<fs::path>& files) {
  std::error_code failed;
  const fs::file_status status = fs::status(path, failed);
  if (!fs::exists(status)) return not_usable(path, "no such file");
  if (!fs::is_directory(status)) {
    files.push_back(path);
    return {};
  }
  if (!recursive)
    return not_usable(path, "is a folder, not a file",
                      "add --recursive to import the files below it");
  return add_folder(path, files);
}

Result<void> add_list(const fs::path& list, bool recursive, std::vector<fs::path>& files) {
  std::error_code failed;
  if (fs::is_directory(list, failed)) return not_usable(list, "is a folder, not a list of files");
  std::ifstream in{list};
  if (!in) return not_usable(list, "the list cannot be read");
  for (std::string line; std::getline(in, line);) {
    if (line.ends_with('\r')) line.pop_back();
    if (!line.empty()) CHANDLER_CHECK(add_path(line, recursive, files));
  }
  if (in.bad()) return not_usable(list, "the list cannot be read");
  return {};
}

// A field of a CSV file that a spreadsheet must not take for a formula.
std::string csv_field(std::string text) {
  if (!text.empty() && std::string_view{"=+-@\t"}.find(text.front()) != std::string_view::npos) {
    text.insert(0, 1, '\'');
  }
  if (text.find_first_of(",\"\n\r") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + "\"";
}

}  // namespace

Result<std::vector<fs::path>> expand_files(const std::vector<std::string>& names, bool recursive) {
  std::vector<fs::path> files;
  for (const std::string& name : names) {
    if (name.starts_with('@') && name.size() > 1) {
      CHANDLER_CHECK(add_list(name.substr(1), recursive, files));
    } else {
      CHANDLER_CHECK(add_path(name, recursive, files));
    }
  }
  std::set<fs::path> seen;
  std::vector<fs::path> once;
  for (fs::path& file : files) {
    if (seen.insert(file).second) once.push_back(std::move(file));
  }
  if (once.empty()) {
    return Error{ErrorKind::usage, "no file to import", "", "files end with .csv, .gz or .zip"};
  }
  return once;
}

ImportLog::ImportLog(Output& out, std::size_t files, std::optional<WholeFile> rejects)
    : out_(out),
      files_(files),
      progress_(out.errors_on_terminal() && !out.json() && out.verbosity() != Verbosity::quiet),
      rejects_(std::move(rejects)) {
  if (!rejects_) return;
  if (auto written = rejects_->write("file,line,rule,text\n"); !written)
    rejects_failed_ = written.error();
}

void ImportLog::on_rejected(const RejectedLine& line) {
  const std::lock_guard lock{mutex_};
  const std::string rule{to_string(line.rule)};
  if (rejected_of_[line.file]++ < kShownPerFile) {
    clear_progress();
    out_.warning(fmt::format("{}:{}: {}: {}", line.file, line.line, rule, line.text));
  }
  if (kept_.size() < kMostInDocument) {
    kept_.push_back(line);
  } else {
    ++omitted_;
  }
  if (!rejects_ || rejects_failed_) return;
  const std::string row =
      fmt::format("{},{},{},{}\n", csv_field(line.file), line.line, rule, csv_field(line.text));
  if (auto written = rejects_->write(row); !written) rejects_failed_ = written.error();
}

void ImportLog::on_note(const std::string& line) {
  const std::lock_guard lock{mutex_};
  clear_progress();
  out_.note(line);
}

void ImportLog::on_file_done(const fs::path& file, std::uint64_t rows) {
  const std::lock_guard lock{mutex_};
  ++done_;
  rows_ += rows;
  out_.detail(fmt::format("{}: {}", file.string(), plural(rows, "row")));
  if (progress_)
    out_.progress(fmt::format("{} of {}, {}", done_, plural(files_, "file"), plural(rows_, "row")));
}

bool ImportLog::stop() { return interrupted(); }

void ImportLog::clear_progress() {
  if (progress_) out_.progress("");
}

Result<void> ImportLog::finish() {
  const std::lock_guard lock{mutex_};
  clear_progress();
  for (const auto& [file, count] : rejected_of_) {
    if (count > kShownPerFile) {
      out_.warning(fmt::format("{}: and {} more rejected lines", file, count - kShownPerFile));
    }
  }
  if (!rejects_) return {};
  if (rejects_failed_) return *rejects_failed_;
  return rejects_->commit();
}

void ImportLog::add_to(Json& document) const {
  std::vector<RejectedLine> sorted = kept_;
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const RejectedLine& a, const RejectedLine& b) { return a.file < b.file; });
  Json lines = Json::array();
  for (const RejectedLine& line : sorted) {
    lines.push_back(Json{{"file", line.file},
                         {"line", line.line},
                         {"rule", to_string(line.rule)},
                         {"text", line.text}});
  }
  document["rejected_lines"] = std::move(lines);
  document["rejected_lines_omitted"] = omitted_;
}

}  // namespace chandler::cli
