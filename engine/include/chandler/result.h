// Errors as values.
//
// Everything that can fail because the world is as it is (bad input, a full disk, a damaged file)
// returns Result<T>. An Error says what happened, where, and what to do next; line() is the one
// line a user sees.
//
//   chandler::Result<int> r = parse(text);
//   if (!r) return r.error();          // hand it on
//   use(*r);
#pragma once

#include <string>
#include <type_traits>
#include <utility>
#include <variant>

namespace chandler {

enum class ErrorKind {
  usage,         // the caller asked for something that makes no sense; nothing was done
  not_found,     // there is no such series, year or file
  data,          // the input breaks its own format
  damaged,       // a file of the cache does not prove itself whole
  misplaced,     // a folder lies where a file belongs, or a file where a folder does
  newer_schema,  // written by a later Chandler; read-only for this one
  io,            // a system call failed
  no_space,      // disk full or quota reached
  locked,        // another writer holds the series
  read_only,     // the cache cannot be written
  interrupted,   // asked to stop
  unsupported,   // not offered by this build, file system or provider
  auth,          // a provider wants a key, or another one
  rate_limited,  // a provider was asked too often; later
  unavailable,   // a provider does not answer, or not usefully; later, or another one
};

struct Error {
  ErrorKind kind = ErrorKind::io;
  std::string what;   // "the block's checksum does not match"
  std::string where;  // "BTCUSDT/1m/2024.csv.gz, block 12"; may be empty
  std::string hint;   // "run `chandler verify --repair`"; may be empty

  // "where: what; hint", control characters replaced.
  [[nodiscard]] std::string line() const;
  // Puts a wider place in front of `where`: {"2024.csv.gz"} within "BTCUSDT/1m" ->
  // "BTCUSDT/1m/2024.csv.gz".
  [[nodiscard]] Error within(const std::string& place, const char* separator = ": ") const;
};

template <class T>
class [[nodiscard]] Result {
 public:
  // NOLINTNEXTLINE(google-explicit-constructor)
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  // NOLINTNEXTLINE(google-explicit-constructor)
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  [[nodiscard]] bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }

  // Precondition of the next five: ok(). std::get throws when it is broken.
  T& operator*() & { return std::get<0>(state_); }
  const T& operator*() const& { return std::get<0>(state_); }
  T&& operator*() && { return std::get<0>(std::move(state_)); }
  T* operator->() { return &std::get<0>(state_); }
  const T* operator->() const { return &std::get<0>(state_); }

  // Precondition: !ok().
  [[nodiscard]] const Error& error() const& { return std::get<1>(state_); }
  [[nodiscard]] Error&& error() && { return std::get<1>(std::move(state_)); }

 private:
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  // NOLINTNEXTLINE(google-explicit-constructor)
  Result(Error error) : error_(std::move(error)), ok_(false) {}

  [[nodiscard]] bool ok() const { return ok_; }
  explicit operator bool() const { return ok_; }
  [[nodiscard]] const Error& error() const& { return error_; }
  [[nodiscard]] Error&& error() && { return std::move(error_); }

 private:
  Error error_;
  bool ok_ = true;
};

// Text from outside as it may be shown: control characters and bytes that are no UTF-8 replaced by
// '?', cut to `limit` characters.
[[nodiscard]] std::string printable(const std::string& text, std::size_t limit = 120);

}  // namespace chandler

// NOLINTBEGIN(bugprone-macro-parentheses): a declaration or a name cannot stand in parentheses.
// CHANDLER_TRY(auto value, expression): value, or the error returned to the caller.
#define CHANDLER_CONCAT_INNER(a, b) a##b
#define CHANDLER_CONCAT(a, b) CHANDLER_CONCAT_INNER(a, b)
#define CHANDLER_TRY_IMPL(holder, declaration, expression) \
  auto holder = (expression);                              \
  if (!(holder)) return std::move(holder).error();         \
  declaration = std::move(*(holder))
#define CHANDLER_TRY(declaration, expression) \
  CHANDLER_TRY_IMPL(CHANDLER_CONCAT(chandler_try_, __LINE__), declaration, expression)
#define CHANDLER_CHECK_IMPL(holder, expression) \
  if (auto holder = (expression); !(holder)) return std::move(holder).error()
#define CHANDLER_CHECK(expression) \
  CHANDLER_CHECK_IMPL(CHANDLER_CONCAT(chandler_check_, __LINE__), expression)
// NOLINTEND(bugprone-macro-parentheses)
