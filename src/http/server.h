#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/result.h"
#include "http/exchange.h"
#include "http/limits.h"
#include "http/listener.h"

namespace fanlight::http {

/// Listens, reads requests and writes answers; does not know what they mean.
///
/// Threads: main only.
class Server {
 public:
  /// Answers a complete request, now or later. On main.
  using Handler = std::function<void(const ExchangePtr&)>;

  /// Starts to listen. Errc::invalid (not an address), unavailable (the address cannot be bound).
  static Result<std::unique_ptr<Server>> create(Listening listening, const Limits& limits,
                                                Handler handler);
  virtual ~Server() = default;

  virtual int port() const = 0;                   ///< The actual port, also if 0 was configured.
  virtual const std::string& address() const = 0; ///< As bound: "127.0.0.1:8080".
};

} // namespace fanlight::http
