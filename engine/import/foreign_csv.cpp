#include "chandler/foreign_csv.h"

#include <algorithm>
#include <utility>

#include "import/bar_reader.h"
#include "import/byte_source.h"

namespace chandler {

class ForeignCsv::Impl {
 public:
  Impl(std::filesystem::path path, foreign::Wishes wishes,
       std::unique_ptr<foreign::Container> container)
      : path_(std::move(path)), wishes_(std::move(wishes)), container_(std::move(container)) {}

  // Turns to the next text; false when there is none.
  Result<bool> start_member() {
    reader_.reset();
    auto member = container_->next();
    if (!member) return member.error().within(path_.string(), "/");
    if (!*member) return false;
    member_ = (*member)->name;
    auto reader = foreign::BarReader::open(std::move((*member)->bytes), wishes_, shown(), named());
    if (!reader) return reader.error().within(shown(), ", ");
    reader_.emplace(*std::move(reader));
    guess_ = guess();
    return true;
  }

  Result<bool> next(ForeignBatch& batch, std::size_t max_rows) {
    clear(batch);
    if (failed_) return *failed_;
    auto more = fill(batch, std::max<std::size_t>(max_rows, 1));
    if (!more) failed_ = more.error();
    return more;
  }

 private:
  [[nodiscard]] std::string shown() const {
    return member_.empty() ? path_.string() : path_.string() + "/" + member_;
  }
  [[nodiscard]] std::filesystem::path named() const {
    return member_.empty() ? path_ : std::filesystem::path(member_);
  }

  static void clear(ForeignBatch& batch) {
    batch.bars.clear();
    batch.bars.columns = ColumnSet{};
    batch.lines.clear();
    batch.rejected.clear();
  }

  Result<bool> fill(ForeignBatch& batch, std::size_t max_rows) {
    for (;;) {
      if (!reader_) return false;
      batch.member = member_;
      batch.preset = reader_->preset();
      batch.guess = guess_;
      auto more = reader_->read(batch, max_rows);
      if (!more) return more.error().within(shown(), ", ");
      if (*more) return true;
      // Asked again, a text that is at its end says so again: then comes the next.
      if (!batch.lines.empty() || !batch.rejected.empty()) return true;
      CHANDLER_TRY(const bool another, start_member());
      if (!another) return false;
    }
  }

  [[nodiscard]] SeriesGuess guess() const {
    SeriesGuess by_preset = guess_series(named(), reader_->preset());
    if (by_preset.symbol || by_preset.timeframe) return by_preset;
    SeriesGuess by_name = guess_series(named());
    return by_name.symbol || member_.empty() ? by_name : guess_series(path_);
  }

  std::filesystem::path path_;
  foreign::Wishes wishes_;
  std::unique_ptr<foreign::Container> container_;
  std::string member_;
  SeriesGuess guess_;
  std::optional<foreign::BarReader> reader_;  // gone before the container, whose bytes it reads
  std::optional<Error> failed_;
};

ForeignCsv::ForeignCsv(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
ForeignCsv::ForeignCsv(ForeignCsv&&) noexcept = default;
ForeignCsv& ForeignCsv::operator=(ForeignCsv&&) noexcept = default;
ForeignCsv::~ForeignCsv() = default;

Result<ForeignCsv> ForeignCsv::open(const std::filesystem::path& path,
                                    const ForeignFormat& format) {
  CHANDLER_TRY(foreign::Wishes wishes, foreign::Wishes::of(format));
  CHANDLER_TRY(auto container, foreign::open_container(path));
  auto impl = std::make_unique<Impl>(path, std::move(wishes), std::move(container));
  CHANDLER_CHECK(impl->start_member());
  return ForeignCsv(std::move(impl));
}

Result<bool> ForeignCsv::next(ForeignBatch& batch, std::size_t max_rows) {
  return impl_->next(batch, max_rows);
}

}  // namespace chandler
