#include "base/fair_share.h"

namespace fanlight {
namespace {

constexpr std::size_t kTimesTheFree = 3;

} // namespace

bool FairShare::admits(const std::string& address, std::size_t places) const {
  if (taken_ >= places_ || places > places_ - taken_) return false;
  const std::size_t free = places_ - taken_;
  return taken_by(address) + places <= kTimesTheFree * free;
}

void FairShare::add(const std::string& address, std::size_t places) {
  taken_ += places;
  by_address_[address] += places;
}

void FairShare::remove(const std::string& address, std::size_t places) {
  const auto found = by_address_.find(address);
  if (found == by_address_.end()) return;
  taken_ -= places;
  found->second -= places;
  if (found->second == 0) by_address_.erase(found);
}

std::size_t FairShare::taken_by(const std::string& address) const {
  const auto found = by_address_.find(address);
  return found == by_address_.end() ? 0 : found->second;
}

} // namespace fanlight
