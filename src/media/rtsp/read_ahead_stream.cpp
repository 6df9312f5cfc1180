#include "media/rtsp/read_ahead_stream.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

#include "gst/ref.h"
#include "rtsp/message_head.h"

namespace fanlight::media {
namespace {

constexpr gsize kBufferSize = 64 * 1024;

/// Waits for a GCancellable by a descriptor that it keeps between waits: to make one costs two
/// system calls.
class Interruption {
 public:
  ~Interruption() { watch({}); }
  /// False: `cancellable` has no descriptor.
  bool watch(Ref<GCancellable> cancellable) {
    if (cancellable.get() == cancellable_.get()) return true;
    if (cancellable_) g_cancellable_release_fd(cancellable_.get());
    cancellable_ = std::move(cancellable);
    if (!cancellable_ || g_cancellable_make_pollfd(cancellable_.get(), &fd_)) return true;
    cancellable_ = {};
    return false;
  }
  const GPollFD& fd() const { return fd_; }

 private:
  Ref<GCancellable> cancellable_; // Null: fd_ is not open.
  GPollFD fd_{};
};

struct State {
  Ref<GSocket> socket;
  std::shared_ptr<RtspSockets> sockets;
  Interruption interruption;
  std::array<char, kBufferSize> buffer;
  gsize begin = 0;
  gsize end = 0;
  bool drained = true; // The last read took everything from the socket.
  std::string head;    // Collected, of a message; given out when it is `ready`.
  gsize scanned = 0;   // Of `head`, while it is not ready.
  bool ready = false;
  gsize given = 0;     // Of the current message.
  bool packet = false; // The current message is an interleaved packet.
};

struct ReadAheadStream {
  GInputStream parent;
  State* state;
};
struct ReadAheadStreamClass {
  GInputStreamClass parent;
};
G_DEFINE_TYPE(ReadAheadStream, read_ahead_stream, G_TYPE_INPUT_STREAM)

/// Makes the read fail; RtspSockets keeps the reason.
void fail(State& state, RtspSockets::Refusal why, GError** error) {
  g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_FAILED, why.why.message.c_str());
  state.sockets->refuse(std::move(why));
}

/// How often to check a cancellable that has no descriptor.
constexpr gint64 kBlindMs = 100;

/// Waits until data or the end of the connection can be read.
bool wait(State& state, bool inside, GCancellable* cancellable, GError** error) {
  std::array<GPollFD, 2> fds{GPollFD{g_socket_get_fd(state.socket.get()), G_IO_IN, 0}};
  guint count = 1;
  const bool seen =
      cancellable == nullptr || state.interruption.watch(Ref<GCancellable>::share(cancellable));
  if (cancellable != nullptr && seen) fds[count++] = state.interruption.fd();
  const gint64 seconds = g_socket_get_timeout(state.socket.get());
  const gint64 begin = g_get_monotonic_time();
  const gint64 end_of_message = state.sockets->meter().wait_until_us(inside, begin);
  gint64 deadline = seconds == 0 ? G_MAXINT64 : begin + seconds * G_USEC_PER_SEC;
  if (end_of_message != 0) deadline = std::min(deadline, end_of_message);
  while (true) {
    const gint64 now = g_get_monotonic_time();
    // Checked for every byte: a slow camera could otherwise keep each single wait short.
    if (end_of_message != 0 && now >= end_of_message) {
      fail(state, {.why = state.sockets->meter().late()}, error);
      return false;
    }
    gint64 left = deadline == G_MAXINT64 ? -1 : std::max<gint64>(0, (deadline - now + 999) / 1000);
    if (!seen) left = left < 0 ? kBlindMs : std::min(left, kBlindMs);
    const gint ready = g_poll(fds.data(), count, static_cast<gint>(left));
    const int why = errno;
    if (g_cancellable_set_error_if_cancelled(cancellable, error)) return false;
    if (ready > 0) return true;
    if (ready < 0 && why != EINTR) {
      g_set_error(error, G_IO_ERROR, g_io_error_from_errno(why),
                  "waiting for the camera failed: %s", g_strerror(why));
      return false;
    }
    if (ready < 0 || deadline == end_of_message || g_get_monotonic_time() < deadline) continue;
    g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT,
                        "the camera sent nothing before the timeout");
    return false;
  }
}

/// Reads what has arrived, and waits if nothing has. Returns 0 at the end, -1 with an error.
gssize take(State& state, bool inside, GCancellable* cancellable, GError** error) {
  while (true) {
    if (state.drained && !wait(state, inside, cancellable, error)) return -1;
    GError* raw = nullptr;
    const gssize taken = g_socket_receive_with_blocking(
        state.socket.get(), state.buffer.data(), state.buffer.size(), FALSE, cancellable, &raw);
    if (taken < 0 && g_error_matches(raw, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK)) {
      g_error_free(raw);
      state.drained = true;
      continue;
    }
    if (taken < 0) {
      g_propagate_error(error, raw);
      return -1;
    }
    state.begin = 0;
    state.end = static_cast<gsize>(taken);
    state.drained = state.end < state.buffer.size();
    return taken;
  }
}

/// Puts a packet on the channel on which the reader expects it. `given` bytes were copied.
void follow(State& state, bool inside, char* target, gsize given) {
  if (!inside) {
    state.given = 0;
    state.packet = *target == '$';
  }
  // RFC 2326, section 10.12: the channel is the byte after the dollar sign.
  if (state.packet && state.given <= 1 && state.given + given > 1) {
    char& channel = target[1 - state.given];
    channel = static_cast<char>(
        state.sockets->setup_answers().channel(static_cast<std::uint8_t>(channel)));
  }
  state.given += given;
}

/// At the beginning of a message: collects its head, so that it can be mended before the reader
/// gets any of it. Returns as take().
gssize collect_head(State& state, GCancellable* cancellable, GError** error) {
  while (true) {
    if (state.begin == state.end)
      if (const gssize taken = take(state, !state.head.empty(), cancellable, error); taken <= 0)
        return taken;
    const gsize before = state.head.size();
    const char first = before > 0 ? state.head.front() : state.buffer[state.begin];
    // A packet, or an empty line between two messages.
    if (first == '$' || first == '\r' || first == '\n') return 1;
    state.head.append(state.buffer.data() + state.begin, state.end - state.begin);
    state.begin = state.end;
    const rtsp::HeadScan scan = rtsp::scan_head(state.head, state.scanned);
    state.scanned = scan.size;
    if (scan.state == rtsp::HeadScan::State::unfinished &&
        state.head.size() <= MessageMeter::kMostHead)
      continue;
    state.ready = true;
    state.scanned = 0;
    if (scan.state != rtsp::HeadScan::State::complete) {
      const std::string line = rtsp::shown_line(state.head);
      // An HTTP tunnel begins so, and is no fault.
      if (!line.starts_with("HTTP/1.") || line.find(" 200 ") == std::string::npos)
        state.sockets->note_foreign(line);
      return 1;
    }
    // What follows the head came with the last bytes.
    state.begin = state.end - (state.head.size() - scan.size);
    state.head = rtsp::mended_head(std::string_view{state.head}.substr(0, scan.size),
                                   state.sockets->requests());
    return 1;
  }
}

/// Copies what is at hand.
gsize give(State& state, char* target, gsize size) {
  if (!state.ready) {
    const gsize given = std::min(size, state.end - state.begin);
    std::memcpy(target, state.buffer.data() + state.begin, given);
    state.begin += given;
    return given;
  }
  const gsize given = state.head.copy(target, size, state.scanned);
  state.scanned += given;
  if (state.scanned == state.head.size()) {
    state.head.clear();
    state.scanned = 0;
    state.ready = false;
  }
  return given;
}

gssize read(GInputStream* stream, void* target, gsize size, GCancellable* cancellable,
            GError** error) {
  State& state = *reinterpret_cast<ReadAheadStream*>(stream)->state;
  // GstRTSPConnection passes a cancellable only between two messages.
  const bool inside = cancellable == nullptr;
  MessageMeter& meter = state.sockets->meter();
  Reason excess = meter.ask(inside, size);
  if (excess.empty()) {
    gssize taken = 1;
    if (!inside && !state.ready)
      taken = collect_head(state, cancellable, error);
    else if (!state.ready && state.begin == state.end)
      taken = take(state, inside, cancellable, error);
    if (taken <= 0) return taken;
    auto* const bytes = static_cast<char*>(target);
    const gsize given = give(state, bytes, size);
    const char first = *bytes;
    follow(state, inside, bytes, given);
    excess = meter.give(inside, size, given, first, state.sockets->plays());
    if (excess.empty()) return static_cast<gssize>(given);
  }
  fail(state, {.why = std::move(excess), .no_use = true}, error);
  return -1;
}

void finalize(GObject* object) {
  delete reinterpret_cast<ReadAheadStream*>(object)->state;
  G_OBJECT_CLASS(read_ahead_stream_parent_class)->finalize(object);
}

void read_ahead_stream_class_init(ReadAheadStreamClass* klass) {
  G_OBJECT_CLASS(klass)->finalize = finalize;
  G_INPUT_STREAM_CLASS(klass)->read_fn = read;
}
void read_ahead_stream_init(ReadAheadStream*) {}

} // namespace

GInputStream* read_ahead_stream_new(GSocket* socket, std::shared_ptr<RtspSockets> sockets) {
  auto* stream = static_cast<ReadAheadStream*>(g_object_new(read_ahead_stream_get_type(), nullptr));
  stream->state = new State;
  stream->state->socket = Ref<GSocket>::retain(socket);
  stream->state->sockets = std::move(sockets);
  return G_INPUT_STREAM(stream);
}

} // namespace fanlight::media
