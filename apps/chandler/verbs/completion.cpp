// chandler completion bash|zsh|fish
#include <nlohmann/json.hpp>

#include "command_tree.h"
#include "program.h"
#include "verbs.h"

namespace chandler::cli {
namespace {

Result<ExitCode> completion(const Context& context, const std::string& shell) {
  std::string script;
  if (shell == "bash") script = bash_completion(describe_program());
  if (shell == "zsh") script = zsh_completion(describe_program());
  if (shell == "fish") script = fish_completion(describe_program());
  if (script.empty()) {
    return Error{ErrorKind::usage, "\"" + printable(shell) + "\" is not a shell known here",
                 "completion", "write bash, zsh or fish"};
  }
  if (context.out.json()) {
    context.out.document(Json{{"ok", true}, {"shell", shell}, {"script", script}});
  } else {
    context.out.data(script);
  }
  return ExitCode::done;
}

}  // namespace

VerbAction declare_completion(CLI::App& app) {
  auto shell = std::make_shared<std::string>();
  app.add_option("SHELL", *shell, "bash, zsh or fish")->type_name("bash|zsh|fish")->required();
  return [shell](Context& context) { return completion(context, *shell); };
}

}  // namespace chandler::cli
