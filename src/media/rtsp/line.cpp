#include "media/rtsp/line.h"

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
/// For what ends by itself, its sockets being shut.
constexpr std::chrono::seconds kPatience{2};
/// How much may come before the camera plays, or of one message afterwards, where nothing else
/// measures it.
constexpr std::uint64_t kMost =
    MessageMeter::kMostBeforePlay + MessageMeter::kMostPacketsBeforePlay;
/// At 1 Gbit/s 13 MB come meanwhile.
constexpr std::chrono::milliseconds kLook{100};

// One timer for all: there are hundreds of cameras.
std::vector<std::weak_ptr<Line>> lines; // Main only.
/// Runs while there are lines. Main only.
Timer& look_timer() {
  static auto& timer = *new Timer;
  return timer;
}

thread_local std::weak_ptr<Line> line_here;

ino_t number_of(int descriptor) {
  struct stat found {};
  return fstat(descriptor, &found) == 0 ? found.st_ino : 0;
}

// ---- The bin ----

struct LineBin {
  GstBin parent;
  std::shared_ptr<Line>* line;
};
struct LineBinClass {
  GstBinClass parent;
};
G_DEFINE_TYPE(LineBin, line_bin, GST_TYPE_BIN)

bool is_opening(GstMessage* progress) {
  gchar* code = nullptr;
  gst_message_parse_progress(progress, nullptr, &code, nullptr);
  return take_string(code) == "open";
}

/// On the thread of whoever says something.
void handle_message(GstBin* bin, GstMessage* message) {
  if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_PROGRESS) {
    GstProgressType type = GST_PROGRESS_TYPE_START;
    gst_message_parse_progress(message, &type, nullptr, nullptr);
    // The others come from whoever changes its state as well.
    Line& line = **reinterpret_cast<LineBin*>(bin)->line;
    if (type == GST_PROGRESS_TYPE_CONTINUE) line.enter();
    if (type != GST_PROGRESS_TYPE_START && type != GST_PROGRESS_TYPE_CONTINUE &&
        is_opening(message))
      line.end_opening();
  }
  GST_BIN_CLASS(line_bin_parent_class)->handle_message(bin, message);
}

/// On a worker, when it stops: rtspsrc 1.22 crashes where it is told to close while its own thread
/// frees the streams of an opening that failed; that thread tells of the error before it frees them
/// and of the end of the opening after.
GstStateChangeReturn change_state(GstElement* bin, GstStateChange change) {
  if (change == GST_STATE_CHANGE_PAUSED_TO_READY)
    (*reinterpret_cast<LineBin*>(bin)->line)->wait_for_opening();
  return GST_ELEMENT_CLASS(line_bin_parent_class)->change_state(bin, change);
}

void finalize(GObject* object) {
  delete reinterpret_cast<LineBin*>(object)->line;
  G_OBJECT_CLASS(line_bin_parent_class)->finalize(object);
}

void line_bin_class_init(LineBinClass* klass) {
  G_OBJECT_CLASS(klass)->finalize = finalize;
  GST_BIN_CLASS(klass)->handle_message = handle_message;
  GST_ELEMENT_CLASS(klass)->change_state = change_state;
}
void line_bin_init(LineBin*) {}

} // namespace

std::shared_ptr<Line> Line::create() {
  static const bool once = [] {
    const gpointer loaded = g_type_class_ref(G_TYPE_SOCKET_CLIENT); // For good.
    g_signal_add_emission_hook(g_signal_lookup("event", G_TYPE_FROM_CLASS(loaded)), 0,
                               on_client_event, nullptr, nullptr);
    return true;
  }();
  (void)once;
  std::shared_ptr<Line> line{new Line};
  lines.push_back(line);
  if (!look_timer().running()) look_timer().every(kLook, look_at_all);
  return line;
}

GstElement* Line::bin_new(const char* name, std::shared_ptr<Line> line) {
  auto* bin = static_cast<LineBin*>(g_object_new(line_bin_get_type(), "name", name, nullptr));
  bin->line = new std::shared_ptr<Line>(std::move(line));
  return GST_ELEMENT(bin);
}

std::shared_ptr<Line> Line::here() { return line_here.lock(); }
void Line::enter() { line_here = weak_from_this(); }

gboolean Line::on_client_event(GSignalInvocationHint*, guint, const GValue* values, gpointer) {
  const auto line = here();
  if (!line) return TRUE;
  line->tls_ = g_socket_client_get_tls(G_SOCKET_CLIENT(g_value_get_object(&values[0]))) != FALSE;
  const auto event = static_cast<GSocketClientEvent>(g_value_get_enum(&values[1]));
  const gpointer connection = g_value_get_object(&values[3]);
  if ((event != G_SOCKET_CLIENT_CONNECTING && event != G_SOCKET_CLIENT_CONNECTED) ||
      connection == nullptr || !G_IS_SOCKET_CONNECTION(connection))
    return TRUE;
  GSocket* socket = g_socket_connection_get_socket(G_SOCKET_CONNECTION(connection));
  line->measured_ = false;
  line->add(socket);
  // On its own thread: connecting fails with that.
  if (line->closed_) g_socket_close(socket, nullptr);
  return TRUE;
}

void Line::add(GSocket* socket) {
  const int descriptor = g_socket_get_fd(socket);
  const Socket added{.descriptor = descriptor, .number = number_of(descriptor)};
  const std::lock_guard lock{mutex_};
  std::erase_if(sockets_, [&](const Socket& known) {
    return known.descriptor == descriptor || number_of(known.descriptor) != known.number;
  });
  sockets_.push_back(added);
}

void Line::ask(std::string method) {
  if (method == "DESCRIBE") {
    plays_ = false;
    const std::lock_guard lock{mutex_};
    opens_ = true;
  }
  if (method == "PLAY") end_opening();
  meter_.set_request(std::move(method));
}

void Line::end_opening() {
  const std::lock_guard lock{mutex_};
  opens_ = false;
  opened_.notify_all();
}

void Line::wait_for_opening() {
  std::unique_lock lock{mutex_};
  opened_.wait_for(lock, kPatience, [this] { return !opens_; });
}

void Line::play() {
  plays_ = true;
  complete();
}

void Line::close() {
  closed_ = true;
  if (!plays_) return shut();
  g_timeout_add_full(
      G_PRIORITY_DEFAULT, kGoodbyeMs,
      +[](gpointer line) -> gboolean {
        if (const auto alive = static_cast<std::weak_ptr<Line>*>(line)->lock()) alive->shut();
        return G_SOURCE_REMOVE;
      },
      new std::weak_ptr<Line>(weak_from_this()),
      +[](gpointer line) { delete static_cast<std::weak_ptr<Line>*>(line); });
}

void Line::shut() {
  const std::lock_guard lock{mutex_};
  for (const Socket& socket : sockets_) {
    // A descriptor of our own cannot become another's between the look and the shutdown; where
    // there is none left, that is risked.
    const int own = fcntl(socket.descriptor, F_DUPFD_CLOEXEC, 0);
    const int used = own < 0 ? socket.descriptor : own;
    if (number_of(used) == socket.number) shutdown(used, SHUT_RDWR);
    if (own >= 0) ::close(own);
  }
}

void Line::refuse(Refusal why) {
  {
    const std::lock_guard lock{mutex_};
    if (refusal_.why.empty()) refusal_ = std::move(why);
  }
  closed_ = true;
  shut();
}

Line::Refusal Line::refusal() const {
  const std::lock_guard lock{mutex_};
  return refusal_;
}

void Line::look_at_all() {
  std::erase_if(lines, [](const std::weak_ptr<Line>& line) {
    const auto alive = line.lock();
    if (alive) alive->look();
    return !alive;
  });
  if (lines.empty()) look_timer().stop();
}

void Line::look() {
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
    refuse({plays ? "the camera sends more than 17 MiB in one message"
                  : "the camera sends more than 17 MiB before it plays",
            true});
}

} // namespace fanlight::media
