#include <fstream>
#include <set>
#include <sstream>

#include <yaml-cpp/yaml.h>

#include "camsim/setup/spec_keys.h"

namespace fanlight::camsim {
namespace {

/// Thrown only in this file: carries the position to load_setup().
struct Bad {
  YAML::Mark mark;
  std::string message;
};

std::string scalar(const YAML::Node& node, const std::string& key) {
  if (!node.IsScalar()) throw Bad{node.Mark(), key + ": must be a single value"};
  return node.Scalar();
}

/// A node as JSON: a plain scalar becomes a number or a boolean if it looks like one.
std::string json_of(const YAML::Node& node) {
  if (node.IsScalar()) {
    const std::string text = node.Scalar();
    const bool quoted = node.Tag() == "!";
    bool truth = false;
    double number = 0;
    if (quoted) return quote(text);
    if (YAML::convert<bool>::decode(node, truth)) return truth ? "true" : "false";
    return YAML::convert<double>::decode(node, number) ? text : quote(text);
  }
  if (!node.IsMap() && !node.IsSequence()) return "null";
  std::string out;
  for (const auto& item : node) {
    if (!out.empty()) out += ",";
    out += node.IsMap() ? quote(item.first.Scalar()) + ":" + json_of(item.second) : json_of(item);
  }
  return node.IsMap() ? "{" + out + "}" : "[" + out + "]";
}

CameraSpec read_camera(const YAML::Node& node) {
  if (!node.IsMap()) throw Bad{node.Mark(), "a camera must be a map of keys that begins with id"};
  CameraSpec spec;
  std::set<std::string> seen;
  for (const auto& item : node) {
    const std::string key = scalar(item.first, "key");
    if (!seen.insert(key).second) throw Bad{item.first.Mark(), "key '" + key + "' occurs twice"};
    if (key == "faults") {
      auto faults = read_faults(json_of(item.second));
      if (!faults) throw Bad{item.first.Mark(), "faults: " + faults.error().message};
      spec.faults = std::move(*faults);
      continue;
    }
    if (auto set = set_key(spec, key, scalar(item.second, key)); !set)
      throw Bad{item.first.Mark(), set.error().message};
  }
  if (auto checked = check(spec); !checked) throw Bad{node.Mark(), checked.error().message};
  return spec;
}

Setup read_setup(const YAML::Node& root) {
  if (!root.IsMap()) throw Bad{root.Mark(), "must be a map with listen and cameras"};
  Setup setup;
  for (const auto& item : root) {
    const std::string key = scalar(item.first, "key");
    if (key == "listen") {
      auto listen = parse_listen(scalar(item.second, key));
      if (!listen) throw Bad{item.first.Mark(), "listen " + listen.error().message};
      setup.listen = *listen;
    } else if (key == "control") {
      auto control = parse_listen(scalar(item.second, key));
      if (!control) throw Bad{item.first.Mark(), "control " + control.error().message};
      setup.control = *control;
    } else if (key == "tls") {
      auto tls = parse_listen(scalar(item.second, key));
      if (!tls) throw Bad{item.first.Mark(), "tls " + tls.error().message};
      setup.tls = *tls;
    } else if (key == "cameras") {
      if (!item.second.IsSequence()) throw Bad{item.first.Mark(), "cameras: must be a list"};
      for (const auto& camera : item.second) setup.cameras.push_back(read_camera(camera));
    } else {
      throw Bad{item.first.Mark(),
                "unknown key '" + key + "': the keys are listen, control, tls, cameras"};
    }
  }
  return setup;
}

} // namespace

Result<Setup> load_setup(const std::string& path) {
  std::ifstream file(path);
  if (!file) return Error{Errc::not_found, "reading " + path + ": the file cannot be opened"};
  std::stringstream text;
  text << file.rdbuf();

  const auto failed = [&](const YAML::Mark& mark, const std::string& message) {
    return Error{Errc::invalid, path + ":" + std::to_string(mark.line + 1) + ": " + message};
  };
  try {
    return read_setup(YAML::Load(text.str()));
  } catch (const Bad& bad) {
    return failed(bad.mark, bad.message);
  } catch (const YAML::Exception& error) {
    return failed(error.mark, error.msg);
  }
}

} // namespace fanlight::camsim
