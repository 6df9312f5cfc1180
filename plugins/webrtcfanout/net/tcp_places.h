#pragma once

#include <atomic>
#include <cstddef>
#include <utility>

namespace fanlight::fanout {

/// Limits the TCP connections of a transport, over all its workers, whether or not they have
/// identified their viewer. Threads: any. Lifetime: outlives its places.
class TcpPlaces {
 public:
  explicit TcpPlaces(std::size_t limit) : limit_(limit) {}

  /// The place of one connection, until it is destroyed.
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

  /// An empty place (false) if all are taken.
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
