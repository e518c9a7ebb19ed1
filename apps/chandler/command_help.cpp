// Help as plain text.
#include <fmt/format.h>

#include <algorithm>

#include "command_tree.h"

namespace chandler::cli {
namespace {

constexpr std::size_t kColumn = 30;
constexpr std::size_t kWidth = 100;

std::string indented(std::string_view lines, std::string_view by) {
  std::string all;
  while (!lines.empty()) {
    const std::size_t end = std::min(lines.find('\n'), lines.size());
    all += fmt::format("{}{}\n", by, lines.substr(0, end));
    lines.remove_prefix(std::min(end + 1, lines.size()));
  }
  return all;
}

// Words from column `at` on, wrapped under column `margin`.
std::string wrapped(std::string_view words, std::size_t at, std::size_t margin) {
  std::string all;
  while (!words.empty()) {
    const std::size_t end = std::min(words.find(' '), words.size());
    if (at > margin && at + 1 + end > kWidth) {
      all += "\n" + std::string(margin, ' ');
      at = margin;
    } else if (at > margin) {
      all += ' ';
      ++at;
    }
    all += words.substr(0, end);
    at += end;
    words.remove_prefix(std::min(end + 1, words.size()));
  }
  return all + "\n";
}

std::string entry(const std::string& left, std::string_view right) {
  std::string all = "  " + left;
  if (all.size() + 2 > kColumn) {
    all += "\n" + std::string(kColumn, ' ');
  } else {
    all.resize(kColumn, ' ');
  }
  return all + wrapped(right, kColumn, kColumn);
}

std::string option_entry(const OptionDoc& option) {
  std::string left;
  for (const std::string& name : option.names) left += (left.empty() ? "" : ", ") + name;
  if (!option.value.empty()) left += " " + option.value;
  return entry(left, option.help);
}

std::string option_group(const std::vector<OptionDoc>& options, const std::string& group) {
  std::string all;
  for (const OptionDoc& option : options) {
    if (option.group == group) all += option_entry(option);
  }
  return all.empty() ? all : "\n" + group + ":\n" + all;
}

}  // namespace

std::string help_text(const VerbDoc& verb) {
  std::string all = fmt::format("{}.\n\nUsage: {}\n", verb.summary, verb.usage());
  if (!verb.details.empty()) all += "\n" + wrapped(verb.details, 0, 0);
  if (!verb.positionals.empty()) all += "\nArguments:\n";
  for (const OptionDoc& positional : verb.positionals) {
    all += entry(positional.names.front(), positional.help);
  }
  for (const char* group : {kOptions, kCommonOptions, kPlannedOptions}) {
    all += option_group(verb.options, group);
  }
  return all + "\nExamples:\n" + indented(verb.examples, "  ");
}

std::string help_text(const ProgramDoc& program) {
  std::string all =
      "Checks market bars and keeps them as plain gzipped CSV.\n\n"
      "Usage: chandler VERB [OPTIONS] ...\n\nVerbs:\n";
  for (const VerbDoc& verb : program.verbs) {
    if (!verb.planned) all += entry(verb.name, verb.summary);
  }
  all += "\nPlanned, not part of this version:\n";
  for (const VerbDoc& verb : program.verbs) {
    if (verb.planned) all += entry(verb.name, verb.summary);
  }
  all += option_group(program.options, kCommonOptions);
  all += "\nDates: 2024-01-31, 2024-01-31T09:30, now, -30d; UTC, --to exclusive.\n\nExit codes:\n";
  for (const ExitCodeDoc& code : exit_code_docs())
    all += entry(std::to_string(code.code), code.meaning);
  return all +
         "\nExamples:\n"
         "  chandler import BTCUSDT-1m-2024-01.zip\n"
         "  chandler resample BTCUSDT --source 1m -t 5m,1h,1d\n"
         "  chandler status\n"
         "  chandler read BTCUSDT 1h --from 2024-01-01 --to 2024-02-01\n"
         "\n`chandler VERB --help` says more about a verb.\n";
}

}  // namespace chandler::cli
