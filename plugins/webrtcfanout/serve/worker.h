#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "webrtcfanout/base/counters.h"
#include "webrtcfanout/base/mailbox.h"
#include "webrtcfanout/net/packet_kind.h"
#include "webrtcfanout/net/send_batch.h"
#include "webrtcfanout/net/strangers.h"
#include "webrtcfanout/net/tcp_connection.h"
#include "webrtcfanout/net/udp_receiver.h"
#include "webrtcfanout/serve/connection.h"
#include "webrtcfanout/serve/stream_view.h"
#include "webrtcfanout/subscribers/registry.h"

namespace fanlight::fanout {

/// A thread with its own UDP socket (and ICE-TCP listener) on the port that all workers share; the
/// kernel distributes the viewers over them (SO_REUSEPORT). It serves its viewers alone and without
/// locks.
///
/// Threads: its own; post() and counters() from any; start() and stop() from the owner's.
class Worker {
 public:
  /// Receives the worker's events; called on the worker, must not block.
  struct Observer {
    virtual ~Observer() = default;
    /// A datagram of a viewer's DTLS association.
    virtual void on_dtls(const std::shared_ptr<Subscriber>& subscriber, Bytes datagram) = 0;
    virtual void on_state(const std::shared_ptr<Subscriber>& subscriber, Subscriber::State state,
                          const std::string& message) = 0;
    /// A packet arrived here that concerns another worker.
    virtual void forward(int worker, std::function<void(Worker&)> task) = 0;
  };

  /// Takes over both sockets; `listener` is -1 without ICE-TCP. All `workers` share `places`.
  Worker(int index, int socket, int listener, const Registry& registry, TcpPlaces& places,
         std::size_t workers, Observer& observer);
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  /// Whether the system has provided all that it needs.
  bool good() const { return epoll_ >= 0 && router_ >= 0 && mailbox_.good(); }
  void start(); ///< Throws std::system_error.
  void stop();  ///< Waits for its end.
  bool is_own_thread() const { return thread_.get_id() == std::this_thread::get_id(); }
  void post(Mailbox::Task task) { mailbox_.post(std::move(task)); }
  const WorkerCounters& counters() const { return counters_; }

  // On the worker.

  /// Sends one unprotected datagram to a viewer.
  void send(const std::shared_ptr<Subscriber>& subscriber, Bytes datagram);
  /// DTLS is done: sends the viewer its streams from now on.
  void connect(const std::shared_ptr<Subscriber>& subscriber, const SrtpKey& sending,
               const SrtpKey& receiving);
  /// The viewer could not decrypt anything so far: sends its streams from the beginning.
  void start_over(const std::shared_ptr<Subscriber>& subscriber);
  /// Another stream was chosen for the viewer: switches to it as soon as it has a key frame.
  void follow_choice(const std::shared_ptr<Subscriber>& subscriber);
  void remove(const std::shared_ptr<Subscriber>& subscriber);

 private:
  /// A viewer whose datagrams arrive here.
  struct Known {
    std::shared_ptr<Subscriber> subscriber;
    std::unique_ptr<Connection> connection; ///< Null: another worker serves it.
    std::vector<SocketAddress> addresses;   ///< Checked addresses.
    std::vector<TcpConnection*> streams;    ///< Its own, the oldest first.
    std::int64_t heard_us = 0;              ///< When the last check or authentic RTCP arrived.
  };
  using TcpPtr = std::unique_ptr<TcpConnection>;
  /// A TCP connection that moves to the worker which serves its viewer.
  struct Move {
    TcpConnection* stream;
    int worker;
    Check check;
  };

  bool watch(int fd, void* what) const;
  void run();
  int timeout_ms() const;
  TrackSender::Moment moment() const;

  // worker.cpp: serving.
  void catch_up();
  void distribute();
  void resume_lagging();
  void sweep();
  void look_after(Connection& connection);
  void mark_lagging(Connection& connection);
  StreamView& view_of(const std::shared_ptr<RtpStream>& stream);
  void drop_unused_views();
  void follow_choices();

  // worker_input.cpp: incoming packets.
  void on_events(int timeout_ms);
  void read_socket();
  void on_datagram(MutableBytes datagram, const Path& source);
  void on_stun(Bytes datagram, const Path& source);
  void hand_to_server(const std::shared_ptr<Subscriber>& subscriber, Check check);
  void on_check(const std::shared_ptr<Subscriber>& subscriber, const Check& check);
  void on_answer(Connection& connection, Bytes answer, const Path& source);
  static void publish_route(Connection& connection);
  Known* find_known(const Path& source);
  /// The viewer is back: resumes sending if it was paused.
  void welcome_back(Connection& connection);
  void on_subscriber_datagram(Known& known, PacketKind kind, MutableBytes datagram,
                              const Path& source);
  Known& remember_address(const std::shared_ptr<Subscriber>& subscriber, const Path& path);
  bool kernel_chooses(const SocketAddress& remote, const in6_addr& local) const;

  // worker_tcp.cpp: ICE-TCP.
  void accept_tcp();
  TcpPlaces::Place place_for(const SocketAddress& remote);
  bool take_in(TcpPtr stream);
  void on_tcp_event(TcpConnection& stream, std::uint32_t events);
  void end_tcp(TcpConnection& stream);
  void keep_tcp(Known& known, TcpConnection& stream);
  void end_useless_tcp(std::int64_t now);
  /// Reports it at once: most viewers have no other path, and are gone.
  void lose_path(Connection& connection, const TcpConnection& stream);
  void mark_disconnected(Connection& connection);
  void flush_tcp();
  void hand_over_tcp();
  void adopt(TcpPtr stream, const Check& check);

  const int index_;
  const int socket_;
  const int listener_;
  const Registry& registry_;
  TcpPlaces& places_;
  Observer& observer_;
  WorkerCounters counters_;
  Mailbox mailbox_;
  std::thread thread_;

  // The worker's own.
  const int epoll_;
  const int router_; ///< Finds the address from which the kernel would send. Opened at the start,
                     ///< so that it exists even when descriptors run out.
  bool stopping_ = false;
  bool behind_ = false; ///< Some viewers have not got all live frames yet.
  SendBatch batch_;
  UdpReceiver receiver_;
  std::vector<Mailbox::Task> tasks_;
  std::unordered_map<const RtpStream*, std::unique_ptr<StreamView>> views_;
  std::unordered_map<const Subscriber*, Known> known_;
  std::unordered_map<SocketAddress, Known*> routes_;
  std::unordered_map<const TcpConnection*, TcpPtr> tcp_;
  Strangers strangers_;
  std::vector<TcpPtr> ended_tcp_; ///< Destroyed once no event can refer to them.
  std::vector<Move> moves_;
  std::vector<Connection*> connections_;
  std::vector<Connection*> lagging_;
  std::unordered_set<std::shared_ptr<Subscriber>>
      choosing_; ///< Their chosen streams have no key frame yet.
  bool new_choices_ = false;
  std::vector<Connection*> still_lagging_;
  std::int64_t next_sweep_us_ = 0;
  std::int64_t next_flush_us_ = 0;
  std::int64_t next_resume_us_ = 0;
  std::int64_t accept_again_us_ = 0; ///< 0: the listener is being watched.
};

} // namespace fanlight::fanout
