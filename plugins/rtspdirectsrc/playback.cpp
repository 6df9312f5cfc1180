#include "playback.h"

#include <algorithm>
#include <cstdlib>
#include <sstream>
#include <string_view>
#include <utility>

namespace fanlight::direct {
namespace {

using rtsp::Failure;

/// How a medium can be had; empty: it cannot.
std::string profile_of(const GstSDPMedia* medium) {
  const char* const protocol = gst_sdp_media_get_proto(medium);
  const std::string_view text = protocol == nullptr ? "" : protocol;
  if (text.find("SAVP") != text.npos) return {};
  return text == "RTP/AVPF" ? "RTP/AVPF" : "RTP/AVP";
}

std::vector<Outlet::Format> formats_of(const GstSDPMedia* medium) {
  std::vector<Outlet::Format> formats;
  for (guint i = 0; i < gst_sdp_media_formats_len(medium); ++i) {
    constexpr int kMostPayloadType = 127;
    const int payload_type = std::atoi(gst_sdp_media_get_format(medium, i));
    if (payload_type < 0 || payload_type > kMostPayloadType) continue;
    GstCaps* const caps = gst_sdp_media_get_caps_from_media(medium, payload_type);
    if (caps == nullptr) continue;
    gst_structure_set_name(gst_caps_get_structure(caps, 0), "application/x-rtp");
    formats.push_back(
        {.payload_type = static_cast<std::uint8_t>(payload_type), .caps = CapsRef::adopt(caps)});
  }
  return formats;
}

gint code_of(const Failure& failure) {
  constexpr int kUnauthorized = 401;
  constexpr int kNotFound = 404;
  if (failure.kind == Failure::Kind::unreachable || failure.kind == Failure::Kind::handshake)
    return GST_RESOURCE_ERROR_OPEN_READ;
  if (failure.kind != Failure::Kind::refused) return GST_RESOURCE_ERROR_READ;
  if (failure.status == kUnauthorized) return GST_RESOURCE_ERROR_NOT_AUTHORIZED;
  return failure.status == kNotFound ? GST_RESOURCE_ERROR_NOT_FOUND : GST_RESOURCE_ERROR_READ;
}

std::string words_of(const Failure& failure) {
  std::string words{rtsp::name_of(failure.kind)};
  if (!failure.method.empty()) words += ", " + failure.method;
  if (failure.status != 0) words += ": " + std::to_string(failure.status);
  return words;
}

} // namespace

// ---- For the threads that change the state ----

bool Playback::begin() {
  auto place = Loop::enter();
  if (!place) return false;
  link_ = std::make_shared<Link>(std::move(place), settings_, *this);
  link_->loop().post([self = shared_from_this()] {
    if (!self->closed_) self->link_->begin();
  });
  return true;
}

void Playback::close() {
  if (!link_ || closed_.exchange(true)) return;
  link_->loop().post([self = shared_from_this()] {
    self->link_->close();
    const std::lock_guard lock{self->lock_};
    self->done_ = true;
    self->changed_.notify_all();
  });
}

void Playback::finish() {
  if (!link_) return;
  close();
  if (link_->loop().is_own()) return link_->close();
  std::unique_lock lock{lock_};
  changed_.wait(lock, [this] { return done_; });
}

void Playback::want_key_frame(GstPad* pad) {
  if (!link_) return;
  link_->loop().post([self = shared_from_this(), pad] {
    for (const Open& open : self->open_)
      if (open.pad == pad) open.outlet->want_key_frame();
  });
}

GstStructure* Playback::stats() {
  Stats now;
  {
    const std::lock_guard lock{lock_};
    now = stats_;
  }
  Outlet::Stats all;
  for (const Outlet::Stats& one : now.outlets) {
    if (one.video && !all.video) all.video = one.video;
    all.received += one.received;
    all.lost += one.lost;
    all.repeated += one.repeated;
    all.jitter = std::max(all.jitter, one.jitter);
  }
  GstStructure* const stats = Depacketizer::to_structure(
      all.video.value_or(Depacketizer::Stats{}), "application/x-rtspdirectsrc-stats", now_us());
  // clang-format off
  gst_structure_set(stats,
      "num-pushed", G_TYPE_UINT64, all.received,
      "num-lost", G_TYPE_UINT64, all.lost,
      "num-duplicates", G_TYPE_UINT64, all.repeated,
      "avg-jitter", G_TYPE_UINT64, all.jitter,
      "keep-alives", G_TYPE_UINT, now.link.keep_alives,
      "session-timeout", G_TYPE_UINT, static_cast<guint>(now.link.timeout.count()),
      nullptr);
  // clang-format on
  return stats;
}

// ---- The description ----

std::vector<rtsp::Client::Medium> Playback::on_description(const rtsp::Description& description) {
  if (!open_.empty()) {
    // The camera sent packets, and then moved or refused before it played. The pads of the first
    // description remain the element's until it stops.
    end_streams();
    link_->close();
    return {};
  }
  outlets_.clear();
  lip_sync_ = {};
  GstSDPMessage* sdp = nullptr;
  gst_sdp_message_new(&sdp);
  std::vector<rtsp::Client::Medium> media;
  Failure::Kind wrong = Failure::Kind::none;
  // With the zero byte: without it, the parser of 1.22 loses the last line.
  if (gst_sdp_message_parse_buffer(reinterpret_cast<const guint8*>(description.sdp.c_str()),
                                   static_cast<guint>(description.sdp.size() + 1),
                                   sdp) == GST_SDP_OK) {
    element_.on_description(sdp);
    wrong = choose(sdp, media);
  }
  gst_sdp_message_free(sdp);
  group_ = gst_util_group_id_next();
  if (!media.empty()) return media;
  link_->close();
  if (wrong != Failure::Kind::none)
    post({.kind = wrong});
  else
    GST_ELEMENT_ERROR(element_.element(), STREAM, CODEC_NOT_FOUND,
                      ("The camera offers no stream that is wanted."), (nullptr));
  return {};
}

Failure::Kind Playback::choose(GstSDPMessage* sdp, std::vector<rtsp::Client::Medium>& media) {
  Failure::Kind wrong = Failure::Kind::none;
  for (guint i = 0; i < gst_sdp_message_medias_len(sdp); ++i) {
    const GstSDPMedia* const medium = gst_sdp_message_get_media(sdp, i);
    std::vector<Outlet::Format> formats = formats_of(medium);
    CapsRef caps = formats.empty() ? CapsRef::adopt(gst_caps_new_empty()) : formats.front().caps;
    if (!element_.selects(i, caps.get())) continue;
    const std::string profile = profile_of(medium);
    if (profile.empty()) {
      wrong = Failure::Kind::encrypted;
      continue;
    }
    const char* const kind = gst_sdp_media_get_media(medium);
    const char* const control = gst_sdp_media_get_attribute_val(medium, "control");
    media.push_back({.control = control == nullptr ? "" : control,
                     .sound = kind != nullptr && std::string_view{kind} == "audio",
                     .transport = {.profile = profile}});
    outlets_.push_back(
        std::make_unique<Outlet>("stream_" + std::to_string(i), std::move(formats), *this));
  }
  return wrong;
}

// ---- Packets ----

void Playback::look_at_clock() {
  if (now_us_ != 0) return;
  now_us_ = now_us();
  arrival_ = gst_element_get_current_running_time(element_.element());
  if (!GST_CLOCK_TIME_IS_VALID(arrival_)) arrival_ = 0;
}

void Playback::on_packet(std::size_t medium, bool control, rtsp::Bytes packet) {
  if (medium >= outlets_.size()) return;
  look_at_clock();
  Outlet& outlet = *outlets_[medium];
  if (!control) return outlet.take(packet, arrival_, now_us_);
  const bool goodbye = outlet.take_control(packet, now_us_);
  if (const auto instant = outlet.reported()) {
    lip_sync_.note(medium, instant->camera, instant->running);
    for (std::size_t i = 0; i < outlets_.size(); ++i) outlets_[i]->set_offset(lip_sync_.offset(i));
  }
  if (!goodbye) return;
  on_failure({.kind = Failure::Kind::closed});
  link_->close();
}

void Playback::on_pause() {
  look_at_clock();
  const std::int64_t now = std::exchange(now_us_, 0);
  for (std::size_t i = 0; i < outlets_.size(); ++i)
    if (const auto report = outlets_[i]->report(now); !report.empty())
      link_->send_control(i, report);
  const std::lock_guard lock{lock_};
  stats_.link = link_->stats();
  stats_.outlets.resize(outlets_.size());
  for (std::size_t i = 0; i < outlets_.size(); ++i) stats_.outlets[i] = outlets_[i]->stats();
}

GstPad* Playback::open(const std::string& name, GstCaps* caps) {
  const CapsRef mine = CapsRef::adopt(caps);
  if (closed_) return nullptr;
  for (const Open& open : open_)
    if (std::string_view{GST_PAD_NAME(open.pad)} == name) {
      gst_pad_push_event(open.pad, gst_event_new_caps(caps));
      return open.pad;
    }
  const auto outlet =
      std::find_if(outlets_.begin(), outlets_.end(), [&name](const auto& candidate) {
        return name.starts_with(candidate->name() + "_");
      });
  if (outlet == outlets_.end()) return nullptr;
  GstPad* const pad = element_.make_pad(name);
  gst_pad_set_active(pad, TRUE);
  gchar* const id = gst_pad_create_stream_id(pad, element_.element(), name.c_str());
  GstEvent* const start = gst_event_new_stream_start(id);
  g_free(id);
  gst_event_set_group_id(start, group_);
  GstSegment segment;
  gst_segment_init(&segment, GST_FORMAT_TIME);
  gst_pad_push_event(pad, start);
  gst_pad_push_event(pad, gst_event_new_caps(caps));
  gst_pad_push_event(pad, gst_event_new_segment(&segment));
  if (!gst_element_add_pad(element_.element(), pad)) return nullptr; // It has freed the pad.
  open_.push_back({.pad = pad, .outlet = outlet->get()});
  return pad;
}

void Playback::push(GstPad* pad, BufferRef buffer) {
  const auto open = std::find_if(open_.begin(), open_.end(),
                                 [pad](const Open& candidate) { return candidate.pad == pad; });
  if (closed_ || open == open_.end() || !open->flows) return;
  const GstFlowReturn result = gst_pad_push(pad, buffer.release());
  if (result == GST_FLOW_EOS || result < GST_FLOW_EOS) open->flows = false;
  if (result < GST_FLOW_EOS) GST_ELEMENT_FLOW_ERROR(element_.element(), result);
}

void Playback::complain(const std::string& about) {
  GST_ELEMENT_WARNING(element_.element(), STREAM, FORMAT, ("%s", about.c_str()), (nullptr));
}

// ---- The exchange with the camera, for debugging ----

void Playback::on_requests(const std::string& text) {
  if (!element_.logs()) return;
  std::istringstream lines{text};
  for (std::string line; std::getline(lines, line);) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    constexpr std::string_view kLogin = "Authorization:";
    element_.log("> " + (line.starts_with(kLogin) ? std::string{kLogin} + " ..." : line));
  }
}

void Playback::on_message(const rtsp::Message& message) {
  if (!element_.logs()) return;
  element_.log("< " + (message.status == 0
                           ? message.method
                           : std::to_string(message.status) + " " + message.reason));
  for (const auto& [name, value] : message.headers) element_.log("< " + name + ": " + value);
}

// ---- The end ----

void Playback::end_streams() {
  for (const auto& outlet : outlets_) outlet->end();
  for (const Open& open : open_) gst_pad_push_event(open.pad, gst_event_new_eos());
}

void Playback::on_failure(const Failure& failure) {
  if (closed_) return;
  const bool played = !open_.empty();
  if (failure.kind == Failure::Kind::closed && played) return end_streams();
  post(failure);
}

void Playback::post(const Failure& failure) {
  // clang-format off
  GstStructure* const details = gst_structure_new("rtsp-failure",
      "kind", G_TYPE_STRING, std::string{rtsp::name_of(failure.kind)}.c_str(),
      "method", G_TYPE_STRING, failure.method.c_str(),
      "status", G_TYPE_INT, failure.status,
      "verdict", G_TYPE_INT, static_cast<int>(failure.verdict),
      "shaking", G_TYPE_BOOLEAN, gboolean{failure.shaking},
      "sound", G_TYPE_BOOLEAN, gboolean{failure.sound},
      "excess", G_TYPE_INT, static_cast<int>(failure.excess),
      "redirection", G_TYPE_INT, static_cast<int>(failure.redirection.fault),
      "url", G_TYPE_STRING, failure.redirection.url.c_str(),
      "text", G_TYPE_STRING, failure.text.c_str(),
      nullptr);
  // clang-format on
  gst_element_message_full_with_details(element_.element(), GST_MESSAGE_ERROR, GST_RESOURCE_ERROR,
                                        code_of(failure), g_strdup("Cannot read the camera."),
                                        g_strdup(words_of(failure).c_str()), __FILE__, GST_FUNCTION,
                                        __LINE__, details);
}

} // namespace fanlight::direct
