#include "media/rtsp/connection.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <set>
#include <utility>
#include <vector>

#include "base/log.h"
#include "base/main_loop.h"
#include "gst/pipeline.h"
#include "media/rtsp/branch.h"
#include "media/rtsp/direct_source.h"
#include "media/rtsp/media_lines.h"
#include "media/rtsp/rtspsrc_source.h"

namespace fanlight::media {
namespace {

Result<std::unique_ptr<RtspSource>> make_source(const config::Stream& stream,
                                                const RtspConnection::Experience& experience) {
  const Reason obstacle = DirectSource::obstacle(stream);
  switch (stream.source) {
  case config::Source::rtspsrc: break;
  case config::Source::direct:
    if (!obstacle.empty()) return Error{Errc::invalid, obstacle};
    return DirectSource::create(stream, experience.plan);
  case config::Source::automatic:
    if (!obstacle.empty() || experience.avoid_direct) break;
    return DirectSource::create(stream, experience.plan);
  }
  return RtspsrcSource::create(stream, experience.plan);
}

Reason stream_restarted() {
  return {"stream_restarted"_reason, "the camera restarted its stream on the same connection"};
}

} // namespace

/// The part that rtspsrc's threads may access; freed with the last signal closure.
struct RtspConnection::Shared : std::enable_shared_from_this<RtspConnection::Shared> {
  // Given; const or thread-safe.
  GstElement* bin = nullptr; // Our grandparent: alive while its rtspsrc emits signals.
  std::string camera;
  Reason no_sound; // Why audio is not set up; empty: it is.
  std::weak_ptr<Observer> observer;
  RtspConnection* connection = nullptr; // Main only. Null: the connection was given up, and tasks
                                        // that are still posted do nothing.

  /// Protects sinks; held while a sink is looked up or linked. Main waits for nothing longer.
  std::mutex linking;
  Sinks sinks; // Empty after give_up().

  std::atomic<bool> sound_came{false};
  std::atomic<bool> restarted{false}; // A second stream of a kind has begun.
  std::vector<MediaLine> lines;       // Of the description. Only on rtspsrc's thread.

  std::mutex mutex;
  std::vector<std::string> video; // In the description; protected by mutex.
  std::set<Codec> taken;          // Video; protected by mutex.
  bool sound_taken = false;       // Protected by mutex.
  Ref<GstElement> depayloader;    // Of the first video; protected by mutex.

  void notify(std::function<void(Observer&)> what) {
    post([self = shared_from_this(), what = std::move(what)] {
      const auto alive = self->observer.lock();
      if (alive && self->connection != nullptr) what(*alive);
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
            told.on_connection_end({"camera_closed"_reason, "the camera closed the connection"});
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
          self->notify([sent = sent](Observer& told) { told.on_connection_audio(sent, {}); });
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
                       const Experience& experience, std::weak_ptr<Observer> observer) {
  auto source = make_source(stream, experience);
  if (!source) return source.error();
  auto shared = std::make_shared<Shared>();
  shared->bin = (*source)->bin();
  shared->camera = camera.id;
  shared->no_sound =
      camera.audio
          ? experience.no_sound
          : Reason{"sound_off"_reason, "sound is turned off in the configuration (audio: false)"};
  shared->sinks = std::move(sinks);
  shared->observer = std::move(observer);

  const auto connect = [&](const char* signal, GCallback callback) {
    g_signal_connect_data(
        (*source)->element(), signal, callback, new std::shared_ptr<Shared>(shared),
        +[](gpointer data, GClosure*) { delete static_cast<std::shared_ptr<Shared>*>(data); },
        GConnectFlags{});
  };
  connect("on-sdp", G_CALLBACK(on_sdp));
  connect("select-stream", G_CALLBACK(on_select_stream));
  connect("pad-added", G_CALLBACK(on_pad_added));
  return std::unique_ptr<RtspConnection>{new RtspConnection(std::move(*source), shared)};
}

RtspConnection::RtspConnection(std::unique_ptr<RtspSource> source, std::shared_ptr<Shared> shared)
    : shared_(std::move(shared)), source_(std::move(source)) {
  shared_->connection = this;
}

RtspConnection::~RtspConnection() { shared_->give_up(); }

std::string RtspConnection::source() const {
  return GST_OBJECT_NAME(gst_element_get_factory(source_->element()));
}

bool RtspConnection::sound_came() const { return shared_->sound_came; }

std::vector<std::string> RtspConnection::described() const { return shared_->described(); }

std::optional<Reason> RtspConnection::give_up_sound(GstMessage* message) {
  if (!is_of_sound(message)) return std::nullopt;
  if (std::exchange(sound_ended_, true)) return Reason{};
  silence(message);
  return Reason{"sound_unreadable"_reason,
                "the server cannot read the camera's sound: {detail}",
                {{"detail", describe(message)}}};
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
  const auto says = [&shared](const std::string& encoding, const Reason& note) {
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
    return only && says("", {"sound_back_channel"_reason,
                             "the camera offers sound only in the other direction, from the viewer "
                             "to its loudspeaker (a=sendonly)"});
  }
  if (!shared.no_sound.empty()) return says("", shared.no_sound);
  if (playable == line.formats.end()) return says("", line.formats.front().fault);
  if (!shared.take(*codec_of(playable->encoding))) return FALSE;
  return says(playable->encoding, {});
}

ConnectError RtspConnection::explain(GstMessage* message) const {
  // The second pad leads nowhere, so the source fails, too; main may read that message first.
  if (shared_->restarted) return {.why = stream_restarted()};
  return source_->explain(message);
}

Ref<GstElement> RtspConnection::picture_counter() const {
  if (auto counter = source_->picture_counter()) return counter;
  std::lock_guard lock{shared_->mutex};
  return shared_->depayloader;
}

void RtspConnection::on_pad_added(GstElement*, GstPad* pad, gpointer data) {
  Shared& shared = **static_cast<std::shared_ptr<Shared>*>(data);
  auto caps = Ref<GstCaps>::adopt(gst_pad_get_current_caps(pad));
  if (!caps) caps = Ref<GstCaps>::adopt(gst_pad_query_caps(pad, nullptr));
  if (gst_caps_is_empty(caps.get()) || gst_caps_is_any(caps.get())) return;
  std::string encoding = encoding_of(caps.get());
  const bool packets = encoding_of_pictures(caps.get()).empty();
  if (!packets) encoding = encoding_of_pictures(caps.get());
  const auto codec = codec_of(encoding);
  if (!codec || !shared.wants(*codec)) return;
  const bool sound = kind_of(*codec) == MediaKind::audio;
  const std::string name = sound ? "audio" : encoding;
  if (Ref<GstPad>::adopt(gst_element_get_static_pad(shared.bin, name.c_str()))) {
    shared.restarted = true;
    return shared.notify(
        [](Observer& observer) { observer.on_connection_end(stream_restarted()); });
  }

  const auto branch = packets ? build_branch(GST_BIN(shared.bin), pad, encoding, shared.camera)
                              : direct_branch(pad);
  if (!branch) return;
  if (!sound && !branch->elements.empty()) {
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
