#include "element_fixture.h"

#include <algorithm>
#include <stdexcept>

#include "webrtcfanout/sdp/offer.h"

namespace fanlight::fanout {
namespace {

/// Gives the harness's element real time, by which PTS 0 is now: or the time of capture would be
/// that of the push, or lie as far back as the machine has run.
void run_from_now(GstHarness* harness) {
  gst_harness_use_systemclock(harness);
  GstClock* const clock = gst_element_get_clock(harness->element);
  gst_element_set_base_time(harness->element, gst_clock_get_time(clock));
  gst_object_unref(clock);
}

/// The first media of an offer, as an application gives it to the element; (transfer full).
GstStructure* structure_of(const std::string& text) {
  std::string why;
  const auto offer = Offer::parse(text, why);
  if (!offer) throw std::runtime_error(why);
  const Offer::Media& media = offer->media.front();
  const Offer::Payload& payload = media.payloads.front();
  GValue entry = G_VALUE_INIT;
  g_value_init(&entry, GST_TYPE_STRUCTURE);
  g_value_take_boxed(&entry,
                     gst_structure_new(media.type.c_str(), "mid", G_TYPE_STRING, media.mid.c_str(),
                                       "payload-type", G_TYPE_INT, payload.type, "encoding",
                                       G_TYPE_STRING, payload.encoding.c_str(), "clock-rate",
                                       G_TYPE_INT, payload.clock_rate, nullptr));
  GValue list = G_VALUE_INIT;
  g_value_init(&list, GST_TYPE_ARRAY);
  gst_value_array_append_and_take_value(&list, &entry);
  GstStructure* const structure = gst_structure_new(
      "offer", "ice-ufrag", G_TYPE_STRING, media.ice_ufrag.c_str(), "ice-pwd", G_TYPE_STRING,
      media.ice_pwd.c_str(), "fingerprint", G_TYPE_STRING, media.fingerprint.c_str(), "setup",
      G_TYPE_STRING, media.setup.c_str(), nullptr);
  gst_structure_take_value(structure, "media", &list);
  return structure;
}

} // namespace

ElementTest::ElementTest()
    : element_(
          GST_ELEMENT(gst_object_ref_sink(gst_element_factory_make("webrtcfanout", nullptr)))) {
  g_signal_connect(element_, "viewer-state", G_CALLBACK(&ElementTest::on_state), this);
  g_object_set(element_, "workers", 2, nullptr);
}

ElementTest::~ElementTest() {
  gst_element_set_state(element_, GST_STATE_NULL);
  g_signal_handlers_disconnect_by_data(element_, this);
  if (video_) gst_harness_teardown(video_);
  if (audio_) gst_harness_teardown(audio_);
  gst_object_unref(element_);
}

void ElementTest::begin_video(const char* encoding) {
  video_ = gst_harness_new_with_element(element_, "video_%u", nullptr);
  run_from_now(video_);
  change_video_to(encoding);
}

void ElementTest::change_video_to(const char* encoding) {
  const bool h265 = std::string(encoding) == "H265";
  key_byte_ = h265 ? 0x26 : 0x65;
  delta_byte_ = h265 ? 0x02 : 0x41;
  gst_harness_set_src_caps(video_,
                           gst_caps_new_simple("application/x-rtp", "media", G_TYPE_STRING, "video",
                                               "clock-rate", G_TYPE_INT, 90000, "encoding-name",
                                               G_TYPE_STRING, encoding, nullptr));
}

void ElementTest::begin_audio() {
  audio_ = gst_harness_new_with_element(element_, "audio_%u", nullptr);
  if (video_ == nullptr) run_from_now(audio_);
  gst_harness_set_src_caps(audio_,
                           gst_caps_new_simple("application/x-rtp", "media", G_TYPE_STRING, "audio",
                                               "clock-rate", G_TYPE_INT, 48000, "encoding-name",
                                               G_TYPE_STRING, "OPUS", nullptr));
}

void ElementTest::push(GstHarness* harness, const Octets& packet, GstClockTime pts) {
  GstBuffer* const buffer = gst_buffer_new_allocate(nullptr, packet.size(), nullptr);
  gst_buffer_fill(buffer, 0, packet.data(), packet.size());
  GST_BUFFER_PTS(buffer) = pts;
  EXPECT_EQ(gst_harness_push(harness, buffer), GST_FLOW_OK);
}

void ElementTest::push_frame(bool key, std::size_t payload) {
  for (const bool last : {false, true}) {
    Octets packet = hex("8060 0000 00000000 00c0ffee") + Octets(payload);
    packet[1] |= last ? 0x80 : 0;
    write_u16(&packet[2], sequence_++);
    write_u32(&packet[4], 1000 + frames_ * kInterval);
    packet[12] = key ? key_byte_ : delta_byte_;
    write_u32(&packet[13], frames_);
    push(video_, packet, frames_ * 40 * GST_MSECOND);
  }
  ++frames_;
}

void ElementTest::push_group(std::size_t deltas, std::size_t payload) {
  push_frame(true, payload);
  for (std::size_t i = 0; i < deltas; ++i) push_frame(false, payload);
}

void ElementTest::push_sound() {
  Octets packet = hex("806f 0000 00000000 00c0ffee fc") + Octets(40);
  write_u32(&packet[4], 5000 + sounds_ * 960);
  push(audio_, packet, sounds_++ * 20 * GST_MSECOND);
}

void ElementTest::end_video() {
  GstPad* const pad = gst_pad_get_peer(video_->srcpad);
  gst_element_release_request_pad(element_, pad);
  gst_object_unref(pad);
}

int ElementTest::frame_of(const RtpPacket& packet) {
  return static_cast<int>(read_u32(&packet.payload[1]));
}

ElementTest::Reply ElementTest::reply_of(GstStructure* structure) const {
  const auto text = [&](const char* field) {
    const gchar* const value = gst_structure_get_string(structure, field);
    return std::string(value ? value : "");
  };
  Reply reply{text("id"), text("sdp"), text("code"), text("message")};
  gst_structure_free(structure);
  return reply;
}

ElementTest::Reply ElementTest::add(const std::string& offer, const std::string& id) {
  GstStructure* const options =
      gst_structure_new("options", "loopback", G_TYPE_BOOLEAN, TRUE, nullptr);
  if (!id.empty()) gst_structure_set(options, "id", G_TYPE_STRING, id.c_str(), nullptr);
  GstStructure* structure = nullptr;
  g_signal_emit_by_name(element_, "add-viewer", offer.c_str(), options, &structure);
  gst_structure_free(options);
  return reply_of(structure);
}

ElementTest::Reply ElementTest::restart(const std::string& id, const std::string& offer) {
  GstStructure* structure = nullptr;
  g_signal_emit_by_name(element_, "restart-viewer", id.c_str(), offer.c_str(), &structure);
  return reply_of(structure);
}

ElementTest::Reply ElementTest::add_negotiated(const std::string& offer) {
  GstStructure* const negotiated = structure_of(offer);
  GstStructure* const options =
      gst_structure_new("options", "loopback", G_TYPE_BOOLEAN, TRUE, nullptr);
  GstStructure* structure = nullptr;
  g_signal_emit_by_name(element_, "add-negotiated-viewer", negotiated, options, &structure);
  gst_structure_free(options);
  gst_structure_free(negotiated);
  return reply_of(structure);
}

ElementTest::Reply ElementTest::restart_negotiated(const std::string& id,
                                                   const std::string& offer) {
  GstStructure* const negotiated = structure_of(offer);
  GstStructure* structure = nullptr;
  g_signal_emit_by_name(element_, "restart-negotiated-viewer", id.c_str(), negotiated, &structure);
  gst_structure_free(negotiated);
  return reply_of(structure);
}

std::string ElementTest::admit(ViewerEnd& viewer, const std::string& id) {
  const Reply reply = add(viewer.offer(), id);
  if (reply.sdp.empty()) throw std::runtime_error(reply.code + ": " + reply.message);
  viewer.take_answer(reply.sdp);
  return reply.id;
}

std::string ElementTest::join(ViewerEnd& viewer, const std::string& id) {
  const std::string own = admit(viewer, id);
  EXPECT_TRUE(viewer.join()) << "the viewer does not come in";
  wait_for_state(own, "connected");
  return own;
}

bool ElementTest::remove(const std::string& id) {
  gboolean removed = FALSE;
  g_signal_emit_by_name(element_, "remove-viewer", id.c_str(), &removed);
  return removed;
}

std::uint64_t ElementTest::stat(const char* name) const {
  GstStructure* stats = nullptr;
  g_object_get(element_, "stats", &stats, nullptr);
  guint64 value = 0;
  EXPECT_TRUE(gst_structure_get_uint64(stats, name, &value)) << name;
  gst_structure_free(stats);
  return value;
}

std::uint64_t ElementTest::viewer_stat(const std::string& id, const char* name) const {
  GstStructure* stats = nullptr;
  g_signal_emit_by_name(element_, "viewer-stats", id.c_str(), &stats);
  if (stats == nullptr) return 0;
  guint64 value = 0;
  EXPECT_TRUE(gst_structure_get_uint64(stats, name, &value)) << name;
  gst_structure_free(stats);
  return value;
}

std::string ElementTest::viewer_text(const std::string& id, const char* name) const {
  GstStructure* stats = nullptr;
  g_signal_emit_by_name(element_, "viewer-stats", id.c_str(), &stats);
  if (stats == nullptr) return "";
  const gchar* const value = gst_structure_get_string(stats, name);
  const std::string text = value ? value : "";
  gst_structure_free(stats);
  return text;
}

void ElementTest::on_state(GstElement*, const gchar* id, const gchar* state, const gchar* message,
                           gpointer self) {
  auto& test = *static_cast<ElementTest*>(self);
  std::lock_guard lock(test.lock_);
  test.told_.push_back({id, state, message});
  test.changed_.notify_all();
}

std::string ElementTest::wait_for_state(const std::string& id, const std::string& state) {
  std::unique_lock lock(lock_);
  const Told* found = nullptr;
  const auto came = [&] {
    for (const Told& told : told_)
      if (told.id == id && told.state == state) found = &told;
    return found != nullptr;
  };
  if (changed_.wait_for(lock, test::kHangLimit, came)) return found->message;
  ADD_FAILURE() << id << " does not come to be " << state;
  return "";
}

std::vector<std::string> ElementTest::states_of(const std::string& id) const {
  std::lock_guard lock(lock_);
  std::vector<std::string> states;
  for (const Told& told : told_)
    if (told.id == id) states.push_back(told.state);
  return states;
}

} // namespace fanlight::fanout
