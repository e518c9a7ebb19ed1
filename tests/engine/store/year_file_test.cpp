#include "store/year_file.h"

#include <gtest/gtest.h>

#include "parts_support.h"
#include "store/year_scan.h"
#include "tests/support/gunzip.h"

namespace chandler::store {
namespace {

using test::bars_at;
using test::Call;
using test::draft_of;
using test::Effect;
using test::FaultyFileSystem;
using test::file_of;
using test::kSeries;
using test::SeriesFolder;

TEST(YearFile, NamesAreTheYearAndNothingElse) {
  EXPECT_EQ(data_name(2024), "2024.csv.gz");
  EXPECT_EQ(metadata_name(2024), "2024.metadata.json");
  EXPECT_EQ(year_of_data_name("2024.csv.gz"), 2024);
  EXPECT_EQ(year_of_metadata_name("1970.metadata.json"), 1970);
  for (const char* name :
       {"", "2024.csv", ".2024.csv.gz", "24.csv.gz", "02024.csv.gz", "-024.csv.gz", "+024.csv.gz",
        "20x4.csv.gz", "2024.csv.gz.tmp", "2024.metadata.json", ".2024.csv.gz.1a2b3c4d.tmp"}) {
    EXPECT_FALSE(year_of_data_name(name)) << name;
  }
}

TEST(YearFile, ReadsAnyRangeOfItsRows) {
  SeriesFolder box;
  const BarSeries bars = test::minutes("2024-01-01", 3 * 4096 + 100);
  box.put("2024.csv.gz", file_of(draft_of(bars)));
  const auto file = YearFile::open(box.folder(), kSeries, 2024);
  ASSERT_TRUE(file) << file.error().line();
  const std::size_t borders[] = {0, 1, 4095, 4096, 4097, 8192, 12'288, 12'387, bars.size()};
  for (const std::size_t from : borders) {
    for (const std::size_t to : borders) {
      const TimeRange range{year_start(2024) + seconds{60} * static_cast<std::int64_t>(from),
                            year_start(2024) + seconds{60} * static_cast<std::int64_t>(to)};
      const auto read = file->read(range);
      ASSERT_TRUE(read) << read.error().line();
      EXPECT_TRUE(identical(*read, bars.slice(std::min(from, to), to))) << from << " to " << to;
    }
  }
  EXPECT_TRUE(identical(*file->read({}), bars));
}

TEST(YearFile, ReadsAnyRangeOfRowsWithHoles) {
  SeriesFolder box;
  const std::initializer_list<int> minutes = {3, 4, 4090, 4097, 4099, 8000, 12'290, 12'300, 20'000};
  const BarSeries bars = bars_at(minutes);
  box.put("2024.csv.gz", file_of(draft_of(bars)));
  const auto file = YearFile::open(box.folder(), kSeries, 2024);
  ASSERT_TRUE(file) << file.error().line();
  for (const int from : minutes) {
    for (const int to : minutes) {
      for (const int beside : {-1, 0, 1}) {
        const TimeRange range{year_start(2024) + seconds{60} * (from + beside),
                              year_start(2024) + seconds{60} * (to + beside)};
        const std::size_t first = bars.lower_bound(range.from);
        const BarSeries wanted = bars.slice(first, std::max(first, bars.lower_bound(range.to)));
        const auto read = file->read(range);
        ASSERT_TRUE(read) << read.error().line();
        EXPECT_TRUE(identical(*read, wanted)) << from + beside << " to " << to + beside;
        const auto owned = file->read_owned(range);
        ASSERT_TRUE(owned) << owned.error().line();
        EXPECT_TRUE(identical(owned->bars, wanted));
        EXPECT_EQ(owned->owners.of_row.size(), wanted.size());
      }
    }
  }
}

TEST(YearFile, TouchesNoBlockOutsideTheRange) {
  FaultyFileSystem files;
  SeriesFolder box(files);
  box.put("2024.csv.gz", file_of(draft_of(bars_at({0, 1, 4096, 8192, 8193, 20'000}))));
  const auto file = YearFile::open(box.folder(), kSeries, 2024);
  ASSERT_TRUE(file);
  files.clear();

  const auto read =
      file->read({year_start(2024) + seconds{60} * 8192, year_start(2024) + seconds{60} * 8194});

  ASSERT_TRUE(read);
  EXPECT_EQ(read->size(), 2U);
  EXPECT_EQ(files.count(Call::pread), 1U);
}

TEST(YearFile, KnowsWhoBroughtEachRow) {
  SeriesFolder box;
  const BarSeries bars = bars_at({0, 1, 2, 4096, 4097});
  RowOwners owners;
  for (const char* name : {"yahoo", "binance", "yahoo", "alpaca", "binance"})
    owners.push_back(name);
  const auto draft = draft_year(kSeries, 2024, nullptr,
                                cut_into_blocks(Timeframe::m1, bars, owners), bars.columns, false);
  ASSERT_TRUE(draft);
  box.put("2024.csv.gz", file_of(*draft));
  const auto file = YearFile::open(box.folder(), kSeries, 2024);
  ASSERT_TRUE(file);

  const auto rows = file->read_owned({bars.timestamp[1], bars.timestamp[4]});

  ASSERT_TRUE(rows);
  ASSERT_EQ(rows->owners.of_row.size(), 3U);
  EXPECT_EQ(rows->owners.name_of(0), "binance");
  EXPECT_EQ(rows->owners.name_of(1), "yahoo");
  EXPECT_EQ(rows->owners.name_of(2), "alpaca");
}

TEST(YearFile, GivesSingleBlocks) {
  SeriesFolder box;
  const BarSeries bars = bars_at({5, 4096, 4099, 500'000});
  const YearDraft draft = draft_of(bars);
  box.put("2024.csv.gz", file_of(draft));
  const auto file = YearFile::open(box.folder(), kSeries, 2024);
  ASSERT_TRUE(file);

  EXPECT_EQ(file->find(1), 1U);
  EXPECT_EQ(file->find(122), 2U);
  EXPECT_FALSE(file->find(2));
  EXPECT_FALSE(file->find(1000));
  EXPECT_EQ(*file->member(1), draft.blocks[1].member);
  EXPECT_EQ(file->offset_of(1), draft.blocks[0].member.size());
  EXPECT_EQ(file->head(1)->rows, 2U);
  EXPECT_TRUE(identical(file->rows(1)->bars, bars.slice(1, 3)));
  EXPECT_EQ(*file->timestamps(2), std::vector<Instant>{bars.timestamp[3]});
  EXPECT_EQ(*file->text_size(), test::gunzip(box.bytes("2024.csv.gz"))->size());
}

TEST(YearFile, IsNotFoundWhenItIsNotThere) {
  SeriesFolder box;

  const auto file = YearFile::open(box.folder(), kSeries, 2024);

  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().kind, ErrorKind::not_found);
}

TEST(YearFile, AFolderInItsPlaceIsNamed) {
  SeriesFolder box;
  std::filesystem::create_directory(box.path() / "2024.csv.gz");

  const auto file = YearFile::open(box.folder(), kSeries, 2024);

  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().line(),
            "BTCUSDT/1m/2024.csv.gz: is a folder, a file is expected here; move it away");
}

TEST(YearFile, CutAnywhereItIsDamaged) {
  SeriesFolder box;
  const std::string whole = file_of(draft_of(bars_at({0, 4096, 4097})));
  for (std::size_t size = 0; size < whole.size(); ++size) {
    box.put("2024.csv.gz", whole.substr(0, size));
    const auto file = YearFile::open(box.folder(), kSeries, 2024);
    ASSERT_FALSE(file) << size;
    EXPECT_EQ(file.error().kind, ErrorKind::damaged);
    EXPECT_EQ(file.error().hint, kRepairHint);
  }
}

TEST(YearFile, WithABlockMissingOrATailItIsDamaged) {
  SeriesFolder box;
  const YearDraft draft = draft_of(bars_at({0, 4096, 8192}));
  const std::string whole = file_of(draft);
  const std::size_t first = draft.blocks[0].member.size();
  const std::size_t second = draft.blocks[1].member.size();
  for (const std::string& bytes :
       {whole.substr(first), whole.substr(0, first) + whole.substr(first + second),
        whole + std::string(1, '\0'), whole + "tail", whole + whole}) {
    box.put("2024.csv.gz", bytes);
    EXPECT_FALSE(YearFile::open(box.folder(), kSeries, 2024)) << bytes.size();
  }
}

TEST(YearFile, OfAnotherPlaceIsDamagedHere) {
  SeriesFolder box;
  const std::string bytes = file_of(draft_of(bars_at({0, 1})));
  box.put("2024.csv.gz", bytes);
  box.put("2025.csv.gz", bytes);

  EXPECT_TRUE(YearFile::open(box.folder(), kSeries, 2024));
  EXPECT_FALSE(YearFile::open(box.folder(), kSeries, 2025));
  EXPECT_FALSE(YearFile::open(box.folder(), {*Symbol::parse("ETHUSDT"), Timeframe::m1}, 2024));
  EXPECT_FALSE(YearFile::open(box.folder(), {kSeries.symbol, Timeframe::m5}, 2024));
}

TEST(YearFile, AnEndMarkThatContradictsItselfProvesNothing) {
  SeriesFolder box;
  const YearDraft draft = draft_of(bars_at({0, 4096, 8192}));
  std::string blocks = file_of(draft);
  blocks.resize(blocks.size() - encode_end_mark(draft.mark()).size());
  const auto opens_with = [&](const auto& change) {
    EndMark mark = draft.mark();
    change(mark);
    const Bytes bytes = encode_end_mark(mark);
    box.put("2024.csv.gz",
            blocks + std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
    const bool opens = YearFile::open(box.folder(), kSeries, 2024).ok();
    const auto scan = scan_year(box.folder(), kSeries, 2024);
    EXPECT_TRUE(scan && scan->problems.empty() == opens) << "verify says something else";
    for (const BadRange& bad : scan->bad) EXPECT_FALSE(bad.range.empty()) << bad.detail;
    return opens;
  };

  EXPECT_TRUE(opens_with([](EndMark&) {}));
  EXPECT_FALSE(opens_with([](EndMark& m) { m.blocks.clear(); }));
  EXPECT_FALSE(opens_with([](EndMark& m) { m.rows += 1; }));
  EXPECT_FALSE(opens_with([](EndMark& m) { m.bytes_before += 1; }));
  EXPECT_FALSE(opens_with([](EndMark& m) { m.blocks[1].size += 1; }));
  EXPECT_FALSE(opens_with([](EndMark& m) { m.blocks[1].rows = 0; }));
  EXPECT_FALSE(opens_with([](EndMark& m) { m.blocks[1].rows = 5000; }));
  EXPECT_FALSE(opens_with([](EndMark& m) { m.blocks[1].index = 0; }));
  EXPECT_FALSE(opens_with([](EndMark& m) { m.blocks[2].index = 3; }));
  EXPECT_FALSE(opens_with([](EndMark& m) { m.blocks[2].index = 129; }));  // a year has 129 of 1m
  EXPECT_FALSE(opens_with([](EndMark& m) { m.first = m.last + seconds{60}; }));
  EXPECT_FALSE(opens_with([](EndMark& m) { m.first = year_start(2023); }));
  EXPECT_FALSE(opens_with([](EndMark& m) { m.last = year_start(2025); }));
}

TEST(YearFile, AnEndMarkThatNamesOtherColumnsOrAnotherContentIsFoundByAScan) {
  SeriesFolder box;
  const YearDraft draft = draft_of(bars_at({0, 4096}));
  std::string blocks = file_of(draft);
  blocks.resize(blocks.size() - encode_end_mark(draft.mark()).size());
  EndMark columns = draft.mark();
  columns.columns.add(Column::vwap);
  EndMark content = draft.mark();
  content.content.front() ^= std::byte{1};
  for (const EndMark& mark : {columns, content}) {
    const Bytes bytes = encode_end_mark(mark);
    box.put("2024.csv.gz",
            blocks + std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size()));

    const auto scan = scan_year(box.folder(), kSeries, 2024);

    ASSERT_TRUE(scan);
    ASSERT_EQ(scan->problems.size(), 1U);
    EXPECT_EQ(scan->problems[0].detail, "the end mark contradicts the blocks");
  }
}

TEST(YearFile, OfAnotherTimeframeIsInTheWrongPlaceHoweverManyBlocksItHas) {
  SeriesFolder box;
  box.put("2024.csv.gz", file_of(draft_of(bars_at({0, 4096, 8192}))));

  const auto scan = scan_year(box.folder(), {kSeries.symbol, Timeframe::d1}, 2024);

  ASSERT_TRUE(scan);
  ASSERT_EQ(scan->problems.size(), 1U);
  EXPECT_EQ(scan->problems[0].kind, "wrong_place");
  EXPECT_TRUE(scan->good.empty());
}

TEST(YearFile, AnyFlippedBitIsFoundAndNeverAWrongRow) {
  SeriesFolder box;
  const BarSeries bars = bars_at({0, 1, 4096, 4097});
  const std::string whole = file_of(draft_of(bars));
  for (std::size_t bit = 0; bit < whole.size() * 8; bit += 3) {
    std::string flipped = whole;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
    box.put("2024.csv.gz", flipped);
    const auto file = YearFile::open(box.folder(), kSeries, 2024);
    if (!file) continue;
    EXPECT_FALSE(file->read({})) << bit;
    for (std::size_t block = 0; block < 2; ++block) {
      const auto rows = file->rows(block);
      EXPECT_TRUE(!rows || identical(rows->bars, bars.slice(2 * block, 2 * block + 2))) << bit;
    }
  }
}

// Sound to every checksum, and still not what a block of this file says.
class CraftedBlock : public ::testing::Test {
 protected:
  // The error of reading a file whose second block holds this text.
  std::string error_of(const std::string& text, std::uint32_t rows = 1) {
    const YearDraft draft = draft_of(bars_at({0, 4096}));
    Bytes payload;
    ByteWriter w(payload);
    w.put(std::uint8_t{'B'})
        .put(std::uint8_t{1})
        .put(std::uint32_t{1})
        .put(std::uint32_t{9999})
        .put(rows);
    w.put(std::int64_t{0}).put(std::int64_t{0}).put_bytes(Digest{});
    w.put(std::uint8_t{1}).put_text("a").put(std::uint8_t{0}).put(std::uint16_t{1});
    w.put(std::uint8_t{0}).put(static_cast<std::uint16_t>(rows));
    Bytes member = member_head(payload);
    Deflater().deflate(text, member);
    ByteWriter(member)
        .put(crc32(std::as_bytes(std::span(text))))
        .put(static_cast<std::uint32_t>(text.size()));
    EndMark mark = draft.mark();
    mark.bytes_before += member.size() - mark.blocks[1].size;
    mark.rows += rows - 1;
    mark.blocks[1] = {1, static_cast<std::uint32_t>(member.size()), rows, crc32(member)};
    std::string bytes;
    for (const Bytes& b : {draft.blocks[0].member, member, encode_end_mark(mark)})
      bytes.append(reinterpret_cast<const char*>(b.data()), b.size());
    box_.put("2024.csv.gz", bytes);
    const auto file = YearFile::open(box_.folder(), kSeries, 2024);
    EXPECT_TRUE(file);
    if (!file) return file.error().line();
    const auto read = file->read({});
    return read ? "" : read.error().line();
  }
  SeriesFolder box_;
};

TEST_F(CraftedBlock, ReadsWhenItIsRight) {
  EXPECT_EQ(error_of("2024-01-03 20:16:00,1,1,1,1,0\n"), "");
}

TEST_F(CraftedBlock, IsNamedWithItsRangeWhenARowIsBad) {
  const std::string line = error_of("2024-01-03 20:16:00,1,1,1,nan,0\n");

  EXPECT_NE(line.find("BTCUSDT/1m/2024.csv.gz, block 1"), std::string::npos) << line;
  EXPECT_NE(line.find("row 1"), std::string::npos) << line;
  EXPECT_NE(line.find("2024-01-03 20:16:00"), std::string::npos) << line;
  EXPECT_NE(line.find("verify --repair"), std::string::npos) << line;
}

TEST_F(CraftedBlock, WithFewerOrMoreRowsIsRefused) {
  EXPECT_NE(error_of("2024-01-03 20:16:00,1,1,1,1,0\n", 2), "");
  EXPECT_NE(error_of("2024-01-03 20:16:00,1,1,1,1,0\n2024-01-03 20:17:00,1,1,1,1,0\n"), "");
}

TEST_F(CraftedBlock, WithBarsOfAnotherBlockIsRefused) {
  EXPECT_NE(error_of("2024-01-03 20:15:00,1,1,1,1,0\n"), "");
  EXPECT_NE(error_of("2024-06-01 00:00:00,1,1,1,1,0\n"), "");
}

TEST(YearFileFaults, AReadErrorNamesFileBlockAndRange) {
  FaultyFileSystem files;
  SeriesFolder box(files);
  box.put("2024.csv.gz", file_of(draft_of(bars_at({0, 4096, 8192}))));
  const auto file = YearFile::open(box.folder(), kSeries, 2024);
  ASSERT_TRUE(file);
  const auto expect_named = [&](const Error& e) {
    EXPECT_EQ(e.kind, ErrorKind::io);
    for (const char* part : {"BTCUSDT/1m/2024.csv.gz, block 1", "Input/output error",
                             "2024-01-03 20:16:00 to 2024-01-06 16:32:00"}) {
      EXPECT_NE(e.line().find(part), std::string::npos) << e.line();
    }
  };
  const TimeRange second{year_start(2024) + seconds{60} * 4096,
                         year_start(2024) + seconds{60} * 4097};

  files.clear();
  files.inject({.call = Call::pread, .error_number = EIO, .every_time = true});

  expect_named(file->read(second).error());
  expect_named(file->rows(1).error());
  expect_named(file->member(1).error());
  expect_named(file->timestamps(1).error());
  files.clear();
  EXPECT_TRUE(file->read({})) << "the disk is fine again";
}

TEST(YearFileFaults, AReadErrorIsNeverTakenForTheEnd) {
  FaultyFileSystem files;
  SeriesFolder box(files);
  box.put("2024.csv.gz", file_of(draft_of(bars_at({0, 4096, 8192}))));
  files.inject({.call = Call::pread, .error_number = EIO});

  const auto file = YearFile::open(box.folder(), kSeries, 2024);

  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().kind, ErrorKind::io);
}

TEST(YearFileFaults, ShortAndInterruptedReadsDoNotShow) {
  const BarSeries bars = bars_at({0, 1, 4096, 8192});
  for (const Effect effect : {Effect::shorten, Effect::fail}) {
    FaultyFileSystem files;
    SeriesFolder box(files);
    box.put("2024.csv.gz", file_of(draft_of(bars)));
    for (std::size_t n = 0; n < 8; ++n)
      files.inject(
          {.call = Call::pread, .ordinal = 2 * n, .effect = effect, .error_number = EINTR});
    const auto file = YearFile::open(box.folder(), kSeries, 2024);
    ASSERT_TRUE(file);
    EXPECT_TRUE(identical(*file->read({}), bars));
  }
}

TEST(YearFileFaults, AFileThatShrinksWhileItIsReadIsDamaged) {
  SeriesFolder box;
  box.put("2024.csv.gz", file_of(draft_of(bars_at({0, 4096, 8192}))));
  const auto file = YearFile::open(box.folder(), kSeries, 2024);
  ASSERT_TRUE(file);

  std::filesystem::resize_file(box.path() / "2024.csv.gz", 10);

  const auto read = file->read({});
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().kind, ErrorKind::damaged);
}

}  // namespace
}  // namespace chandler::store
