// chandler man
#include <nlohmann/json.hpp>

#include "command_tree.h"
#include "program.h"
#include "verbs.h"

namespace chandler::cli {

VerbAction declare_man(CLI::App& /*app*/) {
  return [](Context& context) -> Result<ExitCode> {
    const std::string page = man_page(describe_program());
    if (context.out.json()) {
      context.out.document(Json{{"ok", true}, {"page", page}});
    } else {
      context.out.data(page);
    }
    return ExitCode::done;
  };
}

}  // namespace chandler::cli
