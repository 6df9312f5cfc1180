#pragma once

#include <cstddef>
#include <string>
#include <unordered_map>

namespace fanlight {

/// Places that strangers take, a bounded number, and how many of them each address has.
///
/// An address may have three times as many places as are left free: alone it may have three
/// quarters of all, which is many for a house behind one NAT or a reverse proxy; two have three
/// sevenths each, and however many there are, some places stay free for the next. So there is no
/// low number that a large house would meet, and no address can take what is left.
///
/// Addresses are those of network_of(). A place may also be a byte: then many are taken at once.
class FairShare {
 public:
  explicit FairShare(std::size_t places) : places_(places) {}

  bool admits(const std::string& address, std::size_t places = 1) const;
  void add(const std::string& address, std::size_t places = 1);
  void remove(const std::string& address, std::size_t places = 1);
  /// Other bounds from now on; what is taken stays so.
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
