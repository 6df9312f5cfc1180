#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>

#include "base/result.h"

namespace fanlight::camsim {

/// How a camera misbehaves. The defaults mean a good camera; docs/camsim.md describes each fault.
struct Faults {
  // The connection.
  bool hang = false;                   ///< Nothing is sent any more; connections stay open.
  bool one_connection = false;         ///< 453 for a second client.
  std::map<std::string, int> status;   ///< Status of the answers, by method or `*`.
  std::map<std::string, int> delay_ms; ///< Delay of the answers, by method or `*`.
  std::string redirect;                ///< 302 for DESCRIBE, and the Location of every 3xx.
  /// Replaces the Public header, and sets which methods keep a session alive.
  std::string public_methods;
  std::string keep_alive;        ///< If set, these methods do so, whatever it lists.
  int expire_s = 0;              ///< A session ends after this time without a request; 0: never.
  std::string end = "close";     ///< close | reset: how a connection ends after end_after_s.
  double end_after_s = 0;        ///< This long after PLAY; 0: never.
  int garbage = 0;               ///< Bytes before the first interleaved packet of each frame.
  std::string as;                ///< Serves another camera from the next request on.
  std::set<std::string> answers; ///< Oddities of the answers.
  // The description.
  std::set<std::string> sdp;
  // RTP.
  double jump_s = 0;      ///< Added to the timestamps, once.
  double every_s = 0;     ///< Repeats jump and gap after this time; 0: once.
  std::uint64_t once = 0; ///< When this number changes, jump and gap happen now.
  int drift_ppm = 0;
  bool standstill = false;
  int lose_percent = 0;
  bool reorder = false;         ///< Every tenth packet comes after the next one.
  int gap = 0;                  ///< Number of skipped sequence numbers, once.
  bool odd_packet = false;      ///< A packet of a type that nothing reads, before each frame.
  bool marker = false;          ///< Sets the marker on parameter sets, too.
  std::string markers = "last"; ///< last | none | nal: which packets of a picture have the marker.
  bool ssrc = false;            ///< Changes the SSRC.
  int stale = 0;                ///< Packets of another SSRC before the first one of each medium.
  // The media.
  std::string parameter_sets = "both"; ///< both | sdp | band.
  /// Continues with the clip of that camera at its next key frame; same codec only.
  std::string play;
  double speed = 1;
  int begin = 0;           ///< A stream begins at this frame of the loop.
  bool delimiters = false; ///< Each picture begins with an access unit delimiter.
  bool no_idr = false;     ///< Leaves out IDR pictures.
  // All faults.
  double after_s = 0;    ///< Delay between setting the faults and their beginning.
  double duration_s = 0; ///< How long they last; 0: until they are cleared.
};

/// `faults`, changed by a JSON object with the members above. Errc::invalid names the member and
/// what it must be.
Result<Faults> read_faults(const std::string& json, Faults faults = {});
/// Resets the member of that name to its default. Errc::not_found: there is no such member.
Result<Faults> clear_fault(Faults faults, const std::string& name);
std::string write_faults(const Faults& faults);
/// The text as a JSON string.
std::string quote(const std::string& text);

/// Statistics of a camera's clients since its start.
struct Counts {
  std::uint64_t connections = 0;                 ///< Connections that requested it.
  std::uint64_t logins = 0;                      ///< Requests with Authorization.
  std::map<std::string, std::uint64_t> requests; ///< By method.
  std::map<int, std::uint64_t> answers;          ///< By status.
  std::uint64_t key_frame_requests = 0;          ///< By PLI or FIR.
};

/// The current faults of one camera, and statistics of its clients. Threads: any.
class FaultState {
 public:
  void set(Faults faults);
  /// The faults as set, whether they have begun or not.
  Faults wanted() const;
  /// The faults in effect.
  std::shared_ptr<const Faults> get() const;

  /// A client asks for a key frame.
  void request_key_frame();
  std::uint64_t key_frame_requests() const;

  void count_connection();
  void count_request(const std::string& method, bool login);
  void count_answer(int status);
  Counts counts() const;

 private:
  using Clock = std::chrono::steady_clock;

  mutable std::mutex mutex_; ///< Protects the rest.
  std::shared_ptr<const Faults> wanted_ = std::make_shared<const Faults>();
  std::shared_ptr<const Faults> none_ = wanted_;
  Clock::time_point begin_;
  Clock::time_point end_ = Clock::time_point::max();
  Counts counts_;
};

using FaultStates = std::map<std::string, std::shared_ptr<FaultState>>; ///< By the camera's id.

} // namespace fanlight::camsim
