#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/reason.h"
#include "config/config.h"

/// Many changes of cameras as one: a list of cameras as text, and ids of those to remove.
namespace fanlight::config {

struct ImportError {
  std::string key; ///< As streams[0].url; empty: no single key.
  Reason why;
  int line = 0; ///< Of the text, from 1; 0: no single line.
};

/// One camera of the list.
struct ImportedCamera {
  enum class Change { added, changed, unchanged };
  std::string id;
  std::string name;
  int line = 0; ///< Where it begins.
  Change change = Change::added;
  std::vector<ImportError> errors;
};
const char* to_string(ImportedCamera::Change change);

struct Import {
  std::vector<ImportedCamera> cameras; ///< In the order of the list.
  std::vector<ImportError> errors;     ///< Those that no camera of the list has.
  std::vector<Camera> wanted;          ///< All cameras of the server after the import, if ok().

  bool ok() const;
};

/// Reads a list of cameras: YAML in the form of the configuration, or JSON. A camera with the id of
/// a managed camera replaces it, as a request does (read_request()); the others come last. Nothing
/// of the text reads the server's environment or files. A list of more than `limit` cameras is
/// refused, unless the server has as many.
Import read_import(const std::string& text, const std::vector<std::string>& removed,
                   const std::vector<Camera>& current, std::size_t limit);

} // namespace fanlight::config
