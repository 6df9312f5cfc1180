#pragma once

#include <cstddef>
#include <string>
#include <unordered_map>

namespace fanlight {

/// A bounded number of places for clients, and how many of them each address has.
///
/// An address may take up to three times as many places as are left free. A single address may have
/// three quarters of all places, which is enough for a large site behind one NAT or reverse proxy;
/// two addresses may have three sevenths each. However many addresses there are, some places stay
/// free for the next. Thus no low fixed number limits a large site, and no address can take all
/// places.
///
/// Addresses are those of network_of(). A place may also stand for a byte; then one call takes
/// many.
class FairShare {
 public:
  explicit FairShare(std::size_t places) : places_(places) {}

  bool admits(const std::string& address, std::size_t places = 1) const;
  void add(const std::string& address, std::size_t places = 1);
  void remove(const std::string& address, std::size_t places = 1);
  /// Changes the number of places; those that are taken stay taken.
  void resize(std::size_t places) { places_ = places; }

  std::size_t places() const { return places_; }
  std::size_t taken() const { return taken_; }
  std::size_t taken_by(const std::string& address) const;

 private:
  std::size_t places_;
  std::size_t taken_ = 0;
  std::unordered_map<std::string, std::size_t> by_address_;
};

} // namespace fanlight
