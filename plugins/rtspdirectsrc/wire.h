#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace fanlight::direct {

/// The bytes to and from a camera, on a connected TCP socket that does not block.
///
/// Threads: the loop. Owns the socket.
class Wire {
 public:
  enum class Outcome {
    done,
    later,
    closed,
    broken,
    disagreed ///< Of shake(): what came is no TLS, or none that both sides accept.
  };
  struct Taken {
    Outcome outcome = Outcome::later;
    std::size_t size = 0; ///< If done.
  };

  explicit Wire(int socket) : socket_(socket) {}
  virtual ~Wire();
  Wire(const Wire&) = delete;
  Wire& operator=(const Wire&) = delete;

  int descriptor() const { return socket_; }
  /// Goes on with what comes before the first byte. Done: nothing, or it is over.
  virtual Outcome shake() { return Outcome::done; }
  /// The certificates of the camera (DER), its own first; none without TLS.
  virtual std::vector<std::string> chain() const { return {}; }
  virtual Taken receive(std::span<std::uint8_t> into);
  /// Whether something can be received though the socket has nothing more.
  virtual bool has_more() const { return false; }
  /// Takes all of it; what the system does not take now waits for flush().
  Outcome send(std::string_view bytes);
  virtual Outcome flush();
  /// Whether something waits until the socket can be written to.
  virtual bool is_full() const { return !waiting_.empty(); }

 protected:
  /// So much may wait: requests and reports are small.
  static constexpr std::size_t kMostWaiting = 64 * 1024;

  const int socket_;
  std::string waiting_;
};

} // namespace fanlight::direct
