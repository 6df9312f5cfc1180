#include "webrtcfanout/serve/transport.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include <sys/resource.h>

#include "webrtcfanout/base/clock.h"
#include "webrtcfanout/base/random.h"

namespace fanlight::fanout {
namespace {

/// RFC 8445, section 5.3, requires at least 24 bits and 128 bits; a character has 6 bits.
constexpr std::size_t kUfragLength = 8;
constexpr std::size_t kPasswordLength = 24;
constexpr unsigned kMaxWorkers = 128;

/// TCP connections per worker, limited by half of the process's descriptors: the rest are for HTTP,
/// cameras and other viewers.
constexpr std::size_t kTcpConnections = 4096;

/// How long a new transport waits for the port of one that is closing.
constexpr std::chrono::seconds kClosing{5};

struct Transports {
  struct Slot {
    std::weak_ptr<Transport> transport;
    /// Until the previous transport with these settings has closed its sockets.
    bool taken = false;
  };
  std::mutex lock; ///< Protects the map.
  std::condition_variable closed;
  std::map<Transport::Settings, Slot> slots;
  /// Transports to close for which no thread could be started; the next acquire() closes them.
  std::vector<std::function<void()>> unfinished;
};

Transports& transports() {
  // Never destroyed: others may be destroyed later at exit.
  static Transports* const all = new Transports;
  return *all;
}

/// `lock` must hold the lock of transports().
void close_unfinished(std::unique_lock<std::mutex>& lock) {
  const auto tasks = std::exchange(transports().unfinished, {});
  if (tasks.empty()) return;
  lock.unlock();
  for (const auto& close : tasks) close();
  lock.lock();
}

unsigned worker_count(const Transport::Settings& settings) {
  const unsigned cores = std::max(std::thread::hardware_concurrency(), 1U);
  return std::min(settings.workers != 0 ? settings.workers : cores, kMaxWorkers);
}

std::size_t max_tcp_connections(unsigned workers) {
  rlimit files{};
  const bool known = getrlimit(RLIMIT_NOFILE, &files) == 0;
  const std::size_t wanted = workers * kTcpConnections;
  return known ? std::min<std::size_t>(wanted, files.rlim_cur / 2) : wanted;
}

IceCredentials new_credentials() {
  return {random_ice_text(kUfragLength), random_ice_text(kPasswordLength)};
}

} // namespace

std::shared_ptr<Transport> Transport::acquire(const Settings& settings, std::string& why) {
  Transports& all = transports();
  std::unique_lock lock(all.lock);
  Transports::Slot& slot = all.slots[settings];
  if (auto transport = slot.transport.lock()) return transport;
  all.closed.wait_for(lock, kClosing, [&] {
    close_unfinished(lock);
    return !slot.taken || !slot.transport.expired();
  });
  if (auto transport = slot.transport.lock()) return transport;
  std::unique_ptr<Transport> made{new Transport(settings)};
  if (!made->open(why)) return nullptr;
  std::shared_ptr<Transport> transport{made.release(), &Transport::retire};
  slot = {transport, true};
  return transport;
}

void Transport::retire(Transport* transport) {
  const auto close = [transport] {
    const Settings settings = transport->settings_;
    delete transport;
    Transports& all = transports();
    std::lock_guard lock(all.lock);
    all.slots[settings].taken = false;
    all.closed.notify_all();
  };
  if (!transport->is_own_thread()) return close();
  // Its own threads may hold it for a moment, and must not wait for their own end.
  try {
    std::thread(close).detach();
  } catch (const std::system_error&) { // No thread can be started.
    Transports& all = transports();
    std::lock_guard lock(all.lock);
    all.unfinished.push_back(close);
    all.closed.notify_all();
  }
}

bool Transport::is_own_thread() const {
  return control_.is_own_thread() ||
         std::any_of(workers_.begin(), workers_.end(),
                     [](const auto& worker) { return worker->is_own_thread(); });
}

Transport::Transport(const Settings& settings)
    : settings_(settings), places_(max_tcp_connections(worker_count(settings))),
      control_(registry_, static_cast<Control::Workers&>(*this)) {}

bool Transport::open(std::string& why) {
  const unsigned count = worker_count(settings_);
  if (!open_sockets(settings_.port, count, settings_.tcp, sockets_, why)) return false;
  if (!certificate(why)) {
    sockets_.close();
    return false;
  }
  for (unsigned i = 0; i < count; ++i)
    workers_.push_back(std::make_unique<Worker>(
        static_cast<int>(i), sockets_.udp[i], settings_.tcp ? sockets_.tcp[i] : -1, registry_,
        places_, count, static_cast<Worker::Observer&>(*this)));
  if (!std::all_of(workers_.begin(), workers_.end(), [](const auto& w) { return w->good(); })) {
    why = "starting workers: the limit of open files is reached (ulimit -n)";
    return false;
  }
  try {
    control_.start();
    for (const auto& worker : workers_) worker->start();
  } catch (const std::system_error& error) {
    why = std::string("starting workers: ") + error.what();
    return false;
  }
  return true;
}

Transport::~Transport() {
  control_.stop();
  for (const auto& worker : workers_) worker->stop();
}

std::shared_ptr<const Certificate> Transport::certificate(std::string& why) {
  std::lock_guard lock(lock_);
  const std::int64_t now = monotonic_us();
  if (certificate_ && now - certified_us_ < certificate_life_us_) return certificate_;
  auto made = Certificate::create(why);
  if (!made) return certificate_; // The old one still works.
  certified_us_ = now;
  return certificate_ = std::move(made);
}

void Transport::set_certificate_life(std::chrono::microseconds life) {
  std::lock_guard lock(lock_);
  certificate_life_us_ = life.count();
}

IceCredentials Transport::admit(const std::shared_ptr<Subscriber>& subscriber,
                                std::vector<IceCredentials> theirs) {
  IceCredentials ours = new_credentials();
  registry_.add(ours, subscriber, std::move(theirs));
  control_.wake(); // Supervises viewers that never connect.
  return ours;
}

std::optional<IceCredentials> Transport::readmit(const std::shared_ptr<Subscriber>& subscriber,
                                                 std::vector<IceCredentials> theirs) {
  IceCredentials ours = new_credentials();
  if (!registry_.renew(ours, subscriber, std::move(theirs))) return std::nullopt;
  return ours;
}

void Transport::on_dtls(const std::shared_ptr<Subscriber>& subscriber, Bytes datagram) {
  control_.on_dtls(subscriber, datagram);
}

void Transport::on_state(const std::shared_ptr<Subscriber>& subscriber, Subscriber::State state,
                         const std::string& message) {
  control_.on_state(subscriber, state, message);
}

void Transport::forward(int worker, std::function<void(Worker&)> task) {
  Worker& target = *workers_[static_cast<std::size_t>(worker)];
  target.post([&target, task = std::move(task)] { task(target); });
}

void Transport::send(const std::shared_ptr<Subscriber>& subscriber,
                     std::vector<std::uint8_t> datagram) {
  if (subscriber->worker() == Subscriber::kNoWorker) return;
  forward(subscriber->worker(), [subscriber, datagram = std::move(datagram)](Worker& worker) {
    worker.send(subscriber, datagram);
  });
}

void Transport::connect(const std::shared_ptr<Subscriber>& subscriber, const SrtpKey& sending,
                        const SrtpKey& receiving) {
  if (subscriber->worker() == Subscriber::kNoWorker) return;
  forward(subscriber->worker(), [subscriber, sending, receiving](Worker& worker) {
    worker.connect(subscriber, sending, receiving);
  });
}

void Transport::start_over(const std::shared_ptr<Subscriber>& subscriber) {
  if (subscriber->worker() == Subscriber::kNoWorker) return;
  forward(subscriber->worker(), [subscriber](Worker& worker) { worker.start_over(subscriber); });
}

void Transport::follow_choice(const std::shared_ptr<Subscriber>& subscriber) {
  if (subscriber->worker() == Subscriber::kNoWorker) return; // It will begin with that stream.
  forward(subscriber->worker(), [subscriber](Worker& worker) { worker.follow_choice(subscriber); });
}

void Transport::forget(const std::shared_ptr<Subscriber>& subscriber) {
  if (subscriber->worker() == Subscriber::kNoWorker) return; // No worker knows it.
  for (int i = 0; i < static_cast<int>(workers_.size()); ++i)
    forward(i, [subscriber](Worker& worker) { worker.remove(subscriber); });
}

Transport::Totals Transport::totals() const {
  Totals totals;
  for (const auto& worker : workers_) {
    const WorkerCounters& counters = worker->counters();
    totals.datagrams_received += counters.datagrams_received.get();
    totals.stray_datagrams += counters.stray_datagrams.get();
    totals.bad_stun += counters.bad_stun.get();
    totals.bad_rtcp += counters.bad_rtcp.get();
    totals.refused_streams += counters.refused_streams.get();
    totals.sends += counters.sends.get();
    totals.messages += counters.messages.get();
    totals.unsent_messages += counters.unsent_messages.get();
  }
  totals.dropped_dtls = control_.dropped_datagrams();
  totals.workers = workers_.size();
  totals.tcp_connections = places_.taken();
  totals.handshakes = control_.handshakes();
  return totals;
}

} // namespace fanlight::fanout
