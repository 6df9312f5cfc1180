#pragma once

#include <functional>
#include <utility>

namespace fanlight {

/// Represents an observation or a claim, which ends when the token is destroyed.
///
/// Threads: those of what it represents, which outlives it.
class [[nodiscard]] Token {
 public:
  Token() = default;
  explicit Token(std::function<void()> end) : end_(std::move(end)) {}
  ~Token() { reset(); }
  Token(Token&& other) noexcept : end_(std::exchange(other.end_, nullptr)) {}
  Token& operator=(Token&& other) noexcept {
    if (this == &other) return *this;
    reset();
    end_ = std::exchange(other.end_, nullptr);
    return *this;
  }

  void reset() {
    if (const auto end = std::exchange(end_, nullptr)) end();
  }

 private:
  std::function<void()> end_;
};

} // namespace fanlight
