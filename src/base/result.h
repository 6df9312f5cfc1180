#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "base/reason.h"

namespace fanlight {

/// The kind of failure, as far as some caller acts on it. The message has the details.
enum class Errc {
  invalid,     ///< The input is wrong: configuration, SDP, HTTP body.
  not_found,   ///< No such camera, session or file.
  no_stream,   ///< The camera has no such stream.
  busy,        ///< A limit is reached; the same call may succeed later.
  unsupported, ///< No common codec, or media that Fanlight does not support.
  unavailable, ///< The camera is unreachable, refuses or timed out.
  conflict,    ///< The state does not allow the call: a wrong ETag, a session already closed.
  internal,    ///< A fault of the server: a missing element, a failed library call.
};

/// A failure for an operator to read: the message says *doing what: why*. If pages show it, it is
/// made from a Reason, so that they can say it in the language of their reader.
struct Error : Reason {
  Error() = default;
  Error(Errc kind, std::string text) : code(kind) { message = std::move(text); }
  Error(Errc kind, Reason reason) : Reason(std::move(reason)), code(kind) {}

  Errc code = Errc::internal;
};

/// Either a value or the Error that prevented it. Move-only values are fine.
template <typename T = std::monostate> class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }

  /// Only when ok().
  T& value() & { return std::get<0>(state_); }
  const T& value() const& { return std::get<0>(state_); }
  T&& value() && { return std::get<0>(std::move(state_)); }
  T* operator->() { return &std::get<0>(state_); }
  const T* operator->() const { return &std::get<0>(state_); }
  T& operator*() & { return std::get<0>(state_); }
  const T& operator*() const& { return std::get<0>(state_); }
  T&& operator*() && { return std::get<0>(std::move(state_)); }

  /// Only when not ok().
  const Error& error() const { return std::get<1>(state_); }

 private:
  std::variant<T, Error> state_;
};

/// A Result without a value: `return Done{};`.
using Done = std::monostate;

} // namespace fanlight
