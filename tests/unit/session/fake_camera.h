#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "session/viewed_camera.h"

namespace fanlight::session::test {

/// A stream in the state that a test says, which counts who holds it.
class FakeStream : public ViewedStream {
 public:
  explicit FakeStream(std::string id) : id_(std::move(id)) {}

  const std::string& id() const override { return id_; }
  State state() const override { return now; }
  const Reason& reason() const override { return why; }
  std::chrono::milliseconds state_age() const override { return age; }
  std::chrono::milliseconds start_timeout() const override { return patience; }
  std::vector<media::TrackFormat> video() const override { return pictures; }
  std::optional<media::TrackFormat> audio() const override { return sound; }
  bool sends(const std::string& encoding) const override {
    for (const media::TrackFormat& picture : pictures)
      if (picture.rtp.encoding == encoding) return true;
    return false;
  }
  bool has_b_frames() const override { return false; }
  std::unique_ptr<Claim> claim() override { return std::make_unique<Held>(*this); }

  void go_live(const RtpFormat& format, int height = 1080) {
    now = State::live;
    why = {};
    pictures = {{.rtp = format, .width = height * 16 / 9, .height = height}};
  }
  void go(State state, const std::string& reason) {
    now = state;
    why = {"test"_reason, "{why}", {{"why", reason}}};
  }

  State now = State::connecting;
  Reason why{"test"_reason, "connecting to the camera"};
  std::chrono::milliseconds age{0};
  std::chrono::milliseconds patience{600'000};
  std::vector<media::TrackFormat> pictures;
  std::optional<media::TrackFormat> sound;
  int claims = 0;
  int watchers = 0; ///< Of the claims.

 private:
  class Held : public Claim {
   public:
    explicit Held(FakeStream& stream) : stream_(stream) { ++stream_.claims; }
    ~Held() override {
      --stream_.claims;
      if (watches_) --stream_.watchers;
    }
    Held(const Held&) = delete;
    Held& operator=(const Held&) = delete;
    void watch() override {
      if (!std::exchange(watches_, true)) ++stream_.watchers;
    }

   private:
    FakeStream& stream_;
    bool watches_ = false;
  };

  const std::string id_;
};

/// A camera with the streams main and sub.
class FakeCamera : public ViewedCamera {
 public:
  FakeCamera() {
    for (const char* id : {"main", "sub"}) streams_.push_back(std::make_unique<FakeStream>(id));
  }
  const std::string& id() const override { return id_; }
  const std::vector<std::unique_ptr<ViewedStream>>& streams() const override { return streams_; }

  FakeStream& main() const { return static_cast<FakeStream&>(*streams_[0]); }
  FakeStream& sub() const { return static_cast<FakeStream&>(*streams_[1]); }

 private:
  const std::string id_ = "front";
  std::vector<std::unique_ptr<ViewedStream>> streams_;
};

} // namespace fanlight::session::test
