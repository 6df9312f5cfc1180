#pragma once

#include <string>

#include <gst/app/gstappsink.h>
#include <gst/gst.h>
#include <gtest/gtest.h>

#include "rtspdirectsrc/scripted_camera.h"
#include "support/hang_limit.h"

namespace fanlight::test {

inline constexpr GstClockTime kHang = GST_SECOND * static_cast<GstClockTime>(kHangLimit.count());

/// A pipeline with the element, and an appsink behind each of its pads.
class Player {
 public:
  explicit Player(const std::string& url) {
    pipeline_ = gst_pipeline_new(nullptr);
    source_ = gst_element_factory_make("rtspdirectsrc", nullptr);
    g_object_set(source_, "location", url.c_str(), nullptr);
    g_signal_connect(source_, "pad-added", G_CALLBACK(on_pad), this);
    gst_bin_add(GST_BIN(pipeline_), source_);
    for (GstElement** sink : {&pictures_, &sound_}) {
      *sink = GST_ELEMENT(gst_object_ref_sink(gst_element_factory_make("appsink", nullptr)));
      g_object_set(*sink, "sync", FALSE, "async", FALSE, nullptr);
      gst_bin_add(GST_BIN(pipeline_), *sink);
    }
  }
  ~Player() {
    gst_element_set_state(pipeline_, GST_STATE_NULL);
    gst_object_unref(pictures_);
    gst_object_unref(sound_);
    gst_object_unref(pipeline_);
  }
  Player(const Player&) = delete;
  Player& operator=(const Player&) = delete;

  GstElement* source() const { return source_; }
  GstElement* pictures() const { return pictures_; }
  GstElement* sound_sink() const { return sound_; }
  void play() {
    EXPECT_NE(gst_element_set_state(pipeline_, GST_STATE_PLAYING), GST_STATE_CHANGE_FAILURE);
  }
  void pause() { gst_element_set_state(pipeline_, GST_STATE_PAUSED); }
  void stop() { gst_element_set_state(pipeline_, GST_STATE_NULL); }
  GstSample* picture() { return gst_app_sink_try_pull_sample(GST_APP_SINK(pictures_), kHang); }
  GstSample* sound() { return gst_app_sink_try_pull_sample(GST_APP_SINK(sound_), kHang); }
  /// Waits for an error; its details as text.
  std::string error() {
    GstBus* const bus = gst_element_get_bus(pipeline_);
    GstMessage* const message = gst_bus_timed_pop_filtered(bus, kHang, GST_MESSAGE_ERROR);
    gst_object_unref(bus);
    if (message == nullptr) return "no error came";
    const GstStructure* details = nullptr;
    gst_message_parse_error_details(message, &details);
    gchar* const raw = details == nullptr ? g_strdup("") : gst_structure_to_string(details);
    std::string text{raw};
    g_free(raw);
    gst_message_unref(message);
    return text;
  }
  /// Waits for the end of the stream.
  bool ends() {
    GstBus* const bus = gst_element_get_bus(pipeline_);
    GstMessage* const message = gst_bus_timed_pop_filtered(
        bus, kHang, static_cast<GstMessageType>(GST_MESSAGE_EOS | GST_MESSAGE_ERROR));
    gst_object_unref(bus);
    const bool end = message != nullptr && GST_MESSAGE_TYPE(message) == GST_MESSAGE_EOS;
    if (message != nullptr) gst_message_unref(message);
    return end;
  }

 private:
  static void on_pad(GstElement*, GstPad* pad, Player* self) {
    GstCaps* const caps = gst_pad_get_current_caps(pad);
    const bool packets =
        gst_structure_has_name(gst_caps_get_structure(caps, 0), "application/x-rtp");
    gst_caps_unref(caps);
    GstPad* const sink =
        gst_element_get_static_pad(packets ? self->sound_ : self->pictures_, "sink");
    EXPECT_EQ(gst_pad_link(pad, sink), GST_PAD_LINK_OK);
    gst_object_unref(sink);
  }

  GstElement* pipeline_ = nullptr;
  GstElement* source_ = nullptr;
  GstElement* pictures_ = nullptr;
  GstElement* sound_ = nullptr;
};

inline constexpr const char* kVideoOnly = "v=0\r\ns=camera\r\nm=video 0 RTP/AVP 96\r\n"
                                          "a=rtpmap:96 H264/90000\r\na=control:track1\r\n";

/// A key picture and others: SsrcChoice waits for three packets.
inline void send_group(ScriptedCamera& camera) {
  camera.send_picture(true);
  for (int i = 0; i < 4; ++i) camera.send_picture(false);
}

} // namespace fanlight::test
