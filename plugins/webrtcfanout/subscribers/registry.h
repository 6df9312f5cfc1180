#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "webrtcfanout/ice/ice_credentials.h"
#include "webrtcfanout/subscribers/subscriber.h"

namespace fanlight::fanout {

/// The ICE credentials of all viewers of a transport, which decide who is served. Threads: any.
class Registry {
 public:
  struct Entry {
    std::shared_ptr<Subscriber> subscriber;
    std::string password;
    std::uint64_t generation = 0; ///< Greater than those of all earlier credentials.
    /// The credentials in the viewer's offer; its checks may use any of them.
    std::shared_ptr<const std::vector<IceCredentials>> theirs;
  };

  /// The number of credentials per viewer; a further one replaces the oldest.
  static constexpr std::size_t kMaxCredentials = 4;

  /// Adds a new viewer.
  void add(const IceCredentials& ours, std::shared_ptr<Subscriber> subscriber,
           std::vector<IceCredentials> theirs = {});
  /// Adds new credentials for an ICE restart; older ones stay valid, because checks with them may
  /// be in flight. False: the viewer is not registered.
  bool renew(const IceCredentials& ours, const std::shared_ptr<Subscriber>& subscriber,
             std::vector<IceCredentials> theirs = {});
  std::optional<Entry> find(std::string_view ufrag) const;
  /// False: the viewer is not registered.
  bool remove(const std::shared_ptr<Subscriber>& subscriber);
  bool has(const std::shared_ptr<Subscriber>& subscriber) const;
  std::vector<std::shared_ptr<Subscriber>> subscribers() const;
  std::size_t size() const;

 private:
  struct Hash : std::hash<std::string_view> {
    using is_transparent = void;
  };
  mutable std::mutex lock_;                                               ///< Protects the rest.
  std::unordered_map<std::string, Entry, Hash, std::equal_to<>> entries_; ///< By ufrag.
  std::unordered_map<std::shared_ptr<Subscriber>, std::vector<std::string>> ufrags_;
  std::uint64_t generation_ = 0;
};

} // namespace fanlight::fanout
