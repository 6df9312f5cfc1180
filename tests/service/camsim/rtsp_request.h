#pragma once

#include <string>

namespace fanlight::test {

/// Sends one RTSP request by hand, on a connection of its own, and returns the whole answer, head
/// and body; what came so far when it never was whole. `headers` are whole lines.
std::string rtsp_request(const std::string& method, const std::string& url,
                         const std::string& headers = "");

} // namespace fanlight::test
