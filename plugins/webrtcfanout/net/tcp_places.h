#pragma once

#include <atomic>
#include <cstddef>
#include <utility>

namespace fanlight::fanout {

/// How many TCP connections a transport may have, whichever of its workers has them and whether or
/// not they have said whose they are. Threads: any. Lifetime: longer than its places.
class TcpPlaces {
 public:
  explicit TcpPlaces(std::size_t limit) : limit_(limit) {}

  /// Of one connection, until it is destroyed.
  class Place {
   public:
    Place() = default;
    explicit Place(TcpPlaces* places) : places_(places) {}
    Place(Place&& other) noexcept : places_(std::exchange(other.places_, nullptr)) {}
    Place& operator=(Place&& other) noexcept {
      std::swap(places_, other.places_);
      return *this;
    }
    ~Place() {
      if (places_ != nullptr) places_->taken_.fetch_sub(1);
    }
    explicit operator bool() const { return places_ != nullptr; }

   private:
    TcpPlaces* places_ = nullptr;
  };

  /// None (false) when all are taken.
  Place take() {
    std::size_t taken = taken_.load();
    while (taken < limit_)
      if (taken_.compare_exchange_weak(taken, taken + 1)) return Place(this);
    return {};
  }
  std::size_t taken() const { return taken_.load(); }
  std::size_t limit() const { return limit_; }

 private:
  const std::size_t limit_;
  std::atomic<std::size_t> taken_{0};
};

} // namespace fanlight::fanout
