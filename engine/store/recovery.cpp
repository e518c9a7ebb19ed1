#include "store/recovery.h"

#include <algorithm>

#include "store/commit.h"
#include "store/year_scan.h"

namespace chandler::store {
namespace {

// The history of a year whose file is gone or empty: every bar it knew is a gap now.
YearMetadata history_of_lost_file(YearMetadata known, const std::string& set_aside) {
  const TimeRange rows{known.start_date, known.end_date + seconds{1}};
  if (!set_aside.empty() && known.rows > 0) {
    known.lost.push_back({set_aside, known.start_date, known.end_date, known.rows});
  }
  known.asked = known.asked ? TimeRange{std::min(known.asked->from, rows.from),
                                        std::max(known.asked->to, rows.to)}
                            : rows;
  known.blocks.clear();
  known.provenance.clear();
  known.derived_from.reset();
  known.incomplete_list.clear();
  return known;
}

bool blocks_writing(const Error& of_metadata) {
  return of_metadata.kind == ErrorKind::newer_schema || unreadable_now(of_metadata);
}

Result<YearState> without_file(const Folder& folder, const SeriesId& series, int year,
                               const std::string& set_aside) {
  YearState state;
  auto known = read_metadata(folder, metadata_name(year));
  if (!known && blocks_writing(known.error())) return std::move(known).error();
  if (known && speaks_of(*known, series, year)) {
    state.notes.push_back(folder.shown(data_name(year)) + ": is gone, but its metadata knew " +
                          std::to_string(known->rows) + " bars; they are listed as gaps");
    state.history = history_of_lost_file(std::move(*known), set_aside);
  }
  return state;
}

// Nothing can be saved from a file without content, so it need not stop a writer.
Result<std::optional<std::string>> set_aside_if_empty(const Folder& folder, const SeriesId& series,
                                                      int year) {
  CHANDLER_TRY(const YearScan scan, scan_year(folder, series, year, {.check_text = false}));
  if (!scan.nothing_in_it) return std::optional<std::string>{};
  const std::string name = damaged_name(year, make_nonce());
  CHANDLER_CHECK(folder.rename(data_name(year), name));
  CHANDLER_CHECK(folder.sync());
  return std::optional<std::string>(name);
}

}  // namespace

std::string damaged_name(int year, const std::string& nonce) {
  return "." + std::to_string(year) + ".damaged." + nonce;
}

std::optional<int> year_of_damaged_name(const std::string& name) {
  constexpr std::string_view kBetween = ".damaged.";
  constexpr std::size_t kNonce = 5 + kBetween.size();
  if (name.size() <= kNonce || name.front() != '.' ||
      name.compare(5, kBetween.size(), kBetween) != 0 ||
      name.find_first_not_of("0123456789abcdef", kNonce) != std::string::npos)
    return {};
  return year_of_data_name(name.substr(1, 4) + ".csv.gz");
}

std::optional<TemporaryName> parse_temporary(const std::string& name) {
  if (name.size() < 10 || name.front() != '.' || !name.ends_with(".tmp")) return {};
  const std::size_t nonce = name.rfind('.', name.size() - 5);  // there is one: the first
  if (nonce == 0) return {};
  const std::string final_name = name.substr(1, nonce - 1);
  if (const auto year = year_of_data_name(final_name)) return TemporaryName{*year, false};
  if (const auto year = year_of_metadata_name(final_name)) return TemporaryName{*year, true};
  return {};
}

Result<YearMetadata> read_metadata(const Folder& folder, const std::string& name) {
  CHANDLER_TRY(const File file, folder.open_file(name));
  CHANDLER_TRY(const std::string text, file.read_all(kMaxMetadata));
  return parse_metadata(text, file.shown());
}

bool unreadable_now(const Error& error) {
  return error.kind == ErrorKind::io || error.kind == ErrorKind::misplaced ||
         error.kind == ErrorKind::read_only;
}

bool stays_in_its_year(const Error& error) {
  return error.kind == ErrorKind::damaged || error.kind == ErrorKind::misplaced;
}

bool speaks_of(const YearMetadata& m, const SeriesId& series, int year) {
  return m.symbol == series.symbol.name() && m.timeframe == to_string(series.timeframe) &&
         m.year == year;
}

bool describes(const YearMetadata& m, const YearFile& file, const SeriesId& series) {
  return speaks_of(m, series, file.mark().year) && m.content_sha256 == hex(file.mark().content) &&
         m.size_bytes == file.identity().size && m.rows == file.mark().rows;
}

Result<YearMetadata> find_metadata(const Folder& folder, const YearFile& file,
                                   const SeriesId& series) {
  const int year = file.mark().year;
  auto in_place = read_metadata(folder, metadata_name(year));
  if (in_place && describes(*in_place, file, series)) return in_place;
  if (!in_place && in_place.error().kind == ErrorKind::newer_schema) return in_place;
  CHANDLER_TRY(const std::vector<std::string> names, folder.names());
  for (const std::string& name : names) {
    const auto temporary = parse_temporary(name);
    if (!temporary || !temporary->metadata || temporary->year != year) continue;
    auto prepared = read_metadata(folder, name);
    if (prepared && describes(*prepared, file, series)) return prepared;
  }
  // The temporary may have been renamed into place between the two looks.
  in_place = read_metadata(folder, metadata_name(year));
  if (in_place && describes(*in_place, file, series)) return in_place;
  if (!in_place) return in_place;
  return Error{ErrorKind::data, "is of another version of the data",
               folder.shown(metadata_name(year)), kRepairHint};
}

namespace {

// Originals whose range is whole again, and whose writer died before it could remove them.
Result<void> remove_healed(const Folder& folder, const SeriesId& series,
                           const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    const auto year = year_of_damaged_name(name);
    if (!year) continue;
    auto metadata = read_metadata(folder, metadata_name(*year));
    if (!metadata && unreadable_now(metadata.error())) return std::move(metadata).error();
    if (!metadata || !speaks_of(*metadata, series, *year)) continue;
    const auto& healed = metadata->healed;
    if (std::find(healed.begin(), healed.end(), name) != healed.end())
      CHANDLER_CHECK(folder.remove_file(name));
  }
  return {};
}

}  // namespace

Result<void> recover_folder(const Folder& folder, const SeriesId& series) {
  CHANDLER_TRY(const std::vector<std::string> names, folder.names());
  for (const std::string& name : names) {
    const auto temporary = parse_temporary(name);
    if (!temporary) continue;
    if (temporary->metadata) {
      auto prepared = read_metadata(folder, name);
      auto file = YearFile::open(folder, series, temporary->year);
      // Neither rolled forward nor thrown away.
      if (!prepared && blocks_writing(prepared.error())) return std::move(prepared).error();
      if (!file && unreadable_now(file.error())) return std::move(file).error();
      if (prepared && file && describes(*prepared, *file, series)) {
        // Its writer ended before the commit point, or just behind it: nobody but us would ever
        // make sure that the data stays under its name.
        CHANDLER_CHECK(folder.sync());
        CHANDLER_CHECK(folder.rename(name, metadata_name(temporary->year)));
        continue;
      }
    }
    CHANDLER_CHECK(folder.remove_file(name));
  }
  return remove_healed(folder, series, names);
}

Result<YearState> load_year(const Folder& folder, const SeriesId& series, int year, Instant now) {
  auto file = YearFile::open(folder, series, year);
  if (!file && file.error().kind == ErrorKind::not_found)
    return without_file(folder, series, year, "");
  if (!file && file.error().kind == ErrorKind::damaged) {
    CHANDLER_TRY(const std::optional<std::string> aside, set_aside_if_empty(folder, series, year));
    if (aside) return without_file(folder, series, year, *aside);
  }
  if (!file) return std::move(file).error();

  YearState state;
  state.modified = Instant{
      std::chrono::duration_cast<seconds>(std::chrono::nanoseconds{file->identity().mtime_ns})};
  auto known = read_metadata(folder, metadata_name(year));
  if (!known && blocks_writing(known.error())) return std::move(known).error();
  if (known && describes(*known, *file, series)) {
    state.history = std::move(*known);
    state.described = true;
  } else if (known && speaks_of(*known, series, year)) {
    state.why_not = "the metadata was of another version";
    if (known->end_date > file->mark().last || known->start_date < file->mark().first) {
      state.notes.push_back(
          file->shown() +
          ": its metadata knew bars that the file does not have; they are listed as gaps");
    }
    state.history = history_of_lost_file(std::move(*known), "");
    state.history.rebuilt = {
        {"at", format_iso(now)}, {"reason", state.why_not}, {"began_anew", Json::array()}};
  } else {
    state.why_not = known ? "the metadata was of another series"
                    : known.error().kind == ErrorKind::not_found ? "the metadata was missing"
                                                                 : "the metadata was damaged";
    state.history.rebuilt = {{"at", format_iso(now)},
                             {"reason", state.why_not},
                             {"began_anew",
                              {"created_at", "last_updated", "asked", "validation_errors", "mended",
                               "conflict_list", "states and causes of gaps", "provider_info"}}};
  }
  state.file.emplace(std::move(*file));
  return state;
}

}  // namespace chandler::store
