// Every way of changing a cache, with every call of it failing or being the last one. What must
// hold afterwards is always the same: each data file is the old or the new version, whole; the same
// command then finishes, to the bytes of a run that nothing disturbed; nothing is left lying about.
//
// Death is tried before every call that changes something; death between two calls that only look
// leaves the same disk. CHANDLER_LONG_TESTS=1 tries it before all of them.
#include <gtest/gtest.h>
#include <oneapi/tbb/global_control.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <functional>
#include <regex>
#include <set>

#include "parts_support.h"
#include "tests/support/child.h"
#include "tests/support/effort.h"
#include "tests/support/gunzip.h"

namespace chandler {
namespace {

using test::bars_at;
using test::Call;
using test::CallRecord;
using test::Effect;
using test::Fault;
using test::FaultyFileSystem;
using test::kSeries;

using Files = std::map<std::string, std::string>;
using Errors = std::vector<Error>;

Errors merge(Cache& cache, const Delivery& delivery) {
  const WriteOutcome outcome = cache.merge(kSeries, delivery);
  return outcome.error ? Errors{*outcome.error} : Errors{};
}

Errors merge(Cache& cache, const BarSeries& bars, const char* provider = "import") {
  return merge(cache, test::delivery_of(bars, provider));
}

Errors resample(Cache& cache) {
  const std::vector<Timeframe> targets = {Timeframe::m5, Timeframe::h1};
  Errors errors;
  for (const WriteOutcome& o : cache.resample(kSeries.symbol, Timeframe::m1, targets)) {
    if (o.error) errors.push_back(*o.error);
  }
  return errors;
}

Errors repair(Cache& cache) {
  return cache.verify(std::vector<SeriesId>{kSeries}, {.repair = true}).errors;
}

BarSeries three_years() {
  BarSeries bars = bars_at({0, 1}, 2023);
  bars.append(bars_at({3}, 2024, 300));
  bars.append(bars_at({0, 4096}, 2025));
  return bars;
}

void damage(test::Sandbox& box) {
  std::string bytes = box.bytes("BTCUSDT/1m/2024.csv.gz");
  const auto blocks = box.metadata("BTCUSDT/1m/2024.metadata.json")["file_info"]["blocks"];
  const auto at =
      blocks[1]["offset"].get<std::size_t>() + blocks[1]["size"].get<std::size_t>() - 12;
  bytes[at] = static_cast<char>(bytes[at] ^ 1);
  box.put("BTCUSDT/1m/2024.csv.gz", bytes);
}

struct Kind {
  const char* name;
  std::function<void(test::Sandbox&)> prepare;
  std::function<Errors(Cache&)> command;
};

const std::vector<Kind>& kinds() {
  static const std::vector<Kind> all = {
      {"NewYear", [](auto&) {},
       [](Cache& c) {
         return merge(c, bars_at({0, 1, 4096}));
       }},
      {"Append",
       [](auto& b) {
         merge(b.cache(), bars_at({0, 1, 4096}));
       },
       [](Cache& c) {
         return merge(c, bars_at({4097, 8192}));
       }},
      {"RewriteInTheMiddle",
       [](auto& b) {
         merge(b.cache(), bars_at({0, 4096, 8192}));
       },
       [](Cache& c) {
         return merge(c, bars_at({4096, 4100}, 2024, 200), "binance");
       }},
      {"SeveralYears",
       [](auto& b) {
         merge(b.cache(), bars_at({0, 3, 9}));
       },
       [](Cache& c) { return merge(c, three_years()); }},
      {"OtherProvider",
       [](auto& b) {
         merge(b.cache(), bars_at({0, 1}));
       },
       [](Cache& c) {
         return merge(c, bars_at({0, 1}), "export");
       }},
      {"MetadataOnly",
       [](auto& b) {
         merge(b.cache(), bars_at({0, 1, 5}));
       },
       [](Cache& c) {
         Delivery delivery = test::delivery_of(bars_at({0, 1}));
         delivery.report.rows_in = 3;
         delivery.report.findings = {{Rule::bad_number, year_start(2024), 2}};
         delivery.asked = TimeRange{year_start(2024), year_start(2024) + seconds{3600}};
         return merge(c, delivery);
       }},
      {"Derive",
       [](auto& b) {
         merge(b.cache(), bars_at({0, 1, 5, 70, 71}));
       },
       resample},
      {"DeriveAgain",
       [](auto& b) {
         merge(b.cache(), bars_at({0, 1, 5, 70, 4096}));
         resample(b.cache());
         merge(b.cache(), bars_at({6, 4097, 8192}));
       },
       resample},
      {"Remove", [](auto& b) { merge(b.cache(), three_years()); },
       [](Cache& c) {
         Errors errors = c.remove(kSeries).errors;
         // The second time there may be nothing left to remove.
         if (!c.status(kSeries))
           std::erase_if(errors, [](const Error& e) { return e.kind == ErrorKind::not_found; });
         return errors;
       }},
      {"Repair",
       [](auto& b) {
         merge(b.cache(), bars_at({0, 4096, 4097, 8192}));
         damage(b);
       },
       repair},
      {"Heal",
       [](auto& b) {
         merge(b.cache(), bars_at({0, 4096, 4097, 8192}));
         damage(b);
         repair(b.cache());
       },
       [](Cache& c) {
         return merge(c, bars_at({4096, 4097}));
       }},
  };
  return all;
}

bool changes_something(Call call) {
  return call == Call::create || call == Call::write || call == Call::truncate ||
         call == Call::sync || call == Call::rename || call == Call::link || call == Call::unlink ||
         call == Call::make_folder || call == Call::lock;
}

// NOLINTNEXTLINE(cppcoreguidelines-virtual-class-destructor): as its base class has it
class Faults : public ::testing::TestWithParam<std::size_t> {
 protected:
  Faults() {
    std::string name = box_.root().string();
    template_ = name + ".template";
    std::filesystem::remove_all(template_);
    std::filesystem::create_directories(box_.root());
    kind().prepare(box_);
    std::filesystem::copy(box_.root(), template_, std::filesystem::copy_options::recursive);
    restore();
    old_ = files();
    const Errors errors = run(recorder_);
    EXPECT_TRUE(errors.empty()) << errors.front().line();
    new_ = files();
    EXPECT_NE(old_, new_) << "the command does something";
    for (const auto& [file, bytes] : new_) {
      if (file.ends_with(".csv.gz")) {
        EXPECT_TRUE(test::gunzip(bytes)) << file;
      }
    }
  }
  ~Faults() override { std::filesystem::remove_all(template_); }

  static const Kind& kind() { return kinds()[GetParam()]; }

  Errors run(FileSystem& files) {
    auto cache = Cache::open(box_.root(), {.clock = &box_.clock, .files = &files});
    if (!cache) return {cache.error()};
    return kind().command(*cache);
  }

  void restore() {
    std::filesystem::remove_all(box_.root());
    std::filesystem::copy(template_, box_.root(), std::filesystem::copy_options::recursive);
    // Metadata made anew goes by the time of the data file: the same one in every run.
    for (const auto& entry : std::filesystem::recursive_directory_iterator(box_.root())) {
      if (entry.is_regular_file()) {
        std::filesystem::last_write_time(entry.path(), std::filesystem::file_time_type{});
      }
    }
  }

  // Everything in the cache, folders too, with nonces made equal.
  [[nodiscard]] Files files() const {
    static const std::regex nonce(R"(\.damaged\.[0-9a-f]{8})");
    Files found;
    for (auto& [name, bytes] : box_.snapshot()) {
      const bool metadata = name.find(".metadata.json") != std::string::npos;
      found[test::without_nonce(name)] =
          metadata ? std::regex_replace(bytes, nonce, ".damaged.NONCE") : bytes;
    }
    for (const auto& entry : std::filesystem::recursive_directory_iterator(box_.root())) {
      if (entry.is_directory())
        found[std::filesystem::relative(entry.path(), box_.root()).string() + "/"] = "";
    }
    return found;
  }

  // Promise 1: whatever happened, each data file is one of the two versions.
  void expect_old_or_new(const std::string& where) const {
    for (const auto& [name, bytes] : files()) {
      if (!name.ends_with(".csv.gz")) continue;
      const auto was = old_.find(name);
      const auto is = new_.find(name);
      EXPECT_TRUE((was != old_.end() && bytes == was->second) ||
                  (is != new_.end() && bytes == is->second))
          << where << ": " << name;
    }
    for (const auto& [name, bytes] : old_) {
      if (name.ends_with(".csv.gz") && new_.contains(name)) {
        EXPECT_TRUE(std::filesystem::exists(box_.root() / name)) << where << ": " << name;
      }
    }
  }

  // Promise 10: the same command finishes the work, to the same bytes.
  void expect_next_run_finishes(const std::string& where) {
    FaultyFileSystem sound;
    const Errors errors = run(sound);
    for (const Error& e : errors) ADD_FAILURE() << where << ": " << e.line();
    expect_finished(where);
  }

  void expect_finished(const std::string& where) {
    const Files now = files();
    for (const auto& [name, bytes] : new_) {
      const auto found = now.find(name);
      if (found == now.end()) {
        ADD_FAILURE() << where << ": " << name << " is missing";
      } else if (found->second != bytes) {
        ADD_FAILURE() << where << ": " << name << " differs"
                      << (name.ends_with(".json")
                              ? nlohmann::json::diff(nlohmann::json::parse(bytes),
                                                     nlohmann::json::parse(found->second))
                                    .dump()
                              : "");
      }
    }
    for (const auto& [name, bytes] : now) {
      // An empty folder of a symbol is no series: whoever dies just before removing it leaves it.
      const bool empty_symbol = name == "BTCUSDT/" && now.size() == 1;
      if (!new_.contains(name) && !empty_symbol)
        ADD_FAILURE() << where << ": " << name << " is left over";
    }
    auto cache = Cache::open(box_.root(), {.clock = &box_.clock});
    ASSERT_TRUE(cache);
    const VerifyReport report = cache->verify(*cache->list());
    for (const Problem& p : report.problems)
      ADD_FAILURE() << where << ": " << p.file << " " << p.kind << " " << p.detail;
    for (const Error& e : report.errors) ADD_FAILURE() << where << ": " << e.line();
  }

  // Dies at one call after another. True when the run came to its end instead.
  bool dies(const Fault& fault, const std::string& where) {
    restore();
    const int exit_code = test::Child::run([&] {
      FaultyFileSystem files;
      files.inject(fault);
      return run(files).empty() ? 0 : 1;
    });
    if (exit_code != test::kDied) {
      EXPECT_EQ(exit_code, 0) << where;
      return false;
    }
    expect_old_or_new(where);
    expect_next_run_finishes(where);
    return true;
  }

  test::Sandbox box_;
  // One thread, so that the n-th call is the same call in every run; and fork wants it.
  tbb::global_control one_thread_{tbb::global_control::max_allowed_parallelism, 1};
  FaultyFileSystem recorder_;  // saw the undisturbed run
  std::filesystem::path template_;
  Files old_;
  Files new_;
};

std::string describe(const CallRecord& r, std::size_t ordinal, const std::string& what) {
  return std::string(to_string(r.call)) + " " + std::to_string(ordinal) + " (" + r.name + ") " +
         what;
}

TEST_P(Faults, DeathBeforeAnyCallLeavesNothingBroken) {
  const std::vector<CallRecord> records = recorder_.records();
  for (std::size_t n = 0; n < records.size() && !HasFailure(); ++n) {
    if (!test::long_tests() && !changes_something(records[n].call)) continue;
    EXPECT_TRUE(dies({.ordinal = n, .effect = Effect::die}, describe(records[n], n, "dies")));
  }
}

TEST_P(Faults, DeathInTheMiddleOfAWriteLeavesNothingBroken) {
  for (std::size_t n = 0; n < recorder_.count(Call::write) && !HasFailure(); ++n) {
    EXPECT_TRUE(dies({.call = Call::write, .ordinal = n, .effect = Effect::die_inside},
                     "write " + std::to_string(n)));
  }
}

TEST_P(Faults, ShortReadsAndWritesDoNotShow) {
  for (const Call call : {Call::pread, Call::write}) {
    restore();
    FaultyFileSystem files;
    files.inject({.call = call, .ordinal = 0, .effect = Effect::shorten, .every_time = true});

    const Errors errors = run(files);

    EXPECT_TRUE(errors.empty()) << errors.front().line();
    EXPECT_TRUE(files.fired() || call == Call::pread);
    expect_finished(std::string(to_string(call)));
  }
}

// What an interrupted call may be: everything but a sync, which is never tried again.
TEST_P(Faults, InterruptedCallsDoNotShow) {
  std::map<Call, std::size_t> ordinals;
  for (const CallRecord& r : recorder_.records()) {
    const std::size_t ordinal = ordinals[r.call]++;
    if (r.call == Call::sync || HasFailure() || !test::in_sample(ordinal, 3)) continue;
    restore();
    FaultyFileSystem files;
    files.inject({.call = r.call, .ordinal = ordinal, .error_number = EINTR});
    const std::string where = describe(r, ordinal, "is interrupted");

    const Errors errors = run(files);

    for (const Error& e : errors) ADD_FAILURE() << where << ": " << e.line();
    expect_finished(where);
  }
}

void expect_no_sync_is_tried_again(const FaultyFileSystem& files, const std::string& where) {
  std::set<std::size_t> failed;
  for (const CallRecord& r : files.records()) {
    if (r.call != Call::sync) continue;
    EXPECT_FALSE(failed.contains(r.handle)) << where << ": " << r.name << " is synced again";
    if (r.failed) failed.insert(r.handle);
  }
}

TEST_P(Faults, AFailingCallIsSaidOnceAndHarmsNothing) {
  std::map<Call, std::size_t> ordinals;
  for (const CallRecord& r : recorder_.records()) {
    const std::size_t ordinal = ordinals[r.call]++;
    if (!changes_something(r.call) && !test::in_sample(ordinal, 4)) continue;
    for (const int number : {EIO, ENOSPC, EINTR}) {
      if (number == ENOSPC && !changes_something(r.call)) continue;
      if (number == EINTR && r.call != Call::sync) continue;
      if (HasFailure()) return;
      restore();
      FaultyFileSystem files;
      files.inject({.call = r.call, .ordinal = ordinal, .error_number = number});
      const std::string where = describe(r, ordinal, std::strerror(number));

      const Errors errors = run(files);

      EXPECT_TRUE(files.fired()) << where;
      expect_no_sync_is_tried_again(files, where);
      expect_old_or_new(where);
      EXPECT_TRUE(r.call != Call::sync || !errors.empty()) << where;
      for (const Error& e : errors) {
        EXPECT_NE(e.where, "") << where << ": " << e.line();
        EXPECT_NE(e.what, "") << where << ": " << e.line();
        EXPECT_NE(e.hint, "") << where << ": " << e.line();
        EXPECT_EQ(e.line().find('\n'), std::string::npos);
      }
      expect_next_run_finishes(where);
    }
  }
}

TEST_P(Faults, ARenameThatHappenedThoughItFailedIsDone) {
  for (std::size_t n = 0; n < recorder_.count(Call::rename) && !HasFailure(); ++n) {
    restore();
    FaultyFileSystem files;
    files.inject({.call = Call::rename, .ordinal = n, .effect = Effect::lie, .error_number = EIO});
    const std::string where = "rename " + std::to_string(n);

    const Errors errors = run(files);

    for (const Error& e : errors) ADD_FAILURE() << where << ": " << e.line();
    expect_finished(where);
  }
}

TEST_P(Faults, ADiskThatStaysFullStopsTheCommandAndNothingElse) {
  for (std::size_t n = 0; n < recorder_.count(Call::write) && !HasFailure(); ++n) {
    restore();
    FaultyFileSystem files;
    files.inject({.call = Call::write, .ordinal = n, .error_number = ENOSPC, .every_time = true});
    const std::string where = "full from write " + std::to_string(n);

    const Errors errors = run(files);

    for (const Error& e : errors) EXPECT_EQ(e.kind, ErrorKind::no_space) << where << e.line();
    expect_old_or_new(where);
    for (const auto& [name, bytes] : this->files()) EXPECT_FALSE(name.ends_with(".tmp")) << where;
    expect_next_run_finishes(where);
  }
}

INSTANTIATE_TEST_SUITE_P(Kinds, Faults, ::testing::Range<std::size_t>(0, kinds().size()),
                         [](const auto& one) { return std::string(kinds()[one.param].name); });

// Looked at is everything and deeply, or a roll-up alone, held against its source's end mark.
class Verify : public ::testing::TestWithParam<bool> {};

TEST_P(Verify, CallsNothingDamagedThatItCouldNotRead) {
  test::Sandbox box;
  Cache& writer = box.cache();
  ASSERT_TRUE(merge(writer, bars_at({0, 1, 5, 70, 4096})).empty());
  ASSERT_TRUE(resample(writer).empty());
  std::vector<SeriesId> looked_at = {{kSeries.symbol, Timeframe::h1}};
  if (GetParam()) looked_at.push_back(kSeries);
  const auto verify = [&](FileSystem& files) {
    auto cache = Cache::open(box.root(), {.clock = &box.clock, .files = &files});
    if (!cache) return VerifyReport{.errors = {cache.error()}};
    return cache->verify(looked_at, {.deep = GetParam()});
  };
  // One thread, so that the n-th call is the same one each time.
  const oneapi::tbb::global_control one(oneapi::tbb::global_control::max_allowed_parallelism, 1);
  FaultyFileSystem recorder;
  const VerifyReport good = verify(recorder);
  ASSERT_TRUE(good.problems.empty() && good.errors.empty());

  std::map<Call, std::size_t> ordinals;
  for (const CallRecord& r : recorder.records()) {
    const std::size_t ordinal = ordinals[r.call]++;
    if (r.call != Call::open && r.call != Call::pread) continue;
    for (const bool for_good : {false, true}) {
      FaultyFileSystem files;
      files.inject(
          {.call = r.call, .ordinal = ordinal, .error_number = EIO, .every_time = for_good});
      const std::string where =
          std::string(to_string(r.call)) + " " + std::to_string(ordinal) + " of " + r.name;

      const VerifyReport report = verify(files);

      EXPECT_TRUE(files.fired()) << where;
      for (const Problem& p : report.problems) ADD_FAILURE() << where << ": " << p.detail;
      // One that passes may have been made good by looking again.
      EXPECT_TRUE(!report.errors.empty() || !for_good) << where;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Deep, Verify, ::testing::Bool());

TEST(StatusOfARollUp, SaysThatItsSourceCannotBeRead) {
  test::Sandbox box;
  ASSERT_TRUE(merge(box.cache(), bars_at({0, 1, 5})).empty());
  ASSERT_TRUE(resample(box.cache()).empty());
  const SeriesId hours{kSeries.symbol, Timeframe::h1};
  const auto problems = [&](FileSystem& files) {
    const auto cache = Cache::open(box.root(), {.clock = &box.clock, .files = &files});
    return cache->status(hours)->problems;
  };
  FaultyFileSystem files;
  ASSERT_TRUE(problems(files).empty());
  std::size_t ordinal = 0;
  for (const CallRecord& r : files.records()) {
    if (r.call == Call::open && r.name.starts_with(kSeries.folder())) break;
    if (r.call == Call::open) ++ordinal;
  }
  files.clear();
  files.inject({.call = Call::open, .ordinal = ordinal, .error_number = EIO, .every_time = true});

  const auto told = problems(files);

  ASSERT_EQ(told.size(), 1U);
  EXPECT_NE(told[0].line().find(kSeries.folder()), std::string::npos) << told[0].line();
}

TEST(Listing, SaysThatASymbolCannotBeLookedInto) {
  test::Sandbox box;
  ASSERT_TRUE(merge(box.cache(), bars_at({0, 1, 5})).empty());
  const auto ordinal_of_symbol = [](const FaultyFileSystem& files) {
    std::size_t ordinal = 0;
    for (const CallRecord& r : files.records()) {
      if (r.call == Call::open && r.name == kSeries.symbol.folder()) break;
      if (r.call == Call::open) ++ordinal;
    }
    return ordinal;
  };
  const auto denied = [&](const std::function<bool(Cache&)>& look) {
    FaultyFileSystem files;
    auto cache = Cache::open(box.root(), {.clock = &box.clock, .files = &files});
    files.clear();
    if (!look(*cache)) return false;
    const std::size_t ordinal = ordinal_of_symbol(files);
    files.clear();
    files.inject({.call = Call::open, .ordinal = ordinal, .error_number = EACCES});
    return !look(*cache) && files.fired();
  };

  EXPECT_TRUE(denied([](Cache& c) { return c.list().ok(); }));
  EXPECT_TRUE(denied([](Cache& c) { return c.status_all().ok(); }));
}

TEST(Root, ThatIsMadeIsThereToStayWithTheFoldersAboveIt) {
  const auto above = std::filesystem::path(::testing::TempDir()) / "chandler-made-root";
  const auto syncs = [](const std::filesystem::path& root) {
    FaultyFileSystem files;
    auto cache = Cache::open(root, {.files = &files});
    EXPECT_TRUE(cache);
    EXPECT_TRUE(merge(*cache, bars_at({0, 1}, 2023)).empty());
    return files.count(Call::sync);
  };
  std::filesystem::remove_all(above);
  std::filesystem::create_directory(above);

  const std::size_t into_what_is_there = syncs(above);

  EXPECT_EQ(syncs(above / "a" / "b"), into_what_is_there + 2);
  EXPECT_EQ(syncs(above / "c/"), into_what_is_there + 1);
  std::filesystem::remove_all(above);
}

}  // namespace
}  // namespace chandler
