#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "base/main_loop.h"
#include "fake_camera.h"
#include "fake_transport.h"
#include "offers.h"
#include "session/viewer_session.h"
#include "support/turn_until.h"

namespace fanlight::session::test {

using fanlight::test::turn_until;
using sdp::test::h264;
using sdp::test::h265;
using sdp::test::plain;
using sdp::test::plain_with_audio;
using Transport = webrtc::ViewerTransport::State;

/// Writes down, in order, what whoever signals for a session hears of it, and its end.
struct Listener : Session::Observer, ViewerSession::Host {
  void on_answer(Session&, const std::string& sdp) override { heard.push_back("answer " + sdp); }
  void on_candidate(Session&, const Candidate& candidate) override {
    heard.push_back("candidate " + candidate.candidate);
  }
  void on_state(Session&, State state, const Reason& reason) override {
    heard.push_back(to_string(state) + (reason.empty() ? "" : ": " + reason.message));
  }
  void on_stream(Session& session) override { heard.push_back("stream " + session.info().stream); }
  void on_closed(Session&, const CloseReason& reason) override {
    heard.push_back("closed");
    closed.push_back(reason);
    transport_at_close = transport_alive != nullptr && *transport_alive;
  }
  void on_viewer_ended(ViewerSession&) override { heard.push_back("ended"); }

  std::vector<std::string> heard;
  std::vector<CloseReason> closed;
  const bool* transport_alive = nullptr; // Of the fake.
  bool transport_at_close = false;       // Whether it was there when the end was told.
};

/// A session with a camera and a transport that do what the test says.
struct ViewerFixture : testing::Test {
  void SetUp() override { listener.transport_alive = &transports.alive; }

  /// A viewer who sends `text` as its offer; not begun.
  void make(const std::string& text = plain(), const Directory::OpenOptions& options = {}) {
    make(sdp::test::parsed(text), text.size(), options);
  }
  void make(sdp::Offer offer, std::size_t size, Directory::OpenOptions options = {}) {
    if (options.signalling.empty()) options.signalling = "whep";
    if (options.remote_address.empty()) options.remote_address = "192.0.2.1";
    viewer = std::make_shared<ViewerSession>("ab12", camera, std::move(offer), size, options,
                                             factory, listener, listener, limits);
  }
  /// The same, begun while the camera sends H.264 in both sizes.
  void connect(const std::string& text = plain(), const Directory::OpenOptions& options = {}) {
    camera->main().go_live(h264("42e01f"));
    camera->sub().go_live(h264("42e01f"), 360);
    make(text, options);
    const auto begun = viewer->begin();
    ASSERT_TRUE(begun) << begun.error().message;
    ASSERT_EQ(viewer->state(), State::connecting);
    transport().say(Transport::connected);
    ASSERT_EQ(viewer->state(), State::connected);
    listener.heard.clear();
  }
  FakeTransport& transport() const { return *transports.made; }
  /// The code of its end, after that.
  std::string closed() const {
    turn_until([this] { return !listener.closed.empty(); }, "the end of the session");
    return listener.closed.empty() ? "" : listener.closed.back().code;
  }
  /// Has what was posted by now done.
  static void turn() {
    bool done = false;
    post([&done] { done = true; });
    turn_until([&done] { return done; }, "a turn");
  }

  std::shared_ptr<FakeCamera> camera = std::make_shared<FakeCamera>();
  std::shared_ptr<FakeTransports> factory = std::make_shared<FakeTransports>();
  FakeTransports& transports = *factory;
  Listener listener;
  StateLimits limits{.connect = std::chrono::hours{1}, .disconnect = std::chrono::hours{1}};
  std::shared_ptr<ViewerSession> viewer;
};

} // namespace fanlight::session::test
