// The manual page, in the man macros of roff.
#include <fmt/format.h>

#include "command_tree.h"

namespace chandler::cli {
namespace {

// Backslashes and dashes as they are; no line may begin like a request.
std::string roff(std::string_view text) {
  std::string all;
  bool line_start = true;
  for (const char c : text) {
    if (line_start && (c == '.' || c == '\'')) all += "\\&";
    if (c == '\\') {
      all += "\\e";
    } else if (c == '-') {
      all += "\\-";
    } else {
      all += c;
    }
    line_start = c == '\n';
  }
  return all;
}

std::string option_item(const OptionDoc& option) {
  std::string names;
  for (const std::string& name : option.names) {
    names += (names.empty() ? "" : ", ") + fmt::format("\\fB{}\\fR", roff(name));
  }
  if (!option.value.empty()) names += fmt::format(" \\fI{}\\fR", roff(option.value));
  return fmt::format(".TP\n{}\n{}\n", names, roff(option.help));
}

std::string verb_section(const VerbDoc& verb) {
  std::string all = fmt::format(".SS {}\n{}.\n.PP\n\\fB{}\\fR\n", verb.name, roff(verb.summary),
                                roff(verb.usage()));
  if (!verb.details.empty()) all += fmt::format(".PP\n{}\n", roff(verb.details));
  for (const OptionDoc& positional : verb.positionals) all += option_item(positional);
  for (const OptionDoc& option : verb.options) {
    if (option.group == kOptions || option.group == kPlannedOptions) all += option_item(option);
  }
  return all + fmt::format(".PP\nExamples:\n.PP\n.nf\n.RS\n{}\n.RE\n.fi\n", roff(verb.examples));
}

}  // namespace

std::string man_page(const ProgramDoc& program) {
  std::string all = fmt::format(
      ".TH CHANDLER 1 \"\" \"chandler {}\" \"User Commands\"\n"
      ".SH NAME\nchandler \\- fetches market bars, checks them and keeps them as plain gzipped "
      "CSV\n"
      ".SH SYNOPSIS\n.B chandler\n.I VERB\n[\\fIOPTIONS\\fR] ...\n"
      ".SH DESCRIPTION\n{}\n.PP\n{}\n.SH VERBS\n",
      program.version,
      roff("Downloads bars from providers, or brings them in from CSV files, and keeps them in a "
           "cache of\n"
           "year files, one folder a symbol and timeframe, each a csv.gz that any program can "
           "open. Only what\n"
           "is missing is asked for. Rolls fine bars up to coarse ones. Says what is there, what "
           "is missing\n"
           "and what is wrong with it."),
      roff("Dates are 2024-01-31, 2024-01-31T09:30, now or -30d, in UTC; --to is exclusive."));
  for (const VerbDoc& verb : program.verbs) {
    if (!verb.planned) all += verb_section(verb);
  }
  all += ".SH COMMON OPTIONS\nUnderstood by every verb, and before it.\n";
  for (const OptionDoc& option : program.options) all += option_item(option);
  all += ".SH PLANNED\nPart of the design, not of this version:\n";
  for (const VerbDoc& verb : program.verbs) {
    if (verb.planned) all += fmt::format(".TP\n\\fB{}\\fR\n{}.\n", verb.name, roff(verb.summary));
  }
  all += ".SH EXIT STATUS\n";
  for (const ExitCodeDoc& code : exit_code_docs()) {
    all += fmt::format(".TP\n\\fB{}\\fR\n{}.\n", code.code, roff(code.meaning));
  }
  all += ".SH ENVIRONMENT\n";
  for (const FactDoc& fact : environment_docs()) {
    all += fmt::format(".TP\n\\fB{}\\fR\n{}.\n", fact.name, roff(fact.text));
  }
  return all;
}

}  // namespace chandler::cli
