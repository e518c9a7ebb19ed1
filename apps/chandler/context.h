// What a verb works with.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "chandler/cache.h"
#include "config/config.h"
#include "output.h"

namespace chandler::cli {

// As typed, before or after the verb.
struct CommonArguments {
  std::string cache;
  std::string config;
  bool json = false;
  bool verbose = false;
  bool quiet = false;
};

struct Context {
  Output& out;
  std::filesystem::path cache_root;
  bool cache_is_named = false;  // by --cache or $CHANDLER_CACHE
  Config config{};

  // For readers; says on stderr when there is no such folder yet.
  [[nodiscard]] Result<Cache> open_cache() const;
  // For writers: fails (exit 2) before any work when nothing can be written. Signals from now on
  // let the commit in hand finish.
  [[nodiscard]] Result<Cache> open_cache_to_write() const;
};

// --cache, else $CHANDLER_CACHE, else the configuration, else ./data-cache.
[[nodiscard]] Result<Context> make_context(Output& out, const CommonArguments& arguments);

// Whatever is wrong with the cache's root, nothing was done: the exit code is that of wrong usage.
[[nodiscard]] Error as_usage(Error error);

// What was found wrong on the way and stopped nothing.
void show_warnings(const Cache& cache, const Output& out);

// Brings _metadata/*.json up to date after a writing verb; a failure is only a warning.
void refresh_summaries(Cache& cache, const Output& out);

}  // namespace chandler::cli
