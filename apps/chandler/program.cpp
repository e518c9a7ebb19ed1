#include "program.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <exception>
#include <map>
#include <new>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/suggest.h"
#include "context.h"
#include "interrupt.h"
#include "verbs.h"

namespace chandler::cli {
namespace {

struct Parser {
  CLI::App root;
  CommonArguments common;
  std::map<std::string, VerbAction, std::less<>> actions;
};

// On every verb and before it, so that they work wherever they are written.
void add_common(CLI::App& app, CommonArguments& common) {
  app.set_help_flag("-h,--help", "Show this help")->group(kCommonOptions);
  app.add_option("--cache", common.cache,
                 "The cache's folder (default: $CHANDLER_CACHE, else ./data-cache)")
      ->type_name("DIR")
      ->group(kCommonOptions);
  app.add_option("--config", common.config,
                 "Configuration (default: ./chandler.json, else ~/.config/chandler/chandler.json)")
      ->type_name("FILE")
      ->group(kCommonOptions);
  app.add_flag("--json", common.json, "Print one JSON document on stdout")->group(kCommonOptions);
  app.add_flag("-v,--verbose", common.verbose, "Say more on stderr")->group(kCommonOptions);
  app.add_flag("-q,--quiet", common.quiet, "Print only data and errors")->group(kCommonOptions);
}

// An empty word is a variable of a script that was not set: never does it mean "all of them".
void refuse_empty_words(CLI::App& app) {
  for (CLI::Option* option : app.get_options()) {
    if (!option->get_positional()) continue;
    option->check([](const std::string& word) { return word.empty() ? "is empty" : ""; });
  }
}

void build(Parser& parser) {
  CLI::App& root = parser.root;
  root.name("chandler");
  root.option_defaults()->group(kOptions);
  add_common(root, parser.common);
  root.set_version_flag("--version", CHANDLER_VERSION, "Show the version")->group(kCommonOptions);
  // One verb, and no more: a symbol may have a verb's name.
  root.require_subcommand(0, 1);
  for (const Verb& verb : all_verbs()) {
    CLI::App& app = *root.add_subcommand(verb.name, verb.summary);
    parser.actions[verb.name] = verb.declare(app);
    refuse_empty_words(app);
    add_common(app, parser.common);
  }
  for (const PlannedVerb& verb : planned_verbs()) {
    // Takes whatever follows, so that the answer is the same however it is called.
    CLI::App& app = *root.add_subcommand(verb.name, verb.summary);
    app.set_help_flag();
    app.prefix_command();
  }
  // After the verbs, which would inherit it: an unknown word here is an unknown verb.
  root.allow_extras();
}

Error usage_error(std::string what, const std::string& verb, std::string hint = {}) {
  if (hint.empty()) hint = "see `chandler " + (verb.empty() ? "" : verb + " ") + "--help`";
  return Error{ErrorKind::usage, std::move(what), verb, std::move(hint)};
}

std::vector<std::string> option_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
  return names;
}

// What was left over after parsing: misspelt options, too many arguments.
Error unexpected(const CLI::App& app, const std::string& verb, const std::string& word) {
  const std::string shown = "\"" + printable(word) + "\"";
  if (!word.starts_with('-')) return usage_error("does not know what to do with " + shown, verb);
  const auto near = nearest(word.substr(0, word.find('=')), option_names(app));
  return usage_error("unknown option " + shown, verb, near ? "did you mean " + *near + "?" : "");
}

Error unknown_verb(const CLI::App& root, const std::vector<std::string>& words) {
  if (words.empty()) return usage_error("no verb given", "");
  const std::string& word = words.front();
  if (word.starts_with('-')) return unexpected(root, "", word);
  std::vector<std::string> names;
  for (const Verb& verb : all_verbs()) names.emplace_back(verb.name);
  for (const PlannedVerb& verb : planned_verbs()) names.emplace_back(verb.name);
  const auto near = nearest(word, names);
  return usage_error("\"" + printable(word) + "\" is not a verb of chandler", "",
                     near ? "did you mean `chandler " + *near + "`?" : "");
}

// CLI11's messages, as a part of our line.
std::string as_phrase(std::string what) {
  std::replace(what.begin(), what.end(), '\n', ' ');
  while (!what.empty() && (what.back() == ' ' || what.back() == '.')) what.pop_back();
  return what;
}

const CLI::App* chosen(const CLI::App& root) {
  const auto verbs = root.get_subcommands();
  return verbs.empty() ? nullptr : verbs.front();
}

std::string chosen_name(const CLI::App& root) {
  const CLI::App* verb = chosen(root);
  return verb == nullptr ? std::string{} : verb->get_name();
}

// CLI11 takes --json=1, and --json=0, for a flag with a value; whoever looks for the word --json does not.
std::optional<Error> flag_with_value(const CLI::App& root, const std::vector<std::string>& words) {
  const CLI::App* const verb = chosen(root);
  for (const std::string& word : words) {
    if (word == "--") break;
    const std::size_t end = word.find('=');
    if (!word.starts_with("--") || end == std::string::npos) continue;
    const std::string name = word.substr(0, end);
    const CLI::Option* option = verb == nullptr ? nullptr : verb->get_option_no_throw(name);
    if (option == nullptr) option = root.get_option_no_throw(name);
    if (option != nullptr && option->get_items_expected_max() == 0)
      return usage_error(name + " takes no value", chosen_name(root), "write " + name + " alone");
  }
  return {};
}

void show_help(const CLI::App& root, Output& out) {
  const ProgramDoc program = describe(root);
  const std::string verb = chosen_name(root);
  std::string text = help_text(program);
  for (const VerbDoc& doc : program.verbs) {
    if (doc.name == verb) text = help_text(doc);
  }
  if (out.json()) {
    out.document(Json{{"ok", true}, {"help", text}});
  } else {
    out.data(text);
  }
}

void show_version(Output& out) {
  if (out.json()) {
    out.document(Json{{"ok", true}, {"version", CHANDLER_VERSION}});
  } else {
    out.data("chandler " CHANDLER_VERSION "\n");
  }
}

Result<ExitCode> run_verb(Parser& parser, Output& out) {
  const CLI::App* app = chosen(parser.root);
  if (app == nullptr) return unknown_verb(parser.root, parser.root.remaining());
  const std::string verb = app->get_name();
  for (const PlannedVerb& planned : planned_verbs()) {
    if (planned.name == verb) return planned_error(verb, planned.instead);
  }
  if (const auto extra = parser.root.remaining(); !extra.empty()) {
    return unexpected(parser.root, "", extra.front());
  }
  const CommonArguments& common = parser.common;
  if (common.verbose && common.quiet)
    return usage_error("--verbose and --quiet exclude each other", verb);
  out.configure(out.json(), common.verbose ? Verbosity::verbose
                            : common.quiet ? Verbosity::quiet
                                           : Verbosity::normal);
  const auto verbs = all_verbs();
  const auto row =
      std::find_if(verbs.begin(), verbs.end(), [&](const Verb& v) { return v.name == verb; });
  Context context{out, {}, {}};
  if (row->uses_cache) {
    auto made = make_context(out, common);
    if (!made) return made.error();
    context.cache_root = std::move(made->cache_root);
    context.cache_is_named = made->cache_is_named;
    context.config = std::move(made->config);
  }
  return parser.actions.at(verb)(context);
}

Result<ExitCode> parse_and_run(Parser& parser, const std::vector<std::string>& words, Output& out) {
  std::vector<std::string> reversed{words.rbegin(), words.rend()};  // as CLI11 wants them
  try {
    parser.root.parse(reversed);
  } catch (const CLI::CallForHelp&) {
    show_help(parser.root, out);
    return ExitCode::done;
  } catch (const CLI::CallForVersion&) {
    show_version(out);
    return ExitCode::done;
  } catch (const CLI::ExtrasError&) {
    const CLI::App* verb = chosen(parser.root);
    const auto left = verb == nullptr ? parser.root.remaining() : verb->remaining();
    return unexpected(verb == nullptr ? parser.root : *verb, chosen_name(parser.root),
                      left.empty() ? std::string{} : left.front());
  } catch (const CLI::ParseError& error) {
    return usage_error(as_phrase(error.what()), chosen_name(parser.root));
  }
  if (const auto mistake = flag_with_value(parser.root, words)) return *mistake;
  return run_verb(parser, out);
}

// Expected failures are values. What is thrown nevertheless is memory that ran out, or a promise of
// ours that broke: told like any other error.
Result<ExitCode> guarded(Parser& parser, const std::vector<std::string>& words, Output& out) {
  try {
    return parse_and_run(parser, words, out);
  } catch (const std::bad_alloc&) {
    return Error{ErrorKind::io, "out of memory", "",
                 "ask for a shorter range or fewer files at once"};
  } catch (const std::exception& broken) {
    return Error{ErrorKind::io, std::string{"unexpected: "} + broken.what(), "",
                 "please report it"};
  }
}

}  // namespace

ExitCode run_program(std::span<const char* const> arguments, Output& out) {
  end_at_once_on_signals();
  const std::vector<std::string> words(arguments.begin(), arguments.end());
  // Known before anything can fail: mistakes on the line are told as a document, too.
  out.configure(std::find(words.begin(), words.end(), "--json") != words.end(), Verbosity::normal);
  Parser parser;
  build(parser);

  Result<ExitCode> result = guarded(parser, words, out);
  if (!result) {
    if (out.json()) out.document(error_document(result.error()));
    out.error(result.error());
  }
  const ExitCode code = result ? *result : exit_code_of(result.error());
  if (const auto finished = out.finish(); !finished) {
    out.error(finished.error());
    return code == ExitCode::done ? ExitCode::some_failed : code;
  }
  return code;
}

ProgramDoc describe_program() {
  Parser parser;
  build(parser);
  return describe(parser.root);
}

}  // namespace chandler::cli
