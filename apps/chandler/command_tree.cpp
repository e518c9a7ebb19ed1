#include "command_tree.h"

#include "verbs.h"

namespace chandler::cli {
namespace {

OptionDoc describe_option(const CLI::Option& option) {
  OptionDoc doc;
  if (option.get_positional()) {
    doc.names.push_back(option.get_name(true));
  } else {
    for (const std::string& name : option.get_snames()) doc.names.push_back("-" + name);
    for (const std::string& name : option.get_lnames()) doc.names.push_back("--" + name);
  }
  // A flag takes no value; positionals show their name alone.
  if (option.get_expected_max() > 0) doc.value = option.get_type_name();
  doc.help = option.get_description();
  doc.group = option.get_group();
  doc.required = option.get_required();
  doc.repeated = option.get_expected_max() > 1;
  return doc;
}

std::vector<OptionDoc> describe_options(const CLI::App& app, bool positional) {
  std::vector<OptionDoc> docs;
  for (const CLI::Option* option : app.get_options()) {
    const bool hidden = option->get_group().empty();
    if (!hidden && option->get_positional() == positional) docs.push_back(describe_option(*option));
  }
  return docs;
}

}  // namespace

std::vector<std::string> OptionDoc::choices() const {
  if (value.find('|') == std::string::npos) return {};
  return CLI::detail::split(value, '|');
}

std::string VerbDoc::usage() const {
  std::string line = "chandler " + name + " [OPTIONS]";
  for (const OptionDoc& positional : positionals) {
    const std::string shown = positional.names.front() + (positional.repeated ? "..." : "");
    line += positional.required ? " " + shown : " [" + shown + "]";
  }
  return line;
}

const std::vector<ExitCodeDoc>& exit_code_docs() {
  static const std::vector<ExitCodeDoc> docs = {
      {0, "all done, or nothing to do"},
      {1,
       "some of the work failed and the rest is committed, or the data asked for are not there or "
       "not good"},
      {2, "wrong usage or configuration; nothing was done"},
      {3, "`verify` found problems"},
      {4, "all of the work failed"},
      {130, "interrupted; what had arrived is committed"},
  };
  return docs;
}

const std::vector<FactDoc>& environment_docs() {
  static const std::vector<FactDoc> docs = {
      {"CHANDLER_CACHE", "the cache's folder, where --cache is not given"},
      {"CHANDLER_NAME_BASE_URL",
       "where the requests to the provider NAME go, for example CHANDLER_BINANCE_BASE_URL"},
      {"CHANDLER_PLUGIN_PATH", "plugins and folders of plugins, separated by colons"},
      {"CHANDLER_ALPACA_FEED", "sip (default) or iex"},
      {"CHANDLER_SANDBOX_FAULTS", "how the sandbox is to misbehave, for trials"},
      {"ALPHA_VANTAGE_API_KEY", "the key for alpha_vantage"},
      {"APCA_API_KEY_ID, APCA_API_SECRET_KEY", "the key for alpaca"},
      {"HOME", "the configuration is ./chandler.json, else ~/.config/chandler/chandler.json"},
  };
  return docs;
}

ProgramDoc describe(const CLI::App& root) {
  ProgramDoc program;
  program.version = root.version();
  program.options = describe_options(root, false);
  for (const Verb& verb : all_verbs()) {
    const CLI::App& app = *root.get_subcommand(verb.name);
    program.verbs.push_back({verb.name, verb.summary, verb.details, verb.examples, false,
                             describe_options(app, true), describe_options(app, false)});
  }
  for (const PlannedVerb& verb : planned_verbs()) {
    program.verbs.push_back({verb.name, verb.summary, "", "", true, {}, {}});
  }
  return program;
}

}  // namespace chandler::cli
