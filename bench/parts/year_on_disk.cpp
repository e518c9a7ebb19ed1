#include "parts/year_on_disk.h"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "chandler/file_system.h"

namespace chandler::bench {

void give_up(const Error& error) {
  std::fprintf(stderr, "bench: %s\n", error.line().c_str());
  std::exit(1);
}

void must(const WriteOutcome& outcome) {
  if (outcome.error) give_up(*outcome.error);
}

Delivery delivery_of(BarSeries bars) {
  Delivery delivery;
  delivery.provider.name = "binance";
  delivery.report.rows_in = bars.size();
  delivery.bars = std::move(bars);
  return delivery;
}

YearOnDisk::YearOnDisk(const BarSeries& bars) {
  std::string name = (std::filesystem::temp_directory_path() / "chandler-bench-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) {
    std::perror("bench: making a folder");
    std::exit(1);
  }
  root_ = name;
  Cache into = cache();
  must(into.merge(series(), delivery_of(bars)));
}

YearOnDisk::~YearOnDisk() {
  std::error_code failed;
  std::filesystem::remove_all(root_, failed);
  if (failed)
    std::fprintf(stderr, "bench: %s stays: %s\n", root_.c_str(), failed.message().c_str());
}

Cache YearOnDisk::cache() const { return must(Cache::open(root_)); }

store::Folder YearOnDisk::folder() const {
  const store::Folder root = must(store::Folder::open_root(FileSystem::system(), root_.string()));
  return must(must(root.open_folder(series().symbol.folder())).open_folder("1m"));
}

}  // namespace chandler::bench
