#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/result.h"
#include "http/exchange.h"
#include "http/limits.h"

namespace fanlight::http {

/// Listens, reads requests and writes answers; knows nothing of what they are about.
///
/// Threads: main only.
class Server {
 public:
  /// Answers a request, which was read whole, now or later. On main.
  using Handler = std::function<void(const ExchangePtr&)>;

  /// Listens at once on `address` (host:port). Errc::invalid (address), unavailable (the address
  /// cannot be had).
  static Result<std::unique_ptr<Server>> create(const std::string& address, const Limits& limits,
                                                Handler handler);
  virtual ~Server() = default;

  virtual int port() const = 0;                   ///< The real one, also where 0 was asked for.
  virtual const std::string& address() const = 0; ///< As bound: "127.0.0.1:8080".
};

} // namespace fanlight::http
