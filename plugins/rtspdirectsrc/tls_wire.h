#pragma once

#include <memory>
#include <string>
#include <vector>

#include "wire.h"

typedef struct ssl_st SSL;

namespace fanlight::direct {

/// A Wire with TLS. It accepts any certificate: whoever uses it looks at chain() before a password
/// goes out.
class TlsWire : public Wire {
 public:
  /// `host`: for the server name indication; an address is not sent.
  TlsWire(int socket, const std::string& host);
  ~TlsWire() override;

  Outcome shake() override;
  std::vector<std::string> chain() const override;
  Taken receive(std::span<std::uint8_t> into) override;
  Outcome flush() override;
  bool is_full() const override { return wants_to_write_ || Wire::is_full(); }
  bool has_more() const override;

 private:
  Outcome outcome_of(int result);

  SSL* ssl_ = nullptr; ///< Null: the system has no memory left.
  bool wants_to_write_ = false;
};

} // namespace fanlight::direct
