#include <cstdint>
#include <cstdlib>
#include <string>

#include "config/import.h"

/// Whatever YAML a client sends: no crash, every camera has a line of the text, and cameras that
/// are taken have what the server needs.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace fanlight::config;
  Camera yard;
  yard.id = "yard";
  yard.streams = {{.url = "rtsp://192.0.2.2/main", .username = "admin", .password = "hush"}};
  yard.origin.managed = true;
  const std::string text{reinterpret_cast<const char*>(data), size};
  const Import import = read_import(text, {}, {yard}, 1000);
  for (const ImportedCamera& camera : import.cameras)
    if (camera.line < 1 || static_cast<std::size_t>(camera.line) > size + 1) std::abort();
  if (!import.ok()) return 0;
  if (import.wanted.empty() || import.wanted[0].id != "yard") std::abort();
  for (const Camera& camera : import.wanted)
    if (camera.id.empty() || camera.streams.empty() || !camera.origin.managed) std::abort();
  return 0;
}
