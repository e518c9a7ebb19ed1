#include "command_line.h"

#include <fmt/format.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "chandler/time.h"
#include "chandler/timeframe.h"

namespace chandler::cli {

namespace fs = std::filesystem;

CommandLine::CommandLine() {
  std::string pattern = (fs::temp_directory_path() / "chandler-cli-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
  folder_ = pattern;
}

CommandLine::~CommandLine() {
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

std::vector<std::string> CommandLine::program(std::vector<std::string> words) {
  words.insert(words.begin(), CHANDLER_PROGRAM);
  return words;
}

ProcessOptions CommandLine::defaults(ProcessOptions options) const {
  options.environment.try_emplace("CHANDLER_CACHE", cache().string());
  options.environment.try_emplace("HOME", path("home").string());
  if (options.folder.empty()) options.folder = folder_.string();
  return options;
}

ProcessResult CommandLine::run(std::vector<std::string> words, ProcessOptions options) const {
  return testing::run_process(program(std::move(words)), defaults(std::move(options)));
}

std::optional<ProcessResult> CommandLine::run_as_somebody(
    const std::vector<std::string>& words) const {
  std::vector<std::string> command;
  // A build that measures coverage keeps its counts where somebody else may not write.
  if (::geteuid() == 0)
    command = {"env",           "LLVM_PROFILE_FILE=/dev/null",
               "setpriv",       "--reuid=65534",
               "--regid=65534", "--clear-groups"};
  const auto run_it = [&](const std::vector<std::string>& what) {
    std::vector<std::string> all = command;
    for (const std::string& word : program(what)) all.push_back(word);
    return testing::run_process(all, defaults());
  };
  if (run_it({"--version"}).exit_code != 0) return {};
  return run_it(words);
}

Json CommandLine::run_json(std::vector<std::string> words, int expected_code) const {
  words.emplace_back("--json");
  const ProcessResult result = run(std::move(words));
  EXPECT_EQ(result.exit_code, expected_code) << result.out << result.err;
  Json document = Json::parse(result.out, nullptr, false);
  EXPECT_FALSE(document.is_discarded()) << "not one document: " << result.out.substr(0, 500);
  return document;
}

std::string CommandLine::write(std::string_view name, std::string_view content) const {
  fs::create_directories(path(name).parent_path());
  std::ofstream{path(name), std::ios::binary}.write(content.data(),
                                                    static_cast<std::streamsize>(content.size()));
  return path(name).string();
}

std::string CommandLine::content_of(const fs::path& file) const {
  std::ifstream in{file, std::ios::binary};
  std::ostringstream all;
  all << in.rdbuf();
  return all.str();
}

std::string CommandLine::fill(const std::string& symbol, const std::string& timeframe,
                              std::string_view first, std::size_t count) const {
  const auto step = nominal_length(*parse_timeframe(timeframe)).count();
  const std::string csv = bars_csv(first, step, count);
  const std::string file = write("fill.csv", csv);
  const ProcessResult result =
      run({"import", file, "--symbol", "crypto:" + symbol, "--timeframe", timeframe});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  return csv;
}

std::vector<std::pair<std::string, std::string>> CommandLine::cache_content() const {
  std::vector<std::pair<std::string, std::string>> all;
  if (!fs::exists(cache())) return all;
  for (const auto& entry : fs::recursive_directory_iterator{cache()}) {
    if (!entry.is_regular_file() || entry.path().filename() == ".lock") continue;
    all.emplace_back(fs::relative(entry.path(), cache()).string(), content_of(entry.path()));
  }
  std::sort(all.begin(), all.end());
  return all;
}

std::string bars_csv(std::string_view first, std::int64_t step_seconds, std::size_t count) {
  std::string csv = "timestamp,open,high,low,close,volume\n";
  const Instant start = *parse_when(first, Instant{});
  std::int64_t price = 100'00;
  for (std::size_t i = 0; i < count; ++i) {
    const auto k = static_cast<std::int64_t>(i);
    const std::int64_t close = price + (k * 7919 % 41) - 20;
    const std::int64_t high = std::max(price, close) + k % 5;
    const std::int64_t low = std::min(price, close) - k % 3;
    const auto money = [](std::int64_t cents) {
      return fmt::format("{}", static_cast<double>(cents) / 100);
    };
    csv += fmt::format("{},{},{},{},{},{}\n", format_instant(start + seconds{k * step_seconds}),
                       money(price), money(high), money(low), money(close),
                       static_cast<double>(k % 97 + 1) / 8);
    price = close;
  }
  return csv;
}

std::string gzipped(std::string_view text) {
  z_stream stream{};
  if (deflateInit2(&stream, 6, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY) != Z_OK)
    throw std::runtime_error("zlib");
  std::string packed(deflateBound(&stream, text.size()) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  deflate(&stream, Z_FINISH);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

}  // namespace chandler::cli
