#include "config/config_reader.h"

#include <algorithm>
#include <cmath>

#include "config/base_url.h"
#include "config/config_shape.h"
#include "config/shape.h"
#include "config/suggest.h"
#include "config/variable_name.h"

namespace chandler {
namespace {

constexpr double kLongestTimeout = 3600;
constexpr double kMostWorkers = 1024;

// "MY_KEY"; "MY_ID,MY_SECRET" for a key of two parts.
bool are_variable_names(std::string_view text) {
  for (;;) {
    const std::size_t comma = text.find(',');
    if (!is_variable_name(text.substr(0, comma))) return false;
    if (comma == std::string_view::npos) return true;
    text.remove_prefix(comma + 1);
  }
}

std::vector<std::string> class_names() {
  std::vector<std::string> names;
  for (const AssetClass c :
       {AssetClass::crypto, AssetClass::stock, AssetClass::etf, AssetClass::index,
        AssetClass::forex, AssetClass::future, AssetClass::unknown}) {
    names.emplace_back(to_string(c));
  }
  return names;
}

// Reads values one by one; every error names the file, the line and the key's path.
class Reader {
 public:
  explicit Reader(std::filesystem::path file) : path_(std::move(file)), file_(path_.string()) {}

  [[nodiscard]] Result<Config> read(const ConfigValue& root) const {
    Config config;
    config.file = path_;
    CHANDLER_CHECK(read_store(root, config));
    if (const ConfigValue* list = member(root, "plugins")) {
      for (std::size_t i = 0; i < list->items.size(); ++i) {
        CHANDLER_TRY(auto plugin, path_at(list->items[i], item_path("plugins", i)));
        config.plugins.push_back(std::move(plugin));
      }
    }
    if (const ConfigValue* providers = member(root, "providers")) {
      for (const auto& [name, value] : providers->members) {
        CHANDLER_TRY(auto provider, provider_of(name, value));
        config.providers.push_back(std::move(provider));
      }
    }
    if (const ConfigValue* rules = member(root, "selection")) {
      for (std::size_t i = 0; i < rules->items.size(); ++i) {
        CHANDLER_TRY(auto rule, rule_of(rules->items[i], item_path("selection", i)));
        config.selection.push_back(std::move(rule));
      }
    }
    if (const ConfigValue* defaults = member(root, "defaults")) {
      CHANDLER_TRY(config.defaults, defaults_of(*defaults));
    }
    return config;
  }

 private:
  [[nodiscard]] std::string where(const ConfigValue& value) const {
    return file_ + ":" + std::to_string(value.line);
  }
  [[nodiscard]] Error error(const ConfigValue& value, const std::string& key,
                            const std::string& what, std::string hint = {}) const {
    return config_error(file_, value, "\"" + key + "\"" + what, std::move(hint));
  }
  // What a parser of ours said of the text.
  [[nodiscard]] Error passed_on(const ConfigValue& value, const std::string& key,
                                const Error& said) const {
    return error(value, key, ": " + said.what, said.hint);
  }
  [[nodiscard]] Error must_be(const ConfigValue& value, const std::string& key,
                              const std::string& what) const {
    return error(value, key, " must be " + what);
  }

  [[nodiscard]] Result<std::filesystem::path> path_at(const ConfigValue& value,
                                                      const std::string& key) const {
    if (value.text.empty()) return error(value, key, " is empty");
    return path_.parent_path() / value.text;
  }

  [[nodiscard]] Result<void> read_store(const ConfigValue& root, Config& config) const {
    if (const ConfigValue* cache = member(root, "cache")) {
      CHANDLER_TRY(config.cache, path_at(*cache, "cache"));
    }
    if (const ConfigValue* locking = member(root, "locking")) {
      if (locking->text != "locks" && locking->text != "optimistic") {
        return must_be(*locking, "locking",
                       R"("locks" or "optimistic", not ")" + printable(locking->text, 40) + "\"");
      }
      config.optimistic_locking = locking->text == "optimistic";
    }
    if (const ConfigValue* hot = member(root, "hot")) config.hot = hot->truth;
    if (const ConfigValue* keys = member(root, "key_file")) {
      CHANDLER_TRY(config.key_file, path_at(*keys, "key_file"));
    }
    return {};
  }

  [[nodiscard]] Result<ConfiguredProvider> provider_of(const std::string& name,
                                                       const ConfigValue& value) const {
    const std::string key = "providers." + printable(name, 40);
    if (!is_provider_name(name)) {
      return error(value, key, ": that is not a provider's name",
                   "names are 1 to 32 of a-z 0-9 _ - .");
    }
    ConfiguredProvider provider;
    provider.name = name;
    provider.where = where(value);
    ProviderSettings& settings = provider.settings;
    if (const ConfigValue* enabled = member(value, "enabled")) settings.enabled = enabled->truth;
    if (const ConfigValue* url = member(value, "base_url")) {
      auto parsed = parse_base_url(url->text);
      if (!parsed) return passed_on(*url, key + ".base_url", parsed.error());
      settings.base_url = std::move(*parsed);
    }
    if (const ConfigValue* variable = member(value, "api_key_env")) {
      // Its text is not shown: it may well be the key itself.
      if (!are_variable_names(variable->text)) {
        return error(*variable, key + ".api_key_env",
                     " must be the name of an environment variable",
                     "put the key into the variable, and the variable's name here");
      }
      settings.api_key_env = variable->text;
    }
    CHANDLER_CHECK(read_numbers(value, key, settings));
    return provider;
  }

  [[nodiscard]] Result<void> read_numbers(const ConfigValue& value, const std::string& key,
                                          ProviderSettings& settings) const {
    if (const ConfigValue* limit = member(value, "rate_limit")) {
      auto parsed = parse_rate_limit(limit->text);
      if (!parsed) return passed_on(*limit, key + ".rate_limit", parsed.error());
      settings.rate_limit = *parsed;
    }
    if (const ConfigValue* reliability = member(value, "reliability")) {
      if (reliability->number < 0 || reliability->number > 1) {
        return must_be(*reliability, key + ".reliability", "from 0 to 1");
      }
      settings.reliability = reliability->number;
    }
    if (const ConfigValue* timeout = member(value, "timeout_seconds")) {
      if (timeout->number < 0.001 || timeout->number > kLongestTimeout) {
        return must_be(*timeout, key + ".timeout_seconds", "from 0.001 to 3600");
      }
      settings.timeout = std::chrono::milliseconds{std::llround(timeout->number * 1000)};
    }
    return {};
  }

  [[nodiscard]] Result<std::vector<Timeframe>> timeframes_of(const ConfigValue& list,
                                                             const std::string& key) const {
    std::vector<Timeframe> timeframes;
    for (std::size_t i = 0; i < list.items.size(); ++i) {
      const auto timeframe = parse_timeframe(list.items[i].text);
      if (!timeframe) return passed_on(list.items[i], item_path(key, i), timeframe.error());
      if (std::find(timeframes.begin(), timeframes.end(), *timeframe) == timeframes.end()) {
        timeframes.push_back(*timeframe);
      }
    }
    return timeframes;
  }

  [[nodiscard]] Result<SelectionRule> rule_of(const ConfigValue& value,
                                              const std::string& key) const {
    SelectionRule rule;
    rule.where = where(value);
    const ConfigValue* asset_class = member(value, "class");
    if (asset_class == nullptr) return error(value, key, " names no \"class\"");
    const auto parsed = parse_asset_class(asset_class->text);
    if (!parsed) {
      Error said = parsed.error();
      if (const auto near = nearest(asset_class->text, class_names())) {
        said.hint = "did you mean \"" + *near + "\"?";
      }
      return passed_on(*asset_class, key + ".class", said);
    }
    rule.asset_class = *parsed;
    if (const ConfigValue* list = member(value, "timeframes")) {
      if (list->items.empty()) {
        return error(*list, key + ".timeframes", " is empty", "leave it out to mean all");
      }
      CHANDLER_TRY(rule.timeframes, timeframes_of(*list, key + ".timeframes"));
    }
    CHANDLER_TRY(rule.providers, providers_of(value, key));
    return rule;
  }

  [[nodiscard]] Result<std::vector<std::string>> providers_of(const ConfigValue& rule,
                                                              const std::string& key) const {
    const ConfigValue* list = member(rule, "providers");
    if (list == nullptr || list->items.empty()) {
      return error(list == nullptr ? rule : *list, key, " names no \"providers\"");
    }
    std::vector<std::string> names;
    for (std::size_t i = 0; i < list->items.size(); ++i) {
      const ConfigValue& item = list->items[i];
      if (!is_provider_name(item.text)) {
        return error(item, item_path(key + ".providers", i),
                     ": \"" + printable(item.text, 40) + "\" is not a provider's name",
                     "`chandler providers` lists them");
      }
      if (std::find(names.begin(), names.end(), item.text) == names.end()) {
        names.push_back(item.text);
      }
    }
    return names;
  }

  [[nodiscard]] Result<JobDefaults> defaults_of(const ConfigValue& value) const {
    JobDefaults defaults;
    if (const ConfigValue* from = member(value, "from")) {
      // Only whether it can be read; the job that uses it says what day it is.
      const auto when = parse_when(from->text, year_start(2024));
      if (!when) return passed_on(*from, "defaults.from", when.error());
      defaults.from = from->text;
    }
    if (const ConfigValue* derive = member(value, "derive")) {
      CHANDLER_TRY(defaults.derive, timeframes_of(*derive, "defaults.derive"));
    }
    if (const ConfigValue* workers = member(value, "workers")) {
      const double count = workers->number;
      if (count < 1 || count > kMostWorkers || count != std::floor(count)) {
        return must_be(*workers, "defaults.workers", "a whole number from 1 to 1024");
      }
      defaults.workers = static_cast<std::size_t>(count);
    }
    return defaults;
  }

  std::filesystem::path path_;
  std::string file_;
};

}  // namespace

Result<Config> read_config(const ConfigValue& root, const std::filesystem::path& file) {
  return Reader{file}.read(root);
}

}  // namespace chandler
