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

/// Who is let in: the ICE credentials of all viewers of a transport. Threads: any.
class Registry {
 public:
  struct Entry {
    std::shared_ptr<Subscriber> subscriber;
    std::string password;
    std::uint64_t generation = 0; ///< Greater than that of all given out before.
    /// Those of the viewer's offer, by whichever it sends its checks.
    std::shared_ptr<const std::vector<IceCredentials>> theirs;
  };

  /// How many credentials a viewer has; with more it loses its oldest.
  static constexpr std::size_t kMaxCredentials = 4;

  /// Lets a new viewer in.
  void add(const IceCredentials& ours, std::shared_ptr<Subscriber> subscriber,
           std::vector<IceCredentials> theirs = {});
  /// New credentials of one that restarts ICE; its older ones hold on, as checks with them may be
  /// under way. False: it is not there (any more).
  bool renew(const IceCredentials& ours, const std::shared_ptr<Subscriber>& subscriber,
             std::vector<IceCredentials> theirs = {});
  std::optional<Entry> find(std::string_view ufrag) const;
  /// False: it is not there (any more).
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
