// A file that something has happened to: verify finds it, and no reader is ever given a wrong row.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <ctime>

#include "damage_support.h"
#include "store/end_mark.h"
#include "store/year_draft.h"
#include "tests/support/bomb.h"
#include "tests/support/effort.h"
#include "tests/support/sanitized.h"

namespace chandler {
namespace {

using namespace test;

constexpr const char* kFile = "BTCUSDT/1m/2024.csv.gz";
constexpr const char* kMetadata = "BTCUSDT/1m/2024.metadata.json";

// A file changed in place, as a rotting disk does it.
class Rot {
 public:
  explicit Rot(const std::filesystem::path& path) : fd_(::open(path.c_str(), O_WRONLY)) {}
  ~Rot() { ::close(fd_); }
  Rot(const Rot&) = delete;
  Rot& operator=(const Rot&) = delete;
  void put(std::size_t at, char byte) const {
    ASSERT_EQ(::pwrite(fd_, &byte, 1, static_cast<off_t>(at)), 1);
  }

 private:
  int fd_;
};

class Damage : public ::testing::Test {
 protected:
  // Three blocks of the year with a hole inside each; two providers.
  void fill(int every) {
    const BarSeries all =
        all_bars(CalendarKind::always, Timeframe::m1, range_of("2024-01-01", "2024-01-08"));
    Dice dice(3);
    const auto step = static_cast<std::size_t>(every);
    truth = pick(all, [&](std::size_t) { return dice.one_in(step); });
    const std::size_t middle = truth.size() / 2;
    ASSERT_EQ(box.merge("BTCUSDT", Timeframe::m1, truth.slice(0, middle)).status, WriteStatus::ok);
    ASSERT_EQ(
        box.merge("BTCUSDT", Timeframe::m1, truth.slice(middle, truth.size()), "binance").status,
        WriteStatus::ok);
    original = box.bytes(kFile);
    metadata = box.bytes(kMetadata);
    const auto blocks = box.metadata(kMetadata)["file_info"]["blocks"];
    ASSERT_EQ(blocks.size(), 3U);
    for (const auto& b : blocks) begins.push_back(b["offset"].get<std::size_t>());
    begins.push_back(begins.back() + blocks.back()["size"].get<std::size_t>());  // the end mark
    ASSERT_LT(begins.back(), original.size());
  }

  // 0 to 2: the block a byte lies in; 3: the end mark.
  [[nodiscard]] std::size_t part_of(std::size_t byte) const {
    std::size_t part = 0;
    while (part + 1 < begins.size() && begins[part + 1] <= byte) ++part;
    return part;
  }

  // The instants of a block; of the last one, up to its last row.
  [[nodiscard]] TimeRange times_of(std::size_t block) const {
    const Instant from = year_start(2024) + seconds{60 * 4096} * static_cast<std::int64_t>(block);
    return {from, std::min(from + seconds{60 * 4096}, truth.timestamp.back() + seconds{1})};
  }

  // True when the range is read as it was; false when reading it fails. Nothing else may happen.
  [[nodiscard]] bool reads(TimeRange range, const std::string& after) {
    const auto bars = box.cache().read(series("BTCUSDT", Timeframe::m1), range);
    if (!bars) {
      EXPECT_EQ(bars.error().kind, ErrorKind::damaged) << after << ": " << bars.error().line();
      return false;
    }
    EXPECT_TRUE(identical(*bars, between(truth, range))) << "wrong rows after " << after;
    return true;
  }

  Sandbox box;
  BarSeries truth;
  std::string original;
  std::string metadata;
  std::vector<std::size_t> begins;  // of the three blocks and the end mark
};

TEST_F(Damage, OfAnySingleBitIsFoundAndCostsOnlyItsBlock) {
  fill(400);
  const Rot rot(box.root() / kFile);
  for (std::size_t byte = 0; byte < original.size(); ++byte) {
    for (unsigned bit = 0; bit < 8; ++bit) {
      if (bit != byte % 8 && !long_tests()) continue;
      rot.put(byte, static_cast<char>(original[byte] ^ static_cast<char>(1U << bit)));
      const std::string what = "bit " + std::to_string(bit) + " of byte " + std::to_string(byte);

      EXPECT_EQ(kinds(box), Kinds{"damaged_block"}) << what;
      const std::size_t part = part_of(byte);
      if (bit == byte % 8) {
        for (std::size_t block = 0; block < 3; ++block)
          EXPECT_EQ(reads(times_of(block), what), block != part) << what << ", block " << block;
      }
      EXPECT_EQ(reads({}, what), part == 3) << what;
      if (HasFailure()) return;
    }
    rot.put(byte, original[byte]);
  }
  EXPECT_EQ(kinds(box), Kinds{});
}

TEST_F(Damage, OfSeveralBytesIsFoundAndCostsOnlyItsBlock) {
  fill(35);
  ASSERT_GT(original.size(), 6000U);
  const Rot rot(box.root() / kFile);
  Dice dice(11);
  const int turns = long_tests() ? 700 : 150;
  for (int turn = 0; turn < turns; ++turn) {
    const std::size_t from = dice.below(original.size());
    const std::size_t to = std::min(original.size(), from + 1 + dice.below(30));
    if (part_of(from) != part_of(to - 1)) continue;
    for (std::size_t byte = from; byte < to; ++byte)
      rot.put(byte, dice.one_in(2) ? '\0' : static_cast<char>(dice.below(256)));
    const std::string what = "bytes " + std::to_string(from) + " to " + std::to_string(to);
    if (box.bytes(kFile) != original) {
      EXPECT_NE(kinds(box), Kinds{}) << what;
      for (std::size_t block = 0; block < 3; ++block) {
        const bool good = reads(times_of(block), what);
        if (part_of(from) < 3) {
          EXPECT_EQ(good, block != part_of(from)) << what;
        }
      }
    }
    for (std::size_t byte = from; byte < to; ++byte) rot.put(byte, original[byte]);
    if (HasFailure()) return;
  }
}

TEST_F(Damage, ACutAtAnyLengthIsTruncation) {
  fill(170);
  for (std::size_t size = original.size(); size-- > 0;) {
    if (!in_sample(size, 3)) continue;
    ASSERT_EQ(::truncate((box.root() / kFile).c_str(), static_cast<off_t>(size)), 0);
    const std::string what = "a cut to " + std::to_string(size);

    EXPECT_EQ(kinds(box), Kinds{"truncated"}) << what;
    EXPECT_FALSE(reads({}, what)) << what;
    for (std::size_t block = 0; block < 3; ++block)
      EXPECT_EQ(reads(times_of(block), what), begins[block + 1] <= size) << what;
    if (HasFailure()) return;
  }
  EXPECT_EQ(box.bytes(kMetadata), metadata);
}

TEST_F(Damage, AnythingBehindTheEndIsATailAndRepairTakesItAway) {
  fill(170);
  box.merge("ETHUSDT", Timeframe::m1, truth);
  const std::vector<std::pair<std::string, std::string>> tails = {
      {"a zero", std::string(1, '\0')},
      {"zeros", std::string(4096, '\0')},
      {"a line feed", "\n"},
      {"text", "2024-02-01 00:00:00,1,1,1,1,1\n"},
      {"half a header", original.substr(0, 7)},
      {"half a block", original.substr(0, begins[1] / 2)},
      {"its own first block again", original.substr(0, begins[1])},
      {"its own end mark again", original.substr(begins[3])},
      {"a gzip", gzipped("timestamp,open\n")},
      {"an empty gzip", gzipped("")},
      {"itself", original},
      {"another file of ours", box.bytes("ETHUSDT/1m/2024.csv.gz")}};
  for (const auto& [name, tail] : tails) {
    box.put(kFile, original + tail);

    EXPECT_EQ(kinds(box), Kinds{"trailing_bytes"}) << name;
    EXPECT_TRUE(reads({}, name)) << name;
    EXPECT_EQ(unrepaired(verify(box, {.repair = true})), Kinds{}) << name;

    EXPECT_TRUE(box.bytes(kFile) == original) << name;
    EXPECT_EQ(kinds(box), Kinds{}) << name;
    EXPECT_TRUE(files_named(box, "damaged").empty()) << name;
  }
}

TEST_F(Damage, AFileOfAnotherPlaceIsNotReadHere) {
  fill(170);
  box.merge("ETHUSDT", Timeframe::m1, truth);
  BarSeries older = truth;
  for (Instant& t : older.timestamp) t -= seconds{365 * 86400};
  box.merge("BTCUSDT", Timeframe::m1, older);
  BarSeries fives;
  for (std::int64_t i = 0; i < 300; ++i) add_bar(fives, year_start(2024) + seconds{300} * i);
  box.merge("BTCUSDT", Timeframe::m5, fives);
  ASSERT_EQ(kinds(box), Kinds{});
  const std::vector<std::string> others = {"ETHUSDT/1m/2024.csv.gz", "BTCUSDT/1m/2023.csv.gz",
                                           "BTCUSDT/5m/2024.csv.gz"};
  for (const std::string& other : others) {
    for (const bool with_metadata : {true, false}) {
      box.put(kFile, box.bytes(other));
      if (!with_metadata) std::filesystem::remove(box.root() / kMetadata);

      EXPECT_EQ(kinds(box), Kinds{"wrong_place"}) << other << ", metadata " << with_metadata;
      EXPECT_FALSE(reads(year_range(2024), other));
      EXPECT_FALSE(reads(times_of(1), other));

      box.put(kFile, original);
      box.put(kMetadata, metadata);
    }
  }
  EXPECT_EQ(kinds(box), Kinds{});
}

TEST_F(Damage, AFileWithoutContentIsFound) {
  fill(170);

  box.put(kFile, "");
  EXPECT_EQ(kinds(box), Kinds{"truncated"});
  EXPECT_FALSE(reads({}, "emptied"));

  box.put(kFile, std::string(original.size(), '\0'));
  EXPECT_EQ(kinds(box), Kinds{"unreadable"});
  EXPECT_FALSE(reads({}, "zeroed"));

  box.put(kFile, "<html>Service unavailable</html>");
  EXPECT_EQ(kinds(box), Kinds{"unreadable"});
  EXPECT_FALSE(reads({}, "HTML"));

  std::filesystem::remove(box.root() / kFile);
  EXPECT_EQ(kinds(box), Kinds{"data_behind"});
}

TEST_F(Damage, AHoleIsFoundWhereverItLies) {
  fill(40);
  for (std::size_t at = 0; at < original.size(); at += 997) {
    std::string holed = original;
    const std::size_t end = std::min(original.size(), at + 1500);
    std::fill(holed.begin() + static_cast<std::ptrdiff_t>(at),
              holed.begin() + static_cast<std::ptrdiff_t>(end), '\0');
    box.put(kFile, holed);

    EXPECT_NE(kinds(box), Kinds{}) << at;
    for (std::size_t block = 0; block < 3; ++block) {
      const bool touched = at < begins[block + 1] && end > begins[block];
      const bool good = reads(times_of(block), "a hole at " + std::to_string(at));
      if (touched) {
        EXPECT_FALSE(good) << at;
      }
    }
  }
}

TEST_F(Damage, ABlockMissingOrMovedOrFromAnOlderVersionIsFound) {
  fill(170);
  const std::string first = original.substr(0, begins[1]);
  const std::string second = original.substr(begins[1], begins[2] - begins[1]);
  const std::string third = original.substr(begins[2], begins[3] - begins[2]);
  const std::string mark = original.substr(begins[3]);
  const std::vector<std::string> changed = {first + third + mark,   first + third + second + mark,
                                            second + third + mark,  first + second + second + mark,
                                            first + second + third, mark,
                                            mark + original};
  for (std::size_t i = 0; i < changed.size(); ++i) {
    const std::string what = "arrangement " + std::to_string(i);
    box.put(kFile, changed[i]);
    EXPECT_NE(kinds(box), Kinds{}) << what;
    EXPECT_FALSE(reads({}, what)) << what;
    for (std::size_t block = 0; block < 3; ++block) static_cast<void>(reads(times_of(block), what));
  }
}

// --- other people's gzip -------------------------------------------------------------------------

std::string with_crlf(const std::string& text) {
  std::string out;
  for (const char c : text) out += c == '\n' ? std::string("\r\n") : std::string(1, c);
  return out;
}

TEST_F(Damage, AForeignGzipIsReadAndMadeOurs) {
  fill(100);
  const std::string text = csv_of(truth);
  const std::size_t cut = text.find('\n', text.size() / 2) + 1;
  const std::vector<std::pair<std::string, std::string>> foreign = {
      {"one member", gzipped(text)},
      {"two members", gzipped(text.substr(0, cut)) + gzipped(text.substr(cut))},
      {"members cut inside a line",
       gzipped(text.substr(0, cut + 9)) + gzipped(text.substr(cut + 9))},
      {"an empty member behind", gzipped(text) + gzipped("")},
      {"CRLF", gzipped(with_crlf(text))},
      {"no last line feed", gzipped(text.substr(0, text.size() - 1))}};
  for (const auto& [name, bytes] : foreign) {
    for (const bool with_metadata : {true, false}) {
      box.put(kFile, bytes);
      if (!with_metadata) std::filesystem::remove(box.root() / kMetadata);

      EXPECT_TRUE(reads({}, name)) << name;
      EXPECT_TRUE(reads(times_of(1), name)) << name;
      EXPECT_EQ(kinds(box), Kinds{"not_canonical"}) << name;
      EXPECT_EQ(unrepaired(verify(box, {.repair = true})), Kinds{}) << name;

      EXPECT_EQ(kinds(box), Kinds{}) << name;
      EXPECT_TRUE(reads({}, name)) << name;
      EXPECT_TRUE(files_named(box, "damaged").empty()) << name;
      box.put(kMetadata, metadata);
    }
  }
}

TEST_F(Damage, AForeignGzipThatIsNotWholeIsReadUpToTheDamage) {
  fill(100);
  const std::string whole = gzipped(csv_of(truth));
  for (std::size_t size = 1; size < whole.size(); size += 41) {
    box.put(kFile, whole.substr(0, size));
    EXPECT_TRUE(kinds(box).contains("truncated")) << size;
    EXPECT_FALSE(reads({}, "a cut to " + std::to_string(size)));
    static_cast<void>(reads(times_of(0), "a cut to " + std::to_string(size)));
  }
  for (std::size_t byte = 10; byte < whole.size(); byte += 3) {
    std::string flipped = whole;
    flipped[byte] = static_cast<char>(flipped[byte] ^ 4);
    box.put(kFile, flipped);
    EXPECT_FALSE(reads({}, "byte " + std::to_string(byte)));
    static_cast<void>(reads(times_of(0), "byte " + std::to_string(byte)));
  }
}

TEST_F(Damage, RowsThatNoBarOfOursSaysAreNamedByLine) {
  fill(170);
  const std::string head =
      "timestamp,open,high,low,close,volume\n2024-01-01 00:00:00,10,12,9,11,1\n";
  const std::string tail = "2024-01-01 00:09:00,10,12,9,11,1\n";
  const std::vector<std::pair<std::string, std::string>> lines = {
      {"nan", "2024-01-01 00:01:00,10,12,9,nan,1\n"},
      {"infinite", "2024-01-01 00:01:00,10,inf,9,11,1\n"},
      {"out of order", "2023-12-31 00:00:00,10,12,9,11,1\n"},
      {"of another year", "2025-01-01 00:01:00,10,12,9,11,1\n"},
      {"repeated", "2024-01-01 00:00:00,10,12,9,11.5,1\n"},
      {"no price", "2024-01-01 00:01:00,10,12,9,,1\n"},
      {"negative", "2024-01-01 00:01:00,10,12,-9,11,1\n"},
      {"negative volume", "2024-01-01 00:01:00,10,12,9,11,-1\n"},
      {"high below", "2024-01-01 00:01:00,10,10.5,9,11,1\n"},
      {"low above", "2024-01-01 00:01:00,10,12,10.5,11,1\n"},
      {"too few columns", "2024-01-01 00:01:00,10,12,9,11\n"},
      {"too many columns", "2024-01-01 00:01:00,10,12,9,11,1,1\n"},
      {"no time", "yesterday,10,12,9,11,1\n"},
      {"no such day", "2024-02-31 00:01:00,10,12,9,11,1\n"},
      {"hexadecimal", "2024-01-01 00:01:00,0x10,12,9,11,1\n"},
      {"quoted", "2024-01-01 00:01:00,\"10\",12,9,11,1\n"},
      {"spaced", "2024-01-01 00:01:00, 10,12,9,11,1\n"},
      {"a NUL", std::string("2024-01-01 00:01:00,10,12,9,11,1\0\n", 34)}};
  for (const auto& [name, line] : lines) {
    std::string text = head;
    text.append(line).append(tail);
    box.put(kFile, gzipped(text));

    const VerifyReport report = verify(box);

    EXPECT_EQ(kinds(report), Kinds{"bad_rows"}) << name;
    ASSERT_EQ(report.problems.size(), 1U) << name;
    EXPECT_NE(report.problems[0].detail.find("line 3"), std::string::npos)
        << name << ": " << report.problems[0].detail;
    EXPECT_EQ(report.problems[0].file, kFile);
  }
}

// Blocks that are sealed as they should be, around rows that should never have been sealed.
std::string sealed_wrongly(const BarSeries& bars, std::uint32_t index) {
  store::Deflater deflater;
  store::RowOwners owners;
  for (std::size_t i = 0; i < bars.size(); ++i) owners.push_back("import");
  auto block = store::seal_block(bars, 0, bars.size(), owners, index, true, deflater);
  store::YearDraft draft{.series = series("BTCUSDT", Timeframe::m1), .year = 2024};
  draft.blocks.push_back({.info = block.info, .member = block.member});
  store::Bytes bytes = block.member;
  const store::Bytes mark = store::encode_end_mark(draft.mark());
  bytes.insert(bytes.end(), mark.begin(), mark.end());
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

TEST_F(Damage, ASealDoesNotMakeBadRowsGood) {
  fill(170);
  BarSeries good;
  for (std::int64_t i = 0; i < 5; ++i) add_bar(good, year_start(2024) + seconds{60} * i);
  box.put(kFile, sealed_wrongly(good, 0));
  ASSERT_EQ(kinds(box), Kinds{"data_behind"}) << "the way to seal is not as it is in the engine";

  BarSeries unsorted = good;
  std::swap(unsorted.timestamp[2], unsorted.timestamp[3]);
  BarSeries repeated = good;
  repeated.timestamp[2] = repeated.timestamp[1];
  BarSeries negative = good;
  negative.low[2] = -1;
  BarSeries stretched = good;
  stretched.high[2] = stretched.low[2] / 2;
  for (const auto& bars : {unsorted, repeated, negative, stretched}) {
    box.put(kFile, sealed_wrongly(bars, 0));
    const VerifyReport report = verify(box);
    ASSERT_EQ(kinds(report), Kinds{"bad_rows"});
    EXPECT_NE(report.problems[0].detail.find("line "), std::string::npos);
  }
  box.put(kFile, sealed_wrongly(good, 7));
  EXPECT_NE(kinds(box), Kinds{}) << "rows in the wrong block";
}

// --- bombs ---------------------------------------------------------------------------------------

long peak_mib() {
  struct rusage usage {};
  ::getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss / 1024;
}

class Bomb : public Damage {
 protected:
  void expect_refused(const std::string& bytes) {
    fill(170);
    box.put(kFile, bytes);

    const Kinds found = kinds(box);
    const auto read = box.cache().read("BTCUSDT", "1m");

    EXPECT_TRUE(found.contains("damaged_block") || found.contains("bad_rows"));
    EXPECT_FALSE(read);
    if (kMemoryCounts) {
      EXPECT_LT(peak_mib(), 300);
    }
  }
};

TEST_F(Bomb, OfZerosIsRefused) {
  expect_refused(gzip_bomb("", std::string(4096, '\0'), 300U << 20U));
}

TEST_F(Bomb, OfOneEndlessLineIsRefused) {
  expect_refused(gzip_bomb("timestamp,open,high,low,close,volume\n",
                           "2024-01-01 00:00:00,10,12,9,11,1,", 300U << 20U));
}

TEST_F(Bomb, OfOneRowRepeatedIsRefused) {
  expect_refused(gzip_bomb("timestamp,open,high,low,close,volume\n",
                           "2024-01-01 00:00:00,1,1,1,1,1\n", 300U << 20U));
}

TEST_F(Bomb, OfEmptyLinesIsRefused) {
  expect_refused(gzip_bomb("timestamp,open,high,low,close,volume\n", "\n", 300U << 20U));
}

// A member like a block of ours, but that its text is `text`; its size has to be known before.
store::Bytes block_of(std::uint32_t index, std::uint32_t size, const std::string& text,
                      const store::Bytes& deflated) {
  const TimeRange range = store::block_range(Timeframe::m1, 2024, index);
  store::Bytes payload;
  store::ByteWriter(payload)
      .put('B')
      .put(std::uint8_t{1})
      .put(index)
      .put(size)
      .put(std::uint32_t{4096})
      .put(epoch_seconds(range.from))
      .put(epoch_seconds(range.to) - 60)
      .put_bytes(store::Digest{})
      .put(std::uint8_t{1})
      .put(std::uint8_t{1})
      .put('x')
      .put(std::uint8_t{0})
      .put(std::uint16_t{1})
      .put(std::uint8_t{0})
      .put(std::uint16_t{4096});
  store::Bytes member = store::member_head(payload);
  store::ByteWriter(member)
      .put_bytes(deflated)
      .put(store::crc32(std::as_bytes(std::span(text))))
      .put(static_cast<std::uint32_t>(text.size()));
  return member;
}

// A file of ours in every respect, but that each of its blocks unpacks to 60 MiB.
std::string bomb_of_blocks(std::uint32_t count) {
  std::string text;
  while (text.size() < 60U << 20U) text += "2024-01-01 00:00:00,1,1,1,1,1\n";
  store::Bytes deflated;
  store::Deflater().deflate(text, deflated);
  store::EndMark mark{.symbol = "BTCUSDT", .timeframe = "1m", .year = 2024, .columns = {}};
  store::Bytes bytes;
  for (std::uint32_t index = 0; index < count; ++index) {
    const auto size = static_cast<std::uint32_t>(block_of(index, 0, text, deflated).size());
    const store::Bytes member = block_of(index, size, text, deflated);
    mark.blocks.push_back({index, size, 4096, store::crc32(member)});
    mark.rows += 4096;
    bytes.insert(bytes.end(), member.begin(), member.end());
  }
  mark.bytes_before = bytes.size();
  mark.first = store::block_range(Timeframe::m1, 2024, 0).from;
  mark.last = store::block_range(Timeframe::m1, 2024, count - 1).to - seconds{60};
  const store::Bytes end = store::encode_end_mark(mark);
  bytes.insert(bytes.end(), end.begin(), end.end());
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

TEST_F(Bomb, InEveryBlockOfAFileOfOursIsRefusedUnopened) {
  const std::string bomb = bomb_of_blocks(40);
  const std::clock_t before = std::clock();

  expect_refused(bomb);

  EXPECT_LT((std::clock() - before) / CLOCKS_PER_SEC, 5) << "seconds";
}

}  // namespace
}  // namespace chandler
