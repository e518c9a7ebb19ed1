// Completion scripts. Values are completed by the name the option gives them: DIR, FILE, TF, or a
// list of choices.
#include <fmt/format.h>

#include "chandler/timeframe.h"
#include "command_tree.h"

namespace chandler::cli {
namespace {

std::string all_timeframes() {
  std::string all;
  for (const Timeframe tf : kAllTimeframes)
    all += fmt::format("{}{}", all.empty() ? "" : " ", to_string(tf));
  return all;
}

bool takes_file(const OptionDoc& option) {
  return option.value.starts_with("FILE") || option.names.front() == "FILE" ||
         option.value == "PATH";
}

// Words to offer for the option's value; empty: none are known.
std::string words_for(const OptionDoc& option) {
  if (option.value.starts_with("TF") || option.names.front() == "TF") return all_timeframes();
  std::string all;
  for (const std::string& choice : option.choices()) all += (all.empty() ? "" : " ") + choice;
  return all;
}

// The choices of a positional are its value's.
const OptionDoc* positional_with_words(const VerbDoc& verb) {
  for (const OptionDoc& positional : verb.positionals) {
    if (!words_for(positional).empty()) return &positional;
  }
  return nullptr;
}

bool wants_files(const VerbDoc& verb) {
  for (const OptionDoc& positional : verb.positionals) {
    if (takes_file(positional)) return true;
  }
  return false;
}

std::string verb_names(const ProgramDoc& program) {
  std::string all;
  for (const VerbDoc& verb : program.verbs) {
    if (!verb.planned) all += (all.empty() ? "" : " ") + verb.name;
  }
  return all;
}

std::string option_names(const std::vector<OptionDoc>& options) {
  std::string all;
  for (const OptionDoc& option : options) {
    if (option.group == kPlannedOptions) continue;
    for (const std::string& name : option.names) all += (all.empty() ? "" : " ") + name;
  }
  return all;
}

// Inside '...' of a shell.
std::string shell_quoted(std::string_view text) {
  std::string all;
  for (const char c : text) {
    if (c == '\'') {
      all += "'\\''";
    } else {
      all += c;
    }
  }
  return all;
}

std::string bash_values(const std::vector<OptionDoc>& options, std::string_view indent) {
  std::string all;
  for (const OptionDoc& option : options) {
    if (option.value.empty()) continue;
    std::string names;
    for (const std::string& name : option.names) names += (names.empty() ? "" : "|") + name;
    const std::string words = words_for(option);
    std::string action = ":";
    if (option.value == "DIR") {
      action = "COMPREPLY=($(compgen -d -- \"$cur\"))";
    } else if (takes_file(option)) {
      action = "COMPREPLY=($(compgen -f -- \"$cur\"))";
    } else if (!words.empty()) {
      action = fmt::format("COMPREPLY=($(compgen -W '{}' -- \"$cur\"))", words);
    }
    all += fmt::format("{}{}) {}; return ;;\n", indent, names, action);
  }
  return all;
}

// '--name[help]:value:action'. Brackets and colons in the help would end it early.
std::string zsh_option(const OptionDoc& option) {
  std::string help;
  for (const char c : option.help) {
    if (c == '[' || c == ']' || c == ':' || c == '\\') help += '\\';
    help += c;
  }
  const std::string words = words_for(option);
  std::string value;
  if (option.value == "DIR") {
    value = ":folder:_files -/";
  } else if (takes_file(option)) {
    value = ":file:_files";
  } else if (!words.empty()) {
    value = fmt::format(":value:({})", words);
  } else if (!option.value.empty()) {
    value = ":value: ";
  }
  std::string all;
  for (const std::string& name : option.names) {
    all += fmt::format("        '{}{}[{}]{}' \\\n", option.repeated ? "*" : "", name,
                       shell_quoted(help), shell_quoted(value));
  }
  return all;
}

std::string zsh_positional(const VerbDoc& verb) {
  if (wants_files(verb)) return "        '*:file:_files'\n";
  std::string all;
  for (const OptionDoc& positional : verb.positionals) {
    const std::string words = words_for(positional);
    all += fmt::format("        '{}{}:{}' \\\n",
                       positional.required ? ":" : "::", positional.names.front(),
                       words.empty() ? " " : "(" + words + ")");
  }
  return all + "        && return\n";
}

std::string fish_option(const std::string& condition, const OptionDoc& option) {
  std::string line = fmt::format("complete -c chandler -n '{}'", condition);
  for (const std::string& name : option.names) {
    line += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
  }
  const std::string words = words_for(option);
  if (option.value == "DIR") {
    line += " -x -a '(__fish_complete_directories)'";
  } else if (takes_file(option)) {
    line += " -r -F";
  } else if (!words.empty()) {
    line += fmt::format(" -x -a '{}'", words);
  } else if (!option.value.empty()) {
    line += " -x";
  }
  return line + fmt::format(" -d '{}'\n", shell_quoted(option.help));
}

}  // namespace

std::string bash_completion(const ProgramDoc& program) {
  std::string all = fmt::format(
      "# bash completion of chandler {}; made by `chandler completion bash`.\n"
      "_chandler() {{\n"
      "  local cur=\"${{COMP_WORDS[COMP_CWORD]}}\" prev=\"\" verb=\"\" word\n"
      "  COMPREPLY=()\n"
      "  if ((COMP_CWORD > 0)); then prev=\"${{COMP_WORDS[COMP_CWORD - 1]}}\"; fi\n"
      "  for word in \"${{COMP_WORDS[@]:1:COMP_CWORD-1}}\"; do\n"
      "    case \" {} \" in *\" $word \"*) verb=\"$word\"; break ;; esac\n"
      "  done\n"
      "  case \"$verb\" in\n",
      program.version, verb_names(program));
  for (const VerbDoc& verb : program.verbs) {
    if (verb.planned) continue;
    all += fmt::format("    {})\n      case \"$prev\" in\n{}      esac\n", verb.name,
                       bash_values(verb.options, "        "));
    const OptionDoc* words = positional_with_words(verb);
    all += fmt::format(
        "      if [[ \"$cur\" == -* ]]; then COMPREPLY=($(compgen -W '{}' -- \"$cur\"))\n",
        option_names(verb.options));
    if (wants_files(verb))
      all += "      else COMPREPLY=($(compgen -f -- \"$cur\"))\n";
    else if (words != nullptr) {
      all +=
          fmt::format("      else COMPREPLY=($(compgen -W '{}' -- \"$cur\"))\n", words_for(*words));
    }
    all += "      fi ;;\n";
  }
  all += fmt::format(
      "    *)\n      case \"$prev\" in\n{}      esac\n"
      "      COMPREPLY=($(compgen -W '{} {}' -- \"$cur\")) ;;\n"
      "  esac\n}}\ncomplete -o filenames -F _chandler chandler\n",
      bash_values(program.options, "        "), verb_names(program), option_names(program.options));
  return all;
}

std::string zsh_completion(const ProgramDoc& program) {
  std::string all = fmt::format(
      "#compdef chandler\n# zsh completion of chandler {}; made by `chandler completion zsh`.\n"
      "_chandler() {{\n  local -a verbs\n  verbs=(\n",
      program.version);
  for (const VerbDoc& verb : program.verbs) {
    if (!verb.planned) all += fmt::format("    '{}:{}'\n", verb.name, shell_quoted(verb.summary));
  }
  all +=
      "  )\n  local curcontext=\"$curcontext\" state line\n  typeset -A opt_args\n  _arguments -C "
      "\\\n";
  for (const OptionDoc& option : program.options) all += zsh_option(option);
  all +=
      "        '1:verb:->verb' \\\n        '*::argument:->argument'\n  case \"$state\" in\n"
      "    verb) _describe verb verbs ;;\n    argument)\n      case \"$line[1]\" in\n";
  for (const VerbDoc& verb : program.verbs) {
    if (verb.planned) continue;
    all += fmt::format("      {})\n        _arguments \\\n", verb.name);
    for (const OptionDoc& option : verb.options) {
      if (option.group != kPlannedOptions) all += zsh_option(option);
    }
    all += zsh_positional(verb) + "        ;;\n";
  }
  return all + "      esac ;;\n  esac\n}\n_chandler \"$@\"\n";
}

std::string fish_completion(const ProgramDoc& program) {
  std::string all = fmt::format(
      "# fish completion of chandler {}; made by `chandler completion fish`.\n"
      "complete -c chandler -f\n",
      program.version);
  const std::string no_verb =
      fmt::format("not __fish_seen_subcommand_from {}", verb_names(program));
  for (const OptionDoc& option : program.options) all += fish_option(no_verb, option);
  for (const VerbDoc& verb : program.verbs) {
    if (verb.planned) continue;
    all += fmt::format("complete -c chandler -n '{}' -a {} -d '{}'\n", no_verb, verb.name,
                       shell_quoted(verb.summary));
    const std::string condition = "__fish_seen_subcommand_from " + verb.name;
    for (const OptionDoc& option : verb.options) {
      if (option.group != kPlannedOptions) all += fish_option(condition, option);
    }
    if (wants_files(verb))
      all += fmt::format("complete -c chandler -n '{}' -F\n", condition);
    else if (const OptionDoc* words = positional_with_words(verb)) {
      all += fmt::format("complete -c chandler -n '{}' -a '{}'\n", condition, words_for(*words));
    }
  }
  return all;
}

}  // namespace chandler::cli
