#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/main_loop.h"
#include "gst/pipeline.h"
#include "media/track.h"

namespace fanlight::test {

/// A sink that counts what flows into it, on main.
class CountingSink : public media::Sink {
 public:
  explicit CountingSink(const std::string& name) {
    GError* raw = nullptr;
    bin_ = Ref<GstElement>::retain(gst_parse_bin_from_description(
        "fakesink name=end sync=false async=false signal-handoffs=true", TRUE, &raw));
    const GErrorPtr error{raw};
    EXPECT_FALSE(error) << error->message;
    gst_object_set_name(GST_OBJECT(bin_.get()), name.c_str());
    const auto end = element();
    g_signal_connect_data(
        end.get(), "handoff", G_CALLBACK(+[](GstElement*, GstBuffer*, GstPad*, gpointer counted) {
          post([count = *static_cast<std::shared_ptr<int>*>(counted)] { ++*count; });
        }),
        new std::shared_ptr<int>(count_),
        +[](gpointer counted, GClosure*) { delete static_cast<std::shared_ptr<int>*>(counted); },
        GConnectFlags{});
  }
  /// Buffers that have come.
  int count() const { return *count_; }
  Ref<GstElement> element() const {
    return Ref<GstElement>::adopt(gst_bin_get_by_name(GST_BIN(bin_.get()), "end"));
  }
  bool in(const Pipeline& pipeline) const {
    return is_inside(GST_OBJECT(bin_.get()), GST_ELEMENT(pipeline.bin()));
  }
  void fail(const char* why) {
    const auto end = element();
    GST_ELEMENT_ERROR(end.get(), RESOURCE, FAILED, ("%s", why), (nullptr));
  }

  GstElement* bin() override { return bin_.get(); }
  Result<Ref<GstPad>> pad_for(const media::TrackInfo& track) override {
    asked.push_back(track.id);
    if (!ready) return Ref<GstPad>{};
    return Ref<GstPad>::adopt(gst_element_get_static_pad(bin_.get(), "sink"));
  }
  void on_failed(const std::string& why) override {
    failures.push_back(why);
    if (when_failed) when_failed();
  }

  bool ready = true;              ///< Has a pad.
  std::vector<std::string> asked; ///< For a pad of these tracks.
  std::vector<std::string> failures;
  std::function<void()> when_failed;

 private:
  Ref<GstElement> bin_;
  const std::shared_ptr<int> count_ = std::make_shared<int>(0);
};

/// A producer that keeps what it is told.
struct ToldProducer : media::Track::Producer {
  void on_demand(bool wanted) override { demands.push_back(wanted); }
  Result<Done> start_making() override {
    if (refuse) return Error{Errc::unavailable, "no data today"};
    ++started;
    return Done{};
  }
  void stop_making() override { ++stopped; }

  std::vector<bool> demands;
  bool refuse = false;
  int started = 0;
  int stopped = 0;
};

/// What feeds the tee of a track, as a connection to a camera does; ends with its scope, and the
/// next one takes its place.
class FakeConnection {
 public:
  /// `description` as for gst-launch-1.0, without a sink.
  FakeConnection(Pipeline& pipeline, const std::string& description, const Ref<GstPad>& input)
      : pipeline_(pipeline) {
    GError* raw = nullptr;
    bin_ = Ref<GstElement>::retain(gst_parse_bin_from_description(description.c_str(), TRUE, &raw));
    const GErrorPtr error{raw};
    EXPECT_FALSE(error) << error->message;
    gst_bin_add(pipeline_.bin(), bin_.get());
    const auto output = Ref<GstPad>::adopt(gst_element_get_static_pad(bin_.get(), "src"));
    EXPECT_EQ(gst_pad_link(output.get(), input.get()), GST_PAD_LINK_OK);
    gst_element_sync_state_with_parent(bin_.get());
  }
  ~FakeConnection() { pipeline_.remove(bin_.get(), "the fake connection"); }
  FakeConnection(const FakeConnection&) = delete;
  FakeConnection& operator=(const FakeConnection&) = delete;

  static constexpr const char* kVideo =
      "videotestsrc is-live=true ! video/x-raw,width=64,height=64,framerate=25/1 ! "
      "x264enc tune=zerolatency speed-preset=ultrafast key-int-max=5 ! "
      "video/x-h264,profile=constrained-baseline ! h264parse config-interval=-1 ! "
      "video/x-h264,stream-format=byte-stream,alignment=au ! identity";
  static constexpr const char* kAac =
      "audiotestsrc is-live=true ! audio/x-raw,rate=48000,channels=2 "
      "! audioconvert ! avenc_aac ! aacparse";

 private:
  Pipeline& pipeline_;
  Ref<GstElement> bin_;
};

} // namespace fanlight::test
