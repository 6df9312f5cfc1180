#pragma once

#include <memory>
#include <string>

#include "load/net/http.h"
#include "load/signalling/signalling.h"

namespace fanlight::load {

/// WHEP (draft-ietf-wish-whep): posts the offer; the response is the answer.
class Whep : public Signalling {
 public:
  Whep(Http& http, Url url, const Address& server, const std::string& offer, Observer& observer);

  void leave() override;

 private:
  void on_response(const HttpResponse& response);

  Http& http_;
  const Url url_;
  const Address server_;
  Observer& observer_;
  std::string location_;
  std::unique_ptr<HttpCall> call_;
};

/// Describes a failed request: the status, and details from the body.
std::string describe_failure(const std::string& request, const HttpResponse& response);

} // namespace fanlight::load
