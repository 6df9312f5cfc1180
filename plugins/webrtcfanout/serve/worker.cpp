#include "webrtcfanout/serve/worker.h"

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

#include <sys/epoll.h>
#include <unistd.h>

#include "webrtcfanout/base/clock.h"
#include "webrtcfanout/base/thread.h"

namespace fanlight::fanout {
namespace {

/// Sending to connected viewers has priority over handshakes.
constexpr int kNice = -5;
/// Time between two rounds for viewers that are behind.
constexpr std::int64_t kGoOnUs = 1'000;
/// Bytes sent in such a round before live frames have their turn again: about 2 ms.
constexpr std::int64_t kGoOnBytes = 2 * 1024 * 1024;
/// The same while live pictures wait.
constexpr std::int64_t kGoOnBytesBetween = kGoOnBytes / 8;
/// Bytes of live frames sent before the sockets are served again: a new viewer's handshake, and
/// repairs, must not wait until thousands of viewers have the frame. About 2 ms.
constexpr std::int64_t kSliceBytes = 512 * 1024;
constexpr std::int64_t kLeastSliceBytes = 16 * 1024; ///< For one stream among many.
constexpr std::int64_t kSweepUs = 100'000;
/// Browsers send a check every 2.5 to 5 s. libnice (hence GStreamer clients) stops sending checks
/// once connected, so authenticated RTCP, sent at least every 5 s, also counts as liveness. In
/// RFC 7675, consent expires after 30 s; but a viewer that closes without a message must not stay
/// listed for longer than 15 s.
constexpr std::int64_t kSilenceUs = 12'000'000;
constexpr std::int64_t kConsentUs = 14'000'000;
/// How long to wait for another TCP connection after the viewer's has ended: Chromium tries for 5
/// s.
constexpr std::int64_t kReturnUs = 6'000'000;
/// TCP connections that have not identified their viewer, per worker and, over all workers, per
/// address. A wall of 256 tiles opens that many at once; the kernel distributes them about evenly.
constexpr std::size_t kMaxStrangers = 1024;
constexpr std::size_t kMaxStrangersOfAddress = 256;

} // namespace

Worker::Worker(int index, int socket, int listener, const Registry& registry, TcpPlaces& places,
               std::size_t workers, Observer& observer)
    : index_(index), socket_(socket), listener_(listener), registry_(registry), places_(places),
      observer_(observer), epoll_(epoll_create1(EPOLL_CLOEXEC)),
      router_(::socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0)), batch_(socket, counters_),
      receiver_(socket),
      strangers_({.all = kMaxStrangers,
                  .of_address = std::min(kMaxStrangersOfAddress,
                                         16 + 2 * kMaxStrangersOfAddress / workers)}) {}

Worker::~Worker() {
  stop();
  lagging_.clear();
  connections_.clear();
  known_.clear();
  views_.clear();
  tcp_.clear();
  close(epoll_);
  close(router_);
  close(socket_);
  if (listener_ >= 0) close(listener_);
}

void Worker::start() {
  if (!watch(mailbox_.fd(), &mailbox_) || !watch(socket_, &receiver_) ||
      (listener_ >= 0 && !watch(listener_, this)))
    throw std::system_error(errno, std::generic_category(), "watching a worker's sockets");
  thread_ = std::thread([this] {
    introduce_thread("fanout-" + std::to_string(index_), kNice);
    run();
  });
}

bool Worker::watch(int fd, void* what) const {
  epoll_event event{.events = EPOLLIN, .data = {.ptr = what}};
  return epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event) == 0;
}

void Worker::stop() {
  if (!thread_.joinable()) return;
  mailbox_.post([this] { stopping_ = true; });
  thread_.join();
  mailbox_.close();
}

TrackSender::Moment Worker::moment() const {
  const std::int64_t now = monotonic_us();
  return {now, abs_send_time(now)};
}

int Worker::timeout_ms() const {
  if (behind_) return 0;
  if (!lagging_.empty()) return monotonic_us() < next_resume_us_ ? 1 : 0;
  if (connections_.empty() && tcp_.empty() && accept_again_us_ == 0) return -1;
  return static_cast<int>(
      std::clamp<std::int64_t>((next_sweep_us_ - monotonic_us()) / 1000 + 1, 1, 100));
}

void Worker::run() {
  while (!stopping_) {
    on_events(timeout_ms());
    mailbox_.take(tasks_);
    for (const Mailbox::Task& task : tasks_) task();
    tasks_.clear();
    if (std::exchange(new_choices_, false)) follow_choices();
    catch_up();
    distribute();
    resume_lagging();
    sweep();
    batch_.flush();
    // Sends them together, as far as live frames leave time for that.
    if (!behind_ || monotonic_us() >= next_flush_us_) flush_tcp();
    ended_tcp_.clear();
  }
}

void Worker::catch_up() {
  for (const auto& [stream, view] : views_)
    if (view->has_news()) view->catch_up();
}

void Worker::distribute() {
  behind_ = false;
  const std::int64_t share =
      kSliceBytes / static_cast<std::int64_t>(std::max<std::size_t>(views_.size(), 1));
  for (const auto& [stream, view] : views_) {
    if (!view->is_behind()) continue;
    const TrackSender::Moment now = moment();
    std::int64_t budget = std::max(share, kLeastSliceBytes);
    view->distribute(budget, [&](const StreamView::Member& member, const Frame& frame) {
      if (!member.connection->deliver(*member.track, frame, now)) mark_lagging(*member.connection);
    });
    behind_ |= view->is_behind();
  }
}

void Worker::mark_lagging(Connection& connection) {
  if (std::exchange(connection.lagging, true)) return;
  lagging_.push_back(&connection);
}

void Worker::resume_lagging() {
  if (lagging_.empty()) return;
  const TrackSender::Moment now = moment();
  if (now.now_us < next_resume_us_) return;
  std::int64_t budget = behind_ ? kGoOnBytesBetween : kGoOnBytes;
  std::size_t done = 0;
  still_lagging_.clear();
  for (; done < lagging_.size() && budget > 0; ++done) {
    Connection* const connection = lagging_[done];
    connection->lagging = !connection->advance(now, budget);
    if (connection->lagging) still_lagging_.push_back(connection);
  }
  // Connections that got no turn go first in the next round, which starts immediately.
  if (done == lagging_.size()) next_resume_us_ = now.now_us + kGoOnUs;
  lagging_.erase(lagging_.begin(), lagging_.begin() + static_cast<std::ptrdiff_t>(done));
  lagging_.insert(lagging_.end(), still_lagging_.begin(), still_lagging_.end());
}

void Worker::sweep() {
  const std::int64_t now = monotonic_us();
  if (now < next_sweep_us_) return;
  next_sweep_us_ = now + kSweepUs;
  const bool accepts_again = accept_again_us_ != 0 && now >= accept_again_us_;
  if (accepts_again && watch(listener_, this)) accept_again_us_ = 0;
  for (Connection* const connection : connections_) look_after(*connection);
  follow_choices();
  drop_unused_views();
  end_useless_tcp(now);
}

void Worker::look_after(Connection& connection) {
  const TrackSender::Moment now = moment();
  if (connection.probe(now.now_us)) {
    publish_route(connection);
    welcome_back(connection);
  }
  const std::int64_t silence = now.now_us - connection.heard_us();
  if (!connection.started()) return;
  if (!connection.paused() && connection.path() == nullptr) {
    mark_disconnected(connection); // The connection ended before DTLS was done here.
  } else if (!connection.paused() && silence > kSilenceUs) {
    connection.pause();
    observer_.on_state(connection.shared_subscriber(), Subscriber::State::disconnected,
                       "the server has received nothing from the viewer for 12 s");
  } else if (connection.paused() && connection.path() == nullptr &&
             now.now_us - connection.path_lost_us() > kReturnUs) {
    if (connection.give_up())
      observer_.on_state(
          connection.shared_subscriber(), Subscriber::State::failed,
          "the viewer's TCP connection has ended, and the viewer has not opened another one");
  } else if (connection.paused() && silence > kConsentUs) {
    if (connection.give_up())
      observer_.on_state(connection.shared_subscriber(), Subscriber::State::failed,
                         "the server has received nothing from the viewer for 14 s");
  }
  connection.report(now.now_us);
}

StreamView& Worker::view_of(const std::shared_ptr<RtpStream>& stream) {
  auto& view = views_[stream.get()];
  if (!view) view = std::make_unique<StreamView>(stream, mailbox_);
  return *view;
}

void Worker::drop_unused_views() {
  if (!choosing_.empty()) return; // They are checked again.
  std::erase_if(views_, [](const auto& entry) { return entry.second->members().empty(); });
}

void Worker::send(const std::shared_ptr<Subscriber>& subscriber, Bytes datagram) {
  const auto found = known_.find(subscriber.get());
  if (found != known_.end() && found->second.connection) found->second.connection->send(datagram);
}

void Worker::connect(const std::shared_ptr<Subscriber>& subscriber, const SrtpKey& sending,
                     const SrtpKey& receiving) {
  const auto found = known_.find(subscriber.get());
  if (found == known_.end() || !found->second.connection) return;
  Connection& connection = *found->second.connection;
  if (!connection.start(sending, receiving))
    return observer_.on_state(subscriber, Subscriber::State::failed,
                              "OpenSSL could not create a context for SRTP");
  catch_up(); // For the streams in its answer: a stream may have changed its format.
  const auto& media = subscriber->settings().media;
  for (std::size_t i = 0; i < media.size(); ++i)
    connection.add_track(media[i], view_of(subscriber->stream(i)));
  mark_lagging(connection);
  connection.report(monotonic_us());
}

void Worker::start_over(const std::shared_ptr<Subscriber>& subscriber) {
  const auto found = known_.find(subscriber.get());
  if (found == known_.end() || !found->second.connection) return;
  Connection& connection = *found->second.connection;
  if (!connection.started() || connection.paused()) return;
  connection.resume(moment());
  mark_lagging(connection);
}

void Worker::follow_choice(const std::shared_ptr<Subscriber>& subscriber) {
  choosing_.insert(subscriber);
  new_choices_ = true;
}

void Worker::follow_choices() {
  std::erase_if(choosing_, [&](const std::shared_ptr<Subscriber>& subscriber) {
    const auto found = known_.find(subscriber.get());
    if (found == known_.end() || !found->second.connection) return true;
    Connection& connection = *found->second.connection;
    if (!connection.started()) return true; // start() will use it.
    for (std::size_t i = 0; i < subscriber->settings().media.size(); ++i) {
      if (!subscriber->settings().media[i].video) continue;
      StreamView& view = view_of(subscriber->stream(i));
      if (view.has_news()) view.catch_up();
      if (!connection.change_picture_to(view)) return false;
      mark_lagging(connection);
    }
    return true;
  });
}

void Worker::remove(const std::shared_ptr<Subscriber>& subscriber) {
  const auto found = known_.find(subscriber.get());
  if (found == known_.end()) return;
  Known& known = found->second;
  batch_.flush(); // It may hold pointers to the path.
  for (const SocketAddress& address : known.addresses) routes_.erase(address);
  if (Connection* const connection = known.connection.get()) {
    if (connection->path() != nullptr && connection->path()->tcp != nullptr)
      connection->path()->tcp->flush(monotonic_us()); // The queue contains the close_notify.
    std::erase(lagging_, connection);
    connections_.back()->place = connection->place;
    std::swap(connections_[connection->place], connections_.back());
    connections_.pop_back();
  }
  const std::vector<TcpConnection*> its_streams = std::move(known.streams);
  known_.erase(found);
  for (TcpConnection* const stream : its_streams) end_tcp(*stream);
}

} // namespace fanlight::fanout
