#include "use_sources.h"

namespace chandler::cli {

Result<std::unique_ptr<Sources>> open_sources(const Context& context,
                                              const std::vector<std::string>& plugin_places) {
  CHANDLER_TRY(auto sources, Sources::open({context.config,
                                            &environment_variable,
                                            {plugin_places.begin(), plugin_places.end()}}));
  for (const Error& problem : sources->problems()) context.out.warning(problem.line());
  return sources;
}

Result<std::unique_ptr<Selector>> make_selector(const Sources& sources, const Context& context) {
  CHANDLER_TRY(auto made, sources.selector(context.cache_root));
  for (const Error& problem : made.problems) context.out.warning(problem.line());
  return std::move(made.selector);
}

void add_plugin_places(CLI::App& app, std::vector<std::string>& places) {
  app.add_option("--plugin-dir", places,
                 "A plugin, or a folder of plugins, before those of CHANDLER_PLUGIN_PATH")
      ->type_name("DIR")
      ->allow_extra_args(false);
}

}  // namespace chandler::cli
