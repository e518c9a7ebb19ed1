#include "fuzz/seeds.h"

#include <cstring>
#include <fstream>
#include <iterator>
#include <utility>

#include "fuzz/packed.h"
#include "fuzz/scratch.h"
#include "fuzz/year_sample.h"

namespace chandler::fuzz {
namespace {

using namespace std::string_literals;

constexpr const char* kRows =
    "timestamp,open,high,low,close,volume\n"
    "2024-01-01 00:00:00,42283.58,42298.62,42261.02,42298.61,35.92724\n"
    "2024-01-01 00:01:00,42298.62,42320,42298.61,42320,21.16779\n";

class Seeds {
 public:
  void add(const char* target, const char* name, std::string bytes) {
    all_.push_back({target, name, std::move(bytes)});
  }
  std::vector<Seed> take() { return std::move(all_); }

 private:
  std::vector<Seed> all_;
};

// The first byte chooses: 0 bytes of a file.
void add_year_files(Seeds& seeds, const YearSample& sample) {
  const std::string raw(1, '\0');
  const std::string& whole = sample.bytes();
  seeds.add("year_file", "whole", raw + whole);
  seeds.add("year_file", "cut", raw + whole.substr(0, whole.size() * 2 / 3));
  seeds.add("year_file", "no_end_mark", raw + sample.rearranged(0b11'10'01'00, 0b1000));
  seeds.add("year_file", "block_left_out", raw + sample.rearranged(0b11'10'01'00, 0b0010));
  seeds.add("year_file", "tail", raw + whole + "2024-02-01 00:00:00,1,1,1,1,1\n");
  seeds.add("year_file", "empty", raw);
  seeds.add("year_file", "zeros", std::string(65, '\0'));
  seeds.add("year_file", "foreign_cut", raw + gzipped(kRows).substr(0, 70));
  seeds.add("year_file", "foreign_members", raw + gzipped(kRows) + gzipped(""));
  seeds.add("block_head", "block", raw + whole.substr(0, 400));
  seeds.add("block_head", "mark", raw + sample.rearranged(0b11'11'11'11, 0b1110));
}

// Payloads of members, without their checksum.
void add_heads(Seeds& seeds, const YearSample& sample) {
  constexpr std::size_t kHead = 16;
  const auto payload_of = [&](const std::string& member) {
    const std::size_t size =
        static_cast<unsigned char>(member[14]) + 256U * static_cast<unsigned char>(member[15]) - 4;
    return member.substr(kHead, size);
  };
  seeds.add("block_head", "payload_of_block", "\x01" + payload_of(sample.bytes()));
  seeds.add("block_head", "payload_of_mark",
            "\x01" + payload_of(sample.rearranged(0b11'11'11'11, 0b1110)));
}

// What happens, and where (fuzz/damaged_year.cpp).
void add_damage(Seeds& seeds) {
  seeds.add("damaged_year", "nothing", "\x01");
  seeds.add("damaged_year", "flip", "\x01\x00\x00\x01\x20\x03"s);
  seeds.add("damaged_year", "cut", "\x01\x02\x00\x04\x00\x00"s);
  seeds.add("damaged_year", "zeros", "\x00\x03\x00\x02\x00\xff"s);
  seeds.add("damaged_year", "order", "\x01\x05\x00\x00\x00\x00\x1b\x00"s);
  seeds.add("damaged_year", "no_mark", "\x00\x05\x00\x00\x00\x00\xe4\x08"s);
  seeds.add("damaged_year", "tail", "\x01\x06\x00\x00\x00\x30"s);
  seeds.add("damaged_year", "flip_and_cut", "\x00\x00\x00\x01\x20\x03\x02\x00\x08\x00\x00"s);
}

// How it is packed, what is said of it, three lines, the file (fuzz/import_csv.cpp).
void add_imports(Seeds& seeds) {
  const std::string rows = "\n\n\n"s + kRows;
  const std::string kline =
      "1704067200000,42283.58,42298.62,42261.02,42298.61,35.92,1704067259999,1519032.0,1327,1,1,"
      "0\n";
  seeds.add("import_csv", "generic", "\x01\x00"s + rows);
  seeds.add("import_csv", "gzip", "\x02\x00"s + rows);
  seeds.add("import_csv", "zip", "\x03\x00"s + rows);
  seeds.add("import_csv", "binance", "\x03\x02"s + "\n\n\n" + kline + kline);
  seeds.add("import_csv", "kraken", "\x01\x03"s + "\n\n\n1704067200,1,2,0.5,1.5,10,3\n");
  seeds.add("import_csv", "yahoo",
            "\x01\x04"s + "\n\n\nDate,Open,High,Low,Close,Adj Close,Volume\n" +
                "2024-01-02,187.15,188.44,183.89,185.64,184.73,82488700\n");
  seeds.add("import_csv", "semicolons",
            "\x01\x08"s + "timestamp=0,open=1,high=2,low=3,close=4,volume=none\n%d.%m.%Y %H:%M\n" +
                "Europe/Berlin\n" + "01.07.2024 09:30;1,5;2;1;1,75\n");
  Scratch scratch;
  require(write_zip(scratch.path() / "a.zip", {{"BTCUSDT-1m-2024-01.csv", kRows}}));
  std::ifstream in(scratch.path() / "a.zip", std::ios::binary);
  const std::string zip(std::istreambuf_iterator<char>(in), {});
  seeds.add("import_csv", "bytes_zip", "\x00\x00\n\n\n"s + zip);
  seeds.add("import_csv", "bytes_gzip", "\x00\x00\n\n\n"s + gzipped(kRows));
}

void add_numbers(Seeds& seeds) {
  for (const double value : {0.1, 42283.58, 1e-12, 1e15, 123456789.123456789, -5e-324}) {
    std::string bytes(sizeof value, '\0');
    std::memcpy(bytes.data(), &value, sizeof value);
    seeds.add("number", ("bits_" + std::to_string(value)).c_str(), bytes);
  }
}

}  // namespace

std::vector<Seed> made_seeds() {
  Seeds seeds;
  const YearSample sample;
  add_year_files(seeds, sample);
  add_heads(seeds, sample);
  add_damage(seeds);
  add_imports(seeds);
  add_numbers(seeds);
  seeds.add("metadata", "made", sample.metadata());
  return seeds.take();
}

}  // namespace chandler::fuzz
