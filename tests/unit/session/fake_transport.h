#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "session/transport_factory.h"

namespace fanlight::session::test {

/// A transport that writes down what it is asked for, and says what the test wants.
class FakeTransport : public webrtc::ViewerTransport {
 public:
  FakeTransport(std::weak_ptr<Observer> observer, bool& alive)
      : observer_(std::move(observer)), alive_(alive) {
    alive_ = true;
  }
  ~FakeTransport() override { alive_ = false; }
  FakeTransport(const FakeTransport&) = delete;
  FakeTransport& operator=(const FakeTransport&) = delete;

  const char* name() const override { return "fake"; }
  Result<Done> accept(sdp::Offer offer, sdp::Choices choices, bool complete) override {
    if (accept_error) return *accept_error;
    offers.push_back(std::move(offer));
    accepted = std::move(choices);
    complete_answer = complete;
    return Done{};
  }
  void add_candidate(const sdp::Candidate& candidate) override {
    candidates.push_back(candidate.candidate);
  }
  Result<Done> play(const sdp::Choices& choices) override {
    if (play_error) return *play_error;
    std::string streams;
    for (const auto& choice : choices)
      if (choice)
        streams += (streams.empty() ? "" : " ") + choice->stream + "-" + choice->sent.encoding;
    played.push_back(streams);
    return Done{};
  }
  void read_stats(std::function<void(const webrtc::TransportStats&)> done) override {
    stats_asked.push_back(std::move(done));
  }
  void close(std::function<void()> done) override {
    if (!says_goodbye) return done();
    goodbye_said = std::move(done);
  }

  void say(State state, const std::string& why = {}) const {
    if (const auto observer = observer_.lock()) observer->on_transport_state(state, why);
  }
  void answer(const std::string& sdp) const {
    if (const auto observer = observer_.lock()) observer->on_transport_answer(sdp);
  }
  void announce(const sdp::Candidate& candidate) const {
    if (const auto observer = observer_.lock()) observer->on_transport_candidate(candidate);
  }
  void fail(const std::string& why) const {
    if (const auto observer = observer_.lock()) observer->on_transport_failed(why);
  }

  std::optional<Error> accept_error;
  std::optional<Error> play_error;
  std::vector<sdp::Offer> offers;
  sdp::Choices accepted; ///< With the last offer.
  bool complete_answer = false;
  std::vector<std::string> candidates;
  std::vector<std::string> played; ///< Call by call: "main-H264 main-OPUS".
  std::vector<std::function<void(const webrtc::TransportStats&)>> stats_asked;
  bool says_goodbye = false;
  std::function<void()> goodbye_said; ///< For the test to call.

 private:
  const std::weak_ptr<Observer> observer_;
  bool& alive_;
};

/// Makes one FakeTransport, of which it keeps nothing.
class FakeTransports : public TransportFactory {
 public:
  Result<Made> make(const Request& request,
                    std::weak_ptr<webrtc::ViewerTransport::Observer> observer) override {
    ++asked;
    if (error) return *error;
    auto transport = std::make_shared<FakeTransport>(std::move(observer), alive);
    made = transport.get();
    last = transport;
    if (auto accepted = transport->accept(request.offer, request.choices, request.complete_answer);
        !accepted)
      return accepted.error();
    return Made{std::move(transport), {"test"_reason, "for the test"}};
  }

  std::optional<Error> error;
  int asked = 0;
  FakeTransport* made = nullptr; ///< The last one.
  std::weak_ptr<FakeTransport> last;
  bool alive = false; ///< It is.
};

} // namespace fanlight::session::test
