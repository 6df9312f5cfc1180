#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "webrtcfanout/sdp/offer.h"
#include "webrtcfanout/serve/transport.h"
#include "webrtcfanout/stream/input.h"
#include "webrtcfanout/subscribers/subscriber.h"

namespace fanlight::fanout {

/// The viewers of one element: admits them by their offers and keeps track of them. Threads: any.
class Fanout : public Subscriber::Observer, public std::enable_shared_from_this<Fanout> {
 public:
  struct Options {
    std::string id;        ///< Empty: one is made.
    bool loopback = false; ///< Offer loopback addresses, too.
    std::string video;     ///< Name of the input to use, whatever the offer says; empty: by format.
    std::string audio;
  };
  struct Settings {
    std::vector<std::string> public_addresses; ///< Replace local addresses of the same family.
    unsigned max_viewers = 0;                  ///< 0: no limit.
  };
  struct Reply {
    std::string code; ///< Empty: an answer. Else bad-offer, no-common-codec, busy, not-ready,
                      ///< unknown-viewer, unknown-input, internal.
    std::string message;
    std::string id;
    std::string sdp;
  };
  /// Reports viewers' states on the control thread.
  using OnState = std::function<void(const std::string& id, Subscriber::State state,
                                     const std::string& message)>;

  explicit Fanout(OnState on_state) : on_state_(std::move(on_state)) {}

  void open(std::shared_ptr<Transport> transport);
  /// Ends all viewers' connections.
  void close();
  std::shared_ptr<Transport> transport() const;

  void add_input(std::shared_ptr<Input> input);
  /// Ends the viewers that use it.
  void remove_input(const std::shared_ptr<Input>& input);
  /// Ends its viewers as failed with the reason `why`.
  void end_subscribers_of(const Input& input, const std::string& why);
  std::vector<std::shared_ptr<Input>> inputs() const;

  Reply add(const Offer& offer, const Options& options, const Settings& settings);
  Reply restart(const std::string& id, const Offer& offer, const Settings& settings);
  /// Moves the viewer to another video input with the same codec: beginning with its current group
  /// of pictures, or with its next key frame.
  Reply choose(const std::string& id, const std::string& input);
  bool remove(const std::string& id);
  bool has(const std::string& id) const { return find(id) != nullptr; }
  std::shared_ptr<Subscriber> find(const std::string& id) const;
  std::vector<std::shared_ptr<Subscriber>> subscribers() const;
  std::size_t size() const;
  /// Totals of viewers that are gone.
  struct Past {
    std::uint64_t subscribers = 0;
    std::uint64_t packets_sent = 0;
    std::uint64_t bytes_sent = 0;
    std::uint64_t retransmitted_packets = 0;
    std::uint64_t groups_dropped = 0;
  };
  Past past() const;

 private:
  struct Entry {
    std::shared_ptr<Subscriber> subscriber;
    std::vector<std::optional<AnsweredMedia>> answered; ///< One per m-line of its offer.
    bool loopback = false;
    std::string stream_id;
    std::vector<IceCredentials> theirs; ///< Of its last offer.
    IceCredentials ours;                ///< Of the answer to that offer.
  };
  /// The input and payload for one m-line; null input: none matches.
  struct Match {
    std::shared_ptr<Input> input;
    const Offer::Payload* payload = nullptr;
  };
  Match match(const Offer::Media& media, const std::string& wanted) const;
  std::string describe_inputs() const;
  static AnsweredMedia answer_media(const Offer::Media& media, const Offer::Payload& payload);
  std::string write(const Offer& offer, const Entry& entry, const Settings& settings,
                    Transport& transport) const;
  /// False: the viewer is not known; another one may have its id.
  bool forget(const Subscriber& subscriber);
  void add_to_past(const Subscriber& subscriber);

  void on_subscriber_state(const Subscriber& subscriber, Subscriber::State state,
                           const std::string& message) override;

  const OnState on_state_;
  mutable std::mutex lock_; ///< Protects all below.
  std::shared_ptr<Transport> transport_;
  std::vector<std::shared_ptr<Input>> inputs_;
  std::map<std::string, Entry> entries_;
  Past past_;
};

} // namespace fanlight::fanout
