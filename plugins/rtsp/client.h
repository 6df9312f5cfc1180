#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "rtsp/description.h"
#include "rtsp/failure.h"
#include "rtsp/keep_alive.h"
#include "rtsp/login.h"
#include "rtsp/message.h"
#include "rtsp/setup_answers.h"

namespace fanlight::rtsp {

/// The talk with a camera from OPTIONS to TEARDOWN (RFC 2326): what to say next, for each answer.
///
/// Follows what cameras do rather than what the standard says: any answer belongs to the request
/// under way, whatever its CSeq; OPTIONS may be refused; see also Login, SetupAnswers and mended().
/// Without sockets, clocks and GStreamer. Threads: one at a time.
class Client {
 public:
  static constexpr unsigned kMostRedirections = 5;

  struct Settings {
    std::string url; ///< Without user and password.
    Login login;
    KeepAlivePlan plan;
    std::string agent; ///< User-Agent.
  };
  /// One that is wanted.
  struct Medium {
    std::string control; ///< As the description has it.
    bool sound = false;
    Transport transport; ///< To request.
  };
  struct Observer {
    virtual ~Observer() = default;
    /// Returns the media to set up; none: the talk ends here.
    virtual std::vector<Medium> on_description(const Description& description) = 0;
    /// The SETUP of the medium with that index was answered.
    virtual void on_set_up(std::size_t medium, const Transport& agreed) = 0;
    virtual void on_play() = 0;
    /// The talk is over; none: connect to url() and begin() again.
    virtual void on_end(const Failure& failure) = 0;
  };

  Client(Settings settings, Observer& observer);

  /// A connection to url() was made.
  void begin();
  void take(const Message& message);
  /// What to send now; empty: nothing.
  std::string take_output();
  void keep_alive();
  bool has_session() const { return !session_.empty(); }
  /// The camera is no longer needed.
  void say_goodbye();

  const std::string& url() const { return url_; }
  /// The request whose answer is awaited; empty: none.
  const std::string& method() const { return asked_.method; }
  /// Whether something is wrong if that answer does not come: a camera need not answer what keeps
  /// the session alive.
  bool must_answer() const { return !asked_.method.empty() && !asked_.ping; }
  /// How often to keep_alive().
  std::chrono::milliseconds period() const { return settings_.plan.period(timeout_); }
  std::chrono::seconds timeout() const { return timeout_; }
  unsigned keep_alives() const { return keep_alives_; } ///< How many were answered.
  /// The agreed channel of a packet.
  std::uint8_t channel(std::uint8_t received) const { return answers_.channel(received); }

 private:
  struct Request {
    std::string method;
    std::string url;
    std::string headers; ///< Each with its line end.
    bool sound = false;
    bool ping = false;
  };

  void ask(Request request);
  void write(const Request& request);
  void take_answer(const Message& answer);
  void answer(const Message& request);
  Login::Verdict take_challenges(const Message& answer);
  void follow(const Message& answer);
  void fail(Failure failure);
  void on_options(const Message& answer);
  void on_description(const Message& answer);
  void on_setup(const Message& answer);
  void set_up_next();
  std::string control_url(const std::string& control) const;
  std::string session_header() const;

  Settings settings_;
  Observer& observer_;
  std::string url_;
  std::string output_;
  unsigned sequence_ = 0;
  Request asked_; ///< No method: no answer is awaited.
  unsigned redirections_ = 0;
  bool lists_get_parameter_ = false;
  bool refuses_ping_ = false;
  unsigned keep_alives_ = 0;
  std::string aggregate_; ///< The URL of requests about all media.
  std::vector<Medium> media_;
  std::size_t set_up_ = 0; ///< Media whose SETUP was answered.
  SetupAnswers answers_;
  std::string session_;
  std::chrono::seconds timeout_{60};
};

} // namespace fanlight::rtsp
