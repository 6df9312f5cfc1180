#include "media/rtsp/connection.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <set>
#include <utility>
#include <vector>

#include "base/log.h"
#include "base/main_loop.h"
#include "gst/elements.h"
#include "gst/pipeline.h"
#include "media/rtsp/address.h"
#include "media/rtsp/branch.h"
#include "media/rtsp/chain.h"
#include "media/rtsp/media_lines.h"
#include "media/rtsp/read_ahead.h"

namespace fanlight::media {
namespace {

constexpr const char* kRtspsrc = "rtspsrc";

/// If a camera disappears while rtspsrc opens it, rtspsrc sends an end of stream to its UDP sources
/// before they run. GstBaseSrc (1.22 and later) frees such an event only when it stops or is
/// flushed, not in its destructor; this flushes it.
void drop_end_of_stream(GstBin*, GstElement* removed, gpointer) {
  if (GST_OBJECT_FLAG_IS_SET(removed, GST_ELEMENT_FLAG_SOURCE))
    gst_element_send_event(removed, gst_event_new_flush_start());
}

} // namespace

/// The part that rtspsrc's threads may access; freed with the last signal closure.
struct RtspConnection::Shared : std::enable_shared_from_this<RtspConnection::Shared> {
  // Given; const or thread-safe.
  GstElement* bin = nullptr; // Our grandparent: alive while its rtspsrc emits signals.
  std::string camera;
  std::string no_sound;  // Why audio is not set up; empty: it is.
  bool in_order = false; // Packets come over TCP.
  std::shared_ptr<RtspSockets> sockets;
  std::weak_ptr<Observer> observer;
  RtspConnection* connection = nullptr; // Main only. Null: the connection was given up, and tasks
                                        // that are still posted do nothing.

  /// Protects sinks; held while a sink is looked up or linked. Main waits for nothing longer.
  std::mutex linking;
  Sinks sinks; // Empty after give_up().

  std::atomic<bool> sound_came{false};
  std::vector<MediaLine> lines; // Of the description. Only on rtspsrc's thread.

  std::mutex mutex;
  std::vector<std::string> video;              // In the description; protected by mutex.
  std::set<Codec> taken;                       // Video; protected by mutex.
  bool sound_taken = false;                    // Protected by mutex.
  std::vector<Ref<GstElement>> jitter_buffers; // Protected by mutex.
  Ref<GstElement> depayloader;                 // Of the first video; protected by mutex.

  void notify(std::function<void(Observer&)> what) {
    post([self = shared_from_this(), what = std::move(what)] {
      const auto alive = self->observer.lock();
      if (alive && self->connection != nullptr) what(*alive);
    });
  }
  /// The camera plays: sends a keep-alive in each period, or the camera would end the session.
  void keep_session(std::chrono::milliseconds period) {
    post([self = shared_from_this(), period] {
      if (self->connection == nullptr) return;
      self->connection->keep_alive_.every(period, [self = self.get()] {
        const auto rtspsrc =
            Ref<GstElement>::adopt(gst_bin_get_by_name(GST_BIN(self->bin), kRtspsrc));
        RtspHooks::keep_alive(rtspsrc.get());
      });
    });
  }
  /// True for the first stream of each video codec, and for the first of audio.
  bool take(Codec codec) {
    std::lock_guard lock{mutex};
    if (kind_of(codec) == MediaKind::audio) return !std::exchange(sound_taken, true);
    return taken.insert(codec).second;
  }
  /// A description has come.
  void begin(std::vector<MediaLine> read) {
    lines = std::move(read);
    const std::lock_guard lock{mutex};
    video.clear();
    for (const MediaLine& line : lines)
      for (const MediaLine::Format& format : line.formats)
        if (line.kind == "video") video.push_back(format.encoding);
    taken.clear();
    sound_taken = false;
  }
  std::vector<std::string> described() {
    const std::lock_guard lock{mutex};
    return video;
  }
  /// Whether the packets of that medium are RTP, not SRTP.
  bool is_plain(guint number) const { return number < lines.size() && !lines[number].secure; }
  /// False after give_up(), and so is link().
  bool wants(Codec codec) {
    const std::lock_guard lock{linking};
    return sinks.find(codec) != nullptr;
  }
  bool link(Codec codec, GstPad* pad) {
    const std::lock_guard lock{linking};
    GstPad* const sink = sinks.find(codec);
    if (sink != nullptr) gst_pad_link(pad, sink);
    return sink != nullptr;
  }
  /// Drops the end of stream at `pad`: the connection ends, but the viewers' streams go on.
  void end_at(GstPad* pad) {
    gst_pad_add_probe(
        pad, GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM,
        +[](GstPad*, GstPadProbeInfo* info, gpointer data) -> GstPadProbeReturn {
          if (GST_EVENT_TYPE(GST_PAD_PROBE_INFO_EVENT(info)) != GST_EVENT_EOS)
            return GST_PAD_PROBE_OK;
          (*static_cast<std::shared_ptr<Shared>*>(data))->notify([](Observer& told) {
            told.on_connection_end("the camera closed the connection");
          });
          return GST_PAD_PROBE_DROP;
        },
        new std::shared_ptr<Shared>(shared_from_this()),
        +[](gpointer data) { delete static_cast<std::shared_ptr<Shared>*>(data); });
  }
  /// When readable sound has come, says which: of several payload types, the one that comes counts.
  void confirm_sound_at(GstPad* pad, const std::string& encoding) {
    using Confirmed = std::pair<std::shared_ptr<Shared>, std::string>;
    gst_pad_add_probe(
        pad,
        static_cast<GstPadProbeType>(GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST),
        +[](GstPad*, GstPadProbeInfo*, gpointer data) -> GstPadProbeReturn {
          const auto& [self, sent] = *static_cast<Confirmed*>(data);
          self->sound_came = true;
          self->notify([sent = sent](Observer& told) { told.on_connection_audio(sent, ""); });
          return GST_PAD_PROBE_REMOVE;
        },
        new Confirmed(shared_from_this(), encoding),
        +[](gpointer data) { delete static_cast<Confirmed*>(data); });
  }
  /// Prevents later links on any thread: a link made after the bin has left the pipeline would last
  /// until the bin is freed, and would block the tee for the next connection. Main.
  void give_up() {
    connection = nullptr;
    const std::lock_guard lock{linking};
    sinks = {};
  }
};

GstPad* RtspConnection::Sinks::find(Codec codec) const {
  if (kind_of(codec) == MediaKind::audio) return audio.get();
  const auto found = video.find(codec);
  return found == video.end() ? nullptr : found->second.get();
}

Result<std::unique_ptr<RtspConnection>>
RtspConnection::create(const config::Camera& camera, const config::Stream& stream, Sinks sinks,
                       const std::string& no_sound, const KeepAlivePlan& plan,
                       std::weak_ptr<Observer> observer) {
  install_read_ahead();
  auto rtspsrc = RtspHooks::make_rtspsrc(kRtspsrc);
  if (!rtspsrc) return rtspsrc.error();
  GstElement* element = rtspsrc->get();
  const Address address = address_of(stream);
  gst_util_set_object_arg(G_OBJECT(element), "protocols", protocols_of(stream.transport));
  g_object_set(element, "location", address.location.c_str(), "latency",
               static_cast<guint>(stream.latency.count()), "tcp-timeout", guint64{12'000'000},
               "timeout", guint64{5'000'000}, "do-rtcp", TRUE, nullptr);
  // rtspsrc crashes if it is stopped while it closes. RtspSockets ends its TEARDOWN before that.
  g_object_set(element, "teardown-timeout", guint64{4 * GST_SECOND}, nullptr);

  const auto sockets = RtspSockets::create();
  auto bin =
      Ref<GstElement>::retain(RtspSockets::bin_new(("source-" + stream.id).c_str(), sockets));
  gst_bin_add(GST_BIN(bin.get()), element);
  auto shared = std::make_shared<Shared>();
  shared->bin = bin.get();
  shared->camera = camera.id;
  shared->sockets = sockets;
  shared->no_sound =
      camera.audio ? no_sound : "sound is turned off in the configuration (audio: false)";
  shared->in_order = std::string_view{protocols_of(stream.transport)} == "tcp";
  shared->sinks = std::move(sinks);
  shared->observer = std::move(observer);

  const auto connect = [&](const char* signal, GCallback callback) {
    g_signal_connect_data(
        element, signal, callback, new std::shared_ptr<Shared>(shared),
        +[](gpointer data, GClosure*) { delete static_cast<std::shared_ptr<Shared>*>(data); },
        GConnectFlags{});
  };
  connect("on-sdp", G_CALLBACK(on_sdp));
  connect("select-stream", G_CALLBACK(on_select_stream));
  connect("new-manager", G_CALLBACK(on_new_manager));
  connect("pad-added", G_CALLBACK(on_pad_added));
  g_signal_connect(element, "element-removed", G_CALLBACK(drop_end_of_stream), nullptr);

  std::unique_ptr<RtspConnection> connection{new RtspConnection(stream, std::move(bin), shared)};
  connection->hooks_ = RtspHooks::attach(
      element, Login{address.username, address.password}, plan, sockets,
      [shared](std::chrono::milliseconds period) { shared->keep_session(period); });
  // Only rtspsrc can answer the HTTP tunnel's own challenge, which comes before any RTSP.
  if (stream.transport == config::RtspTransport::http && !address.username.empty())
    g_object_set(element, "user-id", address.username.c_str(), "user-pw", address.password.c_str(),
                 nullptr);
  connection->sockets_ = sockets;
  if (address.tls) {
    auto certificate = CertificateCheck::attach(element, stream);
    if (!certificate) return certificate.error();
    connection->certificate_ = std::move(*certificate);
  }
  return connection;
}

RtspConnection::RtspConnection(const config::Stream& stream, Ref<GstElement> bin,
                               std::shared_ptr<Shared> shared)
    : config_(stream), bin_(std::move(bin)), shared_(std::move(shared)) {
  shared_->connection = this;
}

RtspConnection::~RtspConnection() {
  shared_->give_up();
  if (sockets_) sockets_->close();
}

ConnectError RtspConnection::explain(GstMessage* message) const {
  if (const std::string why = certificate_ ? certificate_->refusal() : ""; !why.empty())
    return refused_certificate(why);
  if (const RtspSockets::Refusal ours = sockets_->refusal(); !ours.why.empty())
    return connect_error_of(ours);
  const RtspHooks::Refusal refusal = hooks_->refusal();
  if (refusal.status != 0) return connect_error_of(refusal, config_);
  return connect_error_of(message, config_, sockets_->foreign());
}

bool RtspConnection::sound_came() const { return shared_->sound_came; }

std::vector<std::string> RtspConnection::described() const { return shared_->described(); }

std::optional<std::string> RtspConnection::give_up_sound(GstMessage* message) {
  if (!is_of_sound(message)) return std::nullopt;
  if (std::exchange(sound_ended_, true)) return "";
  silence(message);
  return "the server cannot read the camera's sound: " + describe(message);
}

void RtspConnection::on_sdp(GstElement*, GstSDPMessage* sdp, gpointer data) {
  Shared& shared = **static_cast<std::shared_ptr<Shared>*>(data);
  // rtspsrc starts over when it changes from UDP to TCP, and after a redirection.
  shared.begin(media_lines_of(sdp));
  shared.notify([video = shared.described()](Observer& observer) {
    observer.on_connection_described(video);
  });
}

gboolean RtspConnection::on_select_stream(GstElement*, guint number, GstCaps*, gpointer data) {
  Shared& shared = **static_cast<std::shared_ptr<Shared>*>(data);
  if (number >= shared.lines.size()) return FALSE;
  const MediaLine& line = shared.lines[number];
  if (line.kind == "video") {
    // The camera may send any of its payload types.
    bool wanted = false;
    for (const MediaLine::Format& format : line.formats)
      if (const auto codec = codec_of(format.encoding))
        wanted =
            (kind_of(*codec) == MediaKind::video && shared.wants(*codec) && shared.take(*codec)) ||
            wanted;
    return wanted;
  }
  if (line.kind != "audio" || line.formats.empty()) return FALSE;
  const auto says = [&shared](const std::string& encoding, const std::string& note) {
    shared.notify(
        [encoding, note](Observer& observer) { observer.on_connection_audio(encoding, note); });
    return !encoding.empty();
  };
  const auto playable =
      std::find_if(line.formats.begin(), line.formats.end(),
                   [](const MediaLine::Format& format) { return format.fault.empty(); });
  if (is_back_channel(line, shared.lines)) {
    // Most cameras with a back channel also send sound, which may come first or later.
    const bool only = std::none_of(shared.lines.begin(), shared.lines.end(), [&](const auto& one) {
      return one.kind == "audio" && !is_back_channel(one, shared.lines);
    });
    return only && says("", "the camera offers sound only in the other direction, from the viewer "
                            "to its loudspeaker (a=sendonly)");
  }
  if (!shared.no_sound.empty()) return says("", shared.no_sound);
  if (playable == line.formats.end()) return says("", line.formats.front().fault);
  if (!shared.take(*codec_of(playable->encoding))) return FALSE;
  return says(playable->encoding, "");
}

/// A packet that enters an RTP session on the thread that reads the RTSP connection was interleaved
/// in it. Packets over UDP come on threads of their own, and say nothing about the connection.
void RtspConnection::on_manager_pad(GstElement*, GstPad* pad, gpointer data) {
  if (GST_PAD_DIRECTION(pad) != GST_PAD_SINK) return;
  gst_pad_add_probe(
      pad, static_cast<GstPadProbeType>(GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST),
      +[](GstPad*, GstPadProbeInfo*, gpointer sockets) -> GstPadProbeReturn {
        const auto& mine = *static_cast<std::shared_ptr<RtspSockets>*>(sockets);
        if (RtspSockets::here() == mine) mine->complete();
        return GST_PAD_PROBE_OK;
      },
      new std::shared_ptr<RtspSockets>((*static_cast<std::shared_ptr<Shared>*>(data))->sockets),
      +[](gpointer sockets) { delete static_cast<std::shared_ptr<RtspSockets>*>(sockets); });
}

void RtspConnection::on_new_manager(GstElement*, GstElement* manager, gpointer data) {
  // The packet or two that some cameras send of an earlier session would be a stream of their own.
  g_signal_connect_data(
      manager, "request-rtp-decoder",
      G_CALLBACK(+[](GstElement*, guint session, gpointer shared) -> GstElement* {
        Shared& mine = **static_cast<std::shared_ptr<Shared>*>(shared);
        return mine.is_plain(session) ? gst_element_factory_make("rtpssrcgate", nullptr) : nullptr;
      }),
      new std::shared_ptr<Shared>(*static_cast<std::shared_ptr<Shared>*>(data)),
      +[](gpointer shared, GClosure*) { delete static_cast<std::shared_ptr<Shared>*>(shared); },
      GConnectFlags{});
  // Packets over TCP come in order: they need neither a jitter buffer nor its thread.
  if ((*static_cast<std::shared_ptr<Shared>*>(data))->in_order)
    g_signal_connect(manager, "request-jitterbuffer",
                     G_CALLBACK(+[](GstElement*, guint, gpointer) -> GstElement* {
                       return gst_element_factory_make("rtpstamper", nullptr);
                     }),
                     nullptr);
  const auto connect = [&](const char* signal, GCallback callback) {
    g_signal_connect_data(
        manager, signal, callback,
        new std::shared_ptr<Shared>(*static_cast<std::shared_ptr<Shared>*>(data)),
        +[](gpointer shared, GClosure*) { delete static_cast<std::shared_ptr<Shared>*>(shared); },
        GConnectFlags{});
  };
  connect("pad-added", G_CALLBACK(on_manager_pad));
  connect("new-jitterbuffer",
          G_CALLBACK(+[](GstElement*, GstElement* buffer, guint, guint, gpointer shared) {
            Shared& mine = **static_cast<std::shared_ptr<Shared>*>(shared);
            std::lock_guard lock{mine.mutex};
            mine.jitter_buffers.push_back(Ref<GstElement>::retain(buffer));
          }));
}

std::vector<Ref<GstElement>> RtspConnection::jitter_buffers() const {
  std::lock_guard lock{shared_->mutex};
  return shared_->jitter_buffers;
}

Ref<GstElement> RtspConnection::depayloader() const {
  std::lock_guard lock{shared_->mutex};
  return shared_->depayloader;
}

void RtspConnection::on_pad_added(GstElement*, GstPad* pad, gpointer data) {
  Shared& shared = **static_cast<std::shared_ptr<Shared>*>(data);
  auto caps = Ref<GstCaps>::adopt(gst_pad_get_current_caps(pad));
  if (!caps) caps = Ref<GstCaps>::adopt(gst_pad_query_caps(pad, nullptr));
  if (gst_caps_is_empty(caps.get()) || gst_caps_is_any(caps.get())) return;
  const std::string encoding = encoding_of(caps.get());
  const auto codec = codec_of(encoding);
  if (!codec || !shared.wants(*codec)) return;
  const bool sound = kind_of(*codec) == MediaKind::audio;
  const std::string name = sound ? "audio" : encoding;
  if (Ref<GstPad>::adopt(gst_element_get_static_pad(shared.bin, name.c_str())))
    return shared.notify([](Observer& observer) {
      observer.on_connection_end("the camera restarted its stream on the same connection");
    });

  const auto branch = build_branch(GST_BIN(shared.bin), pad, encoding, shared.camera);
  if (!branch) return;
  if (!sound) {
    const std::lock_guard lock{shared.mutex};
    if (!shared.depayloader) shared.depayloader = branch->elements.front();
  }
  GstPad* ghost = gst_ghost_pad_new(name.c_str(), branch->end.get());
  shared.end_at(ghost);
  if (sound) shared.confirm_sound_at(ghost, encoding);
  gst_pad_set_active(ghost, TRUE);
  gst_element_add_pad(shared.bin, ghost);
  if (!shared.link(*codec, ghost)) return;
  // Start at the tee, so that no data reach an element that is not ready.
  for (auto element = branch->elements.rbegin(); element != branch->elements.rend(); ++element)
    gst_element_sync_state_with_parent(element->get());
  // The bin may have been stopped meanwhile, before it contained these elements.
  if (!shared.wants(*codec))
    for (const auto& element : branch->elements)
      gst_element_set_state(element.get(), GST_STATE_NULL);
}

} // namespace fanlight::media
