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

/// A thread with its own UDP socket (and listener of ICE-TCP) on the port that all workers share;
/// the kernel spreads the viewers over them (SO_REUSEPORT). It serves the viewers that it got alone
/// and without locks.
///
/// Threads: its own; post() and counters() from any; start() and stop() from the owner's.
class Worker {
 public:
  /// Where its news goes; called on the worker, must not block.
  struct Observer {
    virtual ~Observer() = default;
    /// A datagram of a viewer's DTLS association.
    virtual void on_dtls(const std::shared_ptr<Subscriber>& subscriber, Bytes datagram) = 0;
    virtual void on_state(const std::shared_ptr<Subscriber>& subscriber, Subscriber::State state,
                          const std::string& message) = 0;
    /// Something came here that another worker has to know.
    virtual void forward(int worker, std::function<void(Worker&)> task) = 0;
  };

  /// Takes over both sockets; `listener` is -1 without ICE-TCP. `places` are all workers', who are
  /// so many.
  Worker(int index, int socket, int listener, const Registry& registry, TcpPlaces& places,
         std::size_t workers, Observer& observer);
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  /// It has all that it needs of the system.
  bool good() const { return epoll_ >= 0 && router_ >= 0 && mailbox_.good(); }
  void start(); ///< Throws std::system_error.
  void stop();  ///< Waits for its end.
  bool is_own_thread() const { return thread_.get_id() == std::this_thread::get_id(); }
  void post(Mailbox::Task task) { mailbox_.post(std::move(task)); }
  const WorkerCounters& counters() const { return counters_; }

  // On the worker.

  /// One datagram to a viewer as it is.
  void send(const std::shared_ptr<Subscriber>& subscriber, Bytes datagram);
  /// DTLS is done: from now on it gets its streams.
  void connect(const std::shared_ptr<Subscriber>& subscriber, const SrtpKey& sending,
               const SrtpKey& receiving);
  /// It could not decrypt what it was sent so far: it gets its streams from the beginning.
  void start_over(const std::shared_ptr<Subscriber>& subscriber);
  /// Another stream has been chosen for it: it gets that one as soon as there is a key frame.
  void follow_choice(const std::shared_ptr<Subscriber>& subscriber);
  void remove(const std::shared_ptr<Subscriber>& subscriber);

 private:
  /// A viewer whose datagrams come here.
  struct Known {
    std::shared_ptr<Subscriber> subscriber;
    std::unique_ptr<Connection> connection; ///< Null: another worker serves it.
    std::vector<SocketAddress> addresses;   ///< That were checked.
    std::vector<TcpConnection*> streams;    ///< Its own, the oldest first.
    std::int64_t heard_us = 0;              ///< The last check, or authentic RTCP.
  };
  using TcpPtr = std::unique_ptr<TcpConnection>;
  /// A TCP connection that goes to the worker which serves its viewer.
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

  // worker_input.cpp: what comes from outside.
  void on_events(int timeout_ms);
  void read_socket();
  void on_datagram(MutableBytes datagram, const Path& source);
  void on_stun(Bytes datagram, const Path& source);
  void hand_to_server(const std::shared_ptr<Subscriber>& subscriber, Check check);
  void on_check(const std::shared_ptr<Subscriber>& subscriber, const Check& check);
  void on_answer(Connection& connection, Bytes answer, const Path& source);
  static void publish_route(Connection& connection);
  Known* find_known(const Path& source);
  /// It has been heard of: where nothing was sent because it had not been, that ends.
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
  /// Told at once: most viewers have no other way, and are gone.
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
  const int router_; ///< Tells by which address the kernel would send; opened at the start, so that
                     ///< it is there when descriptors run out.
  bool stopping_ = false;
  bool behind_ = false; ///< Some live frames have not gone to all who are to have them.
  SendBatch batch_;
  UdpReceiver receiver_;
  std::vector<Mailbox::Task> tasks_;
  std::unordered_map<const RtpStream*, std::unique_ptr<StreamView>> views_;
  std::unordered_map<const Subscriber*, Known> known_;
  std::unordered_map<SocketAddress, Known*> routes_;
  std::unordered_map<const TcpConnection*, TcpPtr> tcp_;
  Strangers strangers_;
  std::vector<TcpPtr> ended_tcp_; ///< To be destroyed when no event can name them any more.
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
  std::int64_t accept_again_us_ = 0; ///< 0: the listener is watched.
};

} // namespace fanlight::fanout
