#include "plugin/shared_plugin.h"

#include <utility>

#include "plugin/library.h"
#include "plugin/page_reader.h"
#include "plugin/plugin_host.h"
#include "plugin/plugin_provider.h"

namespace chandler::plugin {
namespace {

Trouble threw() {
  return {Trouble::Act::broken,
          Error{ErrorKind::data, "threw an exception across the border", "",
                "catch it in the plugin; chandler/provider_plugin_cpp.h does so"},
          {}};
}

chandler_error blank_error() {
  chandler_error error{};
  error.struct_size = sizeof error;
  return error;
}

// The plugin's own state, between create() and destroy().
class Instance {
 public:
  explicit Instance(Library library) : library_(std::move(library)) {}
  ~Instance() {
    if (created_) guarded([this] { api().destroy(self_); });
  }
  Instance(const Instance&) = delete;
  Instance& operator=(const Instance&) = delete;

  [[nodiscard]] const chandler_plugin_api& api() const { return library_.api(); }
  [[nodiscard]] void* self() const { return self_; }

  std::optional<Trouble> create(HostCall& call) {
    chandler_error error = blank_error();
    std::int32_t answer = CHANDLER_OK;
    if (!guarded([&] { answer = api().create(call.host(), &self_, &error); })) return threw();
    if (answer != CHANDLER_OK) return call.trouble(answer, error);
    created_ = true;
    return {};
  }

  // False when it threw, which it must not.
  template <class Work>
  static bool guarded(Work work) {
    try {
      work();
      return true;
    } catch (...) {
      return false;
    }
  }

 private:
  Library library_;
  void* self_ = nullptr;
  bool created_ = false;
};

class SharedRun final : public Run {
 public:
  SharedRun(const Instance& plugin, const HostServices& services, ColumnSet columns,
            RunRequest request)
      : plugin_(plugin),
        services_(services),
        request_(std::move(request)),
        pages_(columns, request_.range) {}
  ~SharedRun() override {
    if (opened_) Instance::guarded([this] { plugin_.api().close(stream_); });
  }
  SharedRun(const SharedRun&) = delete;
  SharedRun& operator=(const SharedRun&) = delete;

  Piece next(const std::stop_token& stop) override {
    Piece piece;
    if (stop.stop_requested()) {
      piece.trouble =
          Trouble{Trouble::Act::fail, Error{ErrorKind::interrupted, "interrupted", "", ""}, {}};
      return piece;
    }
    HostCall call(services_, stop);
    if (!opened_) piece.trouble = open(call);
    if (!piece.trouble) fill(piece, call);
    piece.notes = call.take_notes();
    return piece;
  }

 private:
  std::optional<Trouble> open(HostCall& call) {
    const Instrument& instrument = request_.instrument;
    const std::string asset_class(to_string(instrument.asset_class));
    const std::string timeframe(to_string(request_.timeframe));
    const chandler_request request{.struct_size = sizeof(chandler_request),
                                   .symbol = instrument.symbol.name().c_str(),
                                   .asset_class = asset_class.c_str(),
                                   .base = instrument.base.c_str(),
                                   .quote = instrument.quote.c_str(),
                                   .exchange = instrument.exchange.c_str(),
                                   .timeframe = timeframe.c_str(),
                                   .from = epoch_seconds(request_.range.from),
                                   .to = epoch_seconds(request_.range.to)};
    chandler_error error = blank_error();
    std::int32_t answer = CHANDLER_OK;
    if (!Instance::guarded([&] {
          answer = plugin_.api().open(plugin_.self(), call.host(), &request, &stream_, &error);
        }))
      return threw();
    if (answer != CHANDLER_OK) return call.trouble(answer, error);
    opened_ = true;
    return {};
  }

  void fill(Piece& piece, HostCall& call) {
    chandler_page page{};
    page.struct_size = sizeof page;
    chandler_error error = blank_error();
    std::int32_t answer = CHANDLER_OK;
    if (!Instance::guarded(
            [&] { answer = plugin_.api().next_page(stream_, call.host(), &page, &error); })) {
      piece.trouble = threw();
      return;
    }
    piece.last = answer == CHANDLER_END;
    if (piece.last) return;
    if (answer != CHANDLER_OK) {
      piece.trouble = call.trouble(answer, error);
      return;
    }
    auto bars = pages_.read(page);
    if (bars) {
      piece.bars = *std::move(bars);
    } else {
      piece.trouble = Trouble{Trouble::Act::broken, std::move(bars).error(), {}};
    }
  }

  const Instance& plugin_;
  const HostServices& services_;
  const RunRequest request_;
  PageReader pages_;
  void* stream_ = nullptr;
  bool opened_ = false;
};

class SharedSource final : public Source {
 public:
  SharedSource(Library library, const Description& description, const ProviderContext& context)
      : own_network_(!description.host_network),
        columns_(description.capabilities.columns),
        settings_(description, context),
        client_(context.transport, context.limits, context.timer,
                {.provider = description.capabilities.name,
                 .limits = context.settings.rate_limit
                               ? std::vector<RateLimit>{*context.settings.rate_limit}
                               : description.capabilities.rate_limits,
                 .retry = context.retry,
                 .breaker = context.breaker,
                 .account = settings_.account(),
                 .retries = context.retries}),
        services_{client_, context.timer, settings_},
        instance_(std::move(library)) {}

  Result<void> create() {
    HostCall call(services_, {});
    if (const auto trouble = instance_.create(call)) return trouble->error;
    return {};
  }

  std::unique_ptr<Run> start(RunRequest request) override {
    return std::make_unique<SharedRun>(instance_, services_, columns_, std::move(request));
  }
  Result<void> greet(const std::stop_token& /*stop*/) override { return {}; }
  bool own_network() const override { return own_network_; }
  CallCounts calls() const override { return client_.calls(); }
  BreakerState breaker() const override { return client_.breaker(); }

 private:
  const bool own_network_;
  const ColumnSet columns_;
  const PluginSettings settings_;
  http::Client client_;
  const HostServices services_;
  Instance instance_;
};

}  // namespace

Result<std::unique_ptr<Provider>> load_shared_plugin(const std::filesystem::path& file,
                                                     const ContextOf& context) {
  CHANDLER_TRY(Library library, Library::open(file));
  const char* text = nullptr;
  if (!Instance::guarded([&] { text = library.api().describe(); }) || text == nullptr)
    return Error{ErrorKind::data, "gives no description", file.string(), "mend the plugin"};
  auto description = parse_description(text);
  if (!description) return description.error().within(file.string());
  CHANDLER_TRY(const ProviderContext made, context(description->capabilities.name));
  if (const auto fine = check_variables(*description, made); !fine)
    return fine.error().within(file.string());
  auto source = std::make_unique<SharedSource>(std::move(library), *description, made);
  if (const auto created = source->create(); !created) return created.error().within(file.string());
  return std::unique_ptr<Provider>(
      std::make_unique<PluginProvider>(*description, std::move(source), made));
}

}  // namespace chandler::plugin
