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

/// How a camera misbehaves. The defaults are those of a good one; docs/camsim.md describes each.
struct Faults {
  // Of the connection.
  bool hang = false;                   ///< Everything stops; the connections stay.
  bool one_connection = false;         ///< 453 for a second client.
  std::map<std::string, int> status;   ///< By method, or `*`: what it is answered with.
  std::map<std::string, int> delay_ms; ///< By method, or `*`: how long the answer takes.
  std::string public_methods; ///< In place of the Public header, and what keeps a session alive.
  int expire_s = 0;           ///< A session without a request for so long ends; 0: never.
  std::string end = "close";  ///< close | reset: how a connection ends after end_after_s.
  double end_after_s = 0;     ///< So long after its PLAY; 0: never.
  int garbage = 0; ///< Bytes in front of each interleaved packet that is the first of a frame.
  std::string as;  ///< Plays another camera from the next request on.
  // Of the description.
  std::set<std::string> sdp;
  // Of RTP.
  double jump_s = 0;      ///< Added to the timestamps, once.
  double every_s = 0;     ///< Jump and gap come again each time; 0: once.
  std::uint64_t once = 0; ///< Another number: jump and gap happen now.
  int drift_ppm = 0;
  bool standstill = false;
  int lose_percent = 0;
  bool reorder = false; ///< Every tenth packet comes behind the next one.
  int gap = 0;          ///< Sequence numbers that are left out, once.
  bool marker = false;  ///< On parameter sets, too.
  bool ssrc = false;    ///< Another one than before.
  // Of what is sent.
  std::string parameter_sets = "both"; ///< both | sdp | band.
  std::string play; ///< Goes on with the clip of that camera at its next key frame; of one codec.
  double speed = 1;
  // Of all of them.
  double after_s = 0;    ///< They begin so much later than they are set,
  double duration_s = 0; ///< and last so long; 0: until they are cleared.
};

/// `faults` changed by a JSON object of the members above. Errc::invalid names the member and what
/// would be right.
Result<Faults> read_faults(const std::string& json, Faults faults = {});
/// With the member of that name as a good camera has it. Errc::not_found: there is none.
Result<Faults> clear_fault(Faults faults, const std::string& name);
std::string write_faults(const Faults& faults);
/// The text as a JSON string.
std::string quote(const std::string& text);

/// What the clients of a camera did since its start.
struct Counts {
  std::uint64_t connections = 0;                 ///< That asked for it.
  std::uint64_t logins = 0;                      ///< Requests with an Authorization.
  std::map<std::string, std::uint64_t> requests; ///< By method.
  std::map<int, std::uint64_t> answers;          ///< By status.
};

/// One camera's faults as they are now, and what its clients did. Threads: any.
class FaultState {
 public:
  void set(Faults faults);
  /// What was set, whether it has begun or not.
  Faults wanted() const;
  /// What is wrong now.
  std::shared_ptr<const Faults> get() const;

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
