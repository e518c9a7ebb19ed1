#include "context.h"

#include <string_view>
#include <system_error>

#include "interrupt.h"

namespace chandler::cli {
namespace {

std::string environment(std::string_view name) {
  return environment_variable(name).value_or(std::string{});
}

Result<Cache> open_at(const Context& context) {
  auto cache = Cache::open(
      context.cache_root,
      {.optimistic_locking = context.config.optimistic_locking, .hot = context.config.hot});
  if (!cache) return as_usage(std::move(cache).error());
  return cache;
}

}  // namespace

Error as_usage(Error error) {
  if (error.kind != ErrorKind::read_only && error.kind != ErrorKind::unsupported) {
    error.kind = ErrorKind::usage;
  }
  return error;
}

Result<Cache> Context::open_cache() const {
  std::error_code failed;
  if (!std::filesystem::exists(cache_root, failed)) {
    out.note(cache_root.string() +
             ": there is no cache here yet; the first fetch or import makes it");
  }
  return open_at(*this);
}

Result<Cache> Context::open_cache_to_write() const {
  CHANDLER_TRY(Cache cache, open_at(*this));
  auto writable = cache.check_writable();
  if (!writable) return as_usage(std::move(writable).error());
  if (const auto weaker = cache.weaker_here()) out.warning(*weaker);
  finish_first_on_signals();
  return cache;
}

Result<Context> make_context(Output& out, const CommonArguments& arguments) {
  CHANDLER_TRY(Config loaded, load_config(arguments.config, environment("HOME")));
  Context context{out, arguments.cache, false, std::move(loaded)};
  const Config& config = context.config;
  if (context.cache_root.empty()) context.cache_root = environment("CHANDLER_CACHE");
  context.cache_is_named = !context.cache_root.empty();
  if (context.cache_root.empty() && config.cache) context.cache_root = *config.cache;
  if (context.cache_root.empty()) context.cache_root = "data-cache";
  if (!config.file.empty()) out.detail("configuration: " + config.file.string());
  out.detail("cache: " + context.cache_root.string());
  return context;
}

void refresh_summaries(Cache& cache, const Output& out) {
  if (const auto refreshed = cache.refresh_summaries(); !refreshed) {
    out.warning(refreshed.error().within("_metadata").line());
  }
  show_warnings(cache, out);
}

void show_warnings(const Cache& cache, const Output& out) {
  for (const Error& warning : cache.take_warnings()) out.warning(warning.line());
}

}  // namespace chandler::cli
