#pragma once

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
  std::map<std::string, int> status;   ///< By method: what it is answered with.
  std::map<std::string, int> delay_ms; ///< By method: how long the answer takes.
  std::string public_methods;          ///< In place of the Public header; empty: as it is.
  int expire_s = 0;                    ///< A session without a request for so long ends; 0: never.
  int garbage = 0; ///< Bytes in front of each interleaved packet that is the first of a frame.
  std::string as;  ///< Plays another camera from the next connection on.
  // Of the description.
  std::set<std::string> sdp;
  // Of RTP.
  double jump_s = 0; ///< Added to the timestamps from now on.
  int drift_ppm = 0;
  bool standstill = false;
  int lose_percent = 0;
  bool reorder = false; ///< Every tenth packet comes behind the next one.
  int gap = 0;          ///< Sequence numbers that are left out, once.
  bool marker = false;  ///< On parameter sets, too.
  // Of what is sent.
  std::string parameter_sets = "both"; ///< both | sdp | band.
  double speed = 1;
};

/// Reads a JSON object of the members above. Errc::invalid names the member and what would be
/// right.
Result<Faults> read_faults(const std::string& json);
std::string write_faults(const Faults& faults);

/// One camera's faults as they are now, and what its clients did. Threads: any.
class FaultState {
 public:
  void set(Faults faults) {
    std::lock_guard lock(mutex_);
    faults_ = std::make_shared<const Faults>(std::move(faults));
    ++version_;
  }
  std::shared_ptr<const Faults> get() const {
    std::lock_guard lock(mutex_);
    return faults_;
  }
  /// Changes with each set().
  std::uint64_t version() const {
    std::lock_guard lock(mutex_);
    return version_;
  }
  void count(const std::string& method) {
    std::lock_guard lock(mutex_);
    ++requests_[method];
  }
  std::map<std::string, std::uint64_t> requests() const {
    std::lock_guard lock(mutex_);
    return requests_;
  }

 private:
  mutable std::mutex mutex_; ///< Protects the rest.
  std::shared_ptr<const Faults> faults_ = std::make_shared<const Faults>();
  std::uint64_t version_ = 0;
  std::map<std::string, std::uint64_t> requests_;
};

using FaultStates = std::map<std::string, std::shared_ptr<FaultState>>; ///< By the camera's id.

} // namespace fanlight::camsim
