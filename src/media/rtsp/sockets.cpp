#include "media/rtsp/sockets.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include <fcntl.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/main_loop.h"
#include "gst/ref.h"

namespace fanlight::media {
namespace {

constexpr guint kGoodbyeMs = 1000;
/// How long to wait for an opening that ends by itself once its sockets are shut.
constexpr std::chrono::seconds kPatience{2};
/// How many bytes may arrive before the camera plays, or in one later message, on connections that
/// the MessageMeter does not measure.
constexpr std::uint64_t kMost =
    MessageMeter::kMostBeforePlay + MessageMeter::kMostPacketsBeforePlay;
/// At 1 Gbit/s, 13 MB arrive between two checks.
constexpr std::chrono::milliseconds kLook{100};

// All share one timer: there are hundreds of cameras.
std::vector<std::weak_ptr<RtspSockets>> all_sockets; // Main only.
/// Runs while there are RtspSockets. Main only.
Timer& look_timer() {
  static auto& timer = *new Timer;
  return timer;
}

thread_local std::weak_ptr<RtspSockets> sockets_here;

ino_t number_of(int descriptor) {
  struct stat found {};
  return fstat(descriptor, &found) == 0 ? found.st_ino : 0;
}

// ---- The bin ----

struct SocketsBin {
  GstBin parent;
  std::shared_ptr<RtspSockets>* sockets;
};
struct SocketsBinClass {
  GstBinClass parent;
};
G_DEFINE_TYPE(SocketsBin, sockets_bin, GST_TYPE_BIN)

bool is_opening(GstMessage* progress) {
  gchar* code = nullptr;
  gst_message_parse_progress(progress, nullptr, &code, nullptr);
  return take_string(code) == "open";
}

/// On the thread that posts the message.
void handle_message(GstBin* bin, GstMessage* message) {
  if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_PROGRESS) {
    GstProgressType type = GST_PROGRESS_TYPE_START;
    gst_message_parse_progress(message, &type, nullptr, nullptr);
    // Other types of progress are also posted by the thread that changes the state.
    RtspSockets& sockets = **reinterpret_cast<SocketsBin*>(bin)->sockets;
    if (type == GST_PROGRESS_TYPE_CONTINUE) sockets.enter();
    if (type != GST_PROGRESS_TYPE_START && type != GST_PROGRESS_TYPE_CONTINUE &&
        is_opening(message))
      sockets.end_opening();
  }
  GST_BIN_CLASS(sockets_bin_parent_class)->handle_message(bin, message);
}

/// On a worker, when the bin stops. rtspsrc 1.22 crashes if it has to close while its own thread
/// frees the streams of a failed opening. That thread reports the error before it frees them, and
/// the end of the opening after that.
GstStateChangeReturn change_state(GstElement* bin, GstStateChange change) {
  if (change == GST_STATE_CHANGE_PAUSED_TO_READY)
    (*reinterpret_cast<SocketsBin*>(bin)->sockets)->wait_for_opening();
  return GST_ELEMENT_CLASS(sockets_bin_parent_class)->change_state(bin, change);
}

void finalize(GObject* object) {
  delete reinterpret_cast<SocketsBin*>(object)->sockets;
  G_OBJECT_CLASS(sockets_bin_parent_class)->finalize(object);
}

void sockets_bin_class_init(SocketsBinClass* klass) {
  G_OBJECT_CLASS(klass)->finalize = finalize;
  GST_BIN_CLASS(klass)->handle_message = handle_message;
  GST_ELEMENT_CLASS(klass)->change_state = change_state;
}
void sockets_bin_init(SocketsBin*) {}

} // namespace

std::shared_ptr<RtspSockets> RtspSockets::create() {
  static const bool once = [] {
    const gpointer loaded = g_type_class_ref(G_TYPE_SOCKET_CLIENT); // Never unloaded.
    g_signal_add_emission_hook(g_signal_lookup("event", G_TYPE_FROM_CLASS(loaded)), 0,
                               on_client_event, nullptr, nullptr);
    return true;
  }();
  (void)once;
  std::shared_ptr<RtspSockets> sockets{new RtspSockets};
  all_sockets.push_back(sockets);
  if (!look_timer().running()) look_timer().every(kLook, check_all);
  return sockets;
}

GstElement* RtspSockets::bin_new(const char* name, std::shared_ptr<RtspSockets> sockets) {
  auto* bin = static_cast<SocketsBin*>(g_object_new(sockets_bin_get_type(), "name", name, nullptr));
  bin->sockets = new std::shared_ptr<RtspSockets>(std::move(sockets));
  return GST_ELEMENT(bin);
}

std::shared_ptr<RtspSockets> RtspSockets::here() { return sockets_here.lock(); }
void RtspSockets::enter() { sockets_here = weak_from_this(); }

gboolean RtspSockets::on_client_event(GSignalInvocationHint*, guint, const GValue* values,
                                      gpointer) {
  const auto sockets = here();
  if (!sockets) return TRUE;
  sockets->tls_ = g_socket_client_get_tls(G_SOCKET_CLIENT(g_value_get_object(&values[0]))) != FALSE;
  const auto event = static_cast<GSocketClientEvent>(g_value_get_enum(&values[1]));
  const gpointer connection = g_value_get_object(&values[3]);
  if ((event != G_SOCKET_CLIENT_CONNECTING && event != G_SOCKET_CLIENT_CONNECTED) ||
      connection == nullptr || !G_IS_SOCKET_CONNECTION(connection))
    return TRUE;
  GSocket* socket = g_socket_connection_get_socket(G_SOCKET_CONNECTION(connection));
  sockets->measured_ = false;
  sockets->add(socket);
  // On rtspsrc's thread: its connecting then fails.
  if (sockets->closed_) g_socket_close(socket, nullptr);
  return TRUE;
}

void RtspSockets::add(GSocket* socket) {
  const int descriptor = g_socket_get_fd(socket);
  const Socket added{.descriptor = descriptor, .number = number_of(descriptor)};
  const std::lock_guard lock{mutex_};
  std::erase_if(sockets_, [&](const Socket& known) {
    return known.descriptor == descriptor || number_of(known.descriptor) != known.number;
  });
  sockets_.push_back(added);
}

void RtspSockets::ask(std::string method) {
  requests_ += method.empty() ? 0 : 1;
  if (method == "DESCRIBE") {
    plays_ = false;
    setup_answers_ = {};
    const std::lock_guard lock{mutex_};
    opens_ = true;
  }
  if (method == "PLAY") end_opening();
  meter_.set_request(std::move(method));
}

void RtspSockets::note_foreign(const std::string& line) {
  const std::lock_guard lock{mutex_};
  if (foreign_.empty()) foreign_ = line;
}

std::string RtspSockets::foreign() const {
  const std::lock_guard lock{mutex_};
  return foreign_;
}

void RtspSockets::end_opening() {
  const std::lock_guard lock{mutex_};
  opens_ = false;
  opened_.notify_all();
}

void RtspSockets::wait_for_opening() {
  std::unique_lock lock{mutex_};
  opened_.wait_for(lock, kPatience, [this] { return !opens_; });
}

void RtspSockets::play() {
  plays_ = true;
  complete();
}

void RtspSockets::close() {
  closed_ = true;
  if (!plays_) return shut();
  g_timeout_add_full(
      G_PRIORITY_DEFAULT, kGoodbyeMs,
      +[](gpointer sockets) -> gboolean {
        if (const auto alive = static_cast<std::weak_ptr<RtspSockets>*>(sockets)->lock())
          alive->shut();
        return G_SOURCE_REMOVE;
      },
      new std::weak_ptr<RtspSockets>(weak_from_this()),
      +[](gpointer sockets) { delete static_cast<std::weak_ptr<RtspSockets>*>(sockets); });
}

void RtspSockets::shut() {
  const std::lock_guard lock{mutex_};
  for (const Socket& socket : sockets_) {
    // A duplicate cannot become another socket between the check and the shutdown. If no descriptor
    // is left for it, we accept that risk.
    const int own = fcntl(socket.descriptor, F_DUPFD_CLOEXEC, 0);
    const int used = own < 0 ? socket.descriptor : own;
    if (number_of(used) == socket.number) shutdown(used, SHUT_RDWR);
    if (own >= 0) ::close(own);
  }
}

void RtspSockets::refuse(Refusal why) {
  {
    const std::lock_guard lock{mutex_};
    if (refusal_.why.empty()) refusal_ = std::move(why);
  }
  closed_ = true;
  shut();
}

RtspSockets::Refusal RtspSockets::refusal() const {
  const std::lock_guard lock{mutex_};
  return refusal_;
}

void RtspSockets::check_all() {
  std::erase_if(all_sockets, [](const std::weak_ptr<RtspSockets>& sockets) {
    const auto alive = sockets.lock();
    if (alive) alive->check();
    return !alive;
  });
  if (all_sockets.empty()) look_timer().stop();
}

void RtspSockets::check() {
  if (measured_ || closed_) return;
  const bool plays = plays_;
  const bool complete = complete_.exchange(false);
  std::uint64_t begun = 0;
  {
    const std::lock_guard lock{mutex_};
    for (Socket& socket : sockets_) {
      tcp_info info{};
      socklen_t size = sizeof info;
      if (number_of(socket.descriptor) != socket.number ||
          getsockopt(socket.descriptor, IPPROTO_TCP, TCP_INFO, &info, &size) != 0)
        continue;
      if (plays && complete) socket.counted = info.tcpi_bytes_received;
      begun += info.tcpi_bytes_received - socket.counted;
    }
  }
  if (begun > kMost)
    refuse({plays ? "the camera sent a message of more than 17 MiB"
                  : "the camera sent more than 17 MiB before it started to play",
            true});
}

} // namespace fanlight::media
