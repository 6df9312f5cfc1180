#include "viewing.h"

#include <cstdlib>

#include <gtest/gtest.h>

#include "process.h"

namespace fanlight::test {

std::string Viewing::operator[](const std::string& key) const {
  const auto line = output.find("{\"event\":\"viewer\"");
  const std::string label = "\"" + key + "\":";
  const auto at = line == std::string::npos ? line : output.find(label, line);
  if (at == std::string::npos) return {};
  const auto begin = at + label.size();
  return output.substr(begin, output.find_first_of(",}", begin) - begin);
}

double Viewing::number(const std::string& key) const {
  const std::string value = (*this)[key];
  EXPECT_FALSE(value.empty() || value == "null") << key << " in\n" << output;
  return std::atof(value.c_str());
}

std::vector<std::string> viewer_command(const std::string& url, std::vector<std::string> options) {
  const char* viewer = std::getenv("FANLIGHT_VIEWER");
  options.insert(options.begin(),
                 {viewer != nullptr ? viewer : "whep-viewer", "--json", "--latency", "10000"});
  options.push_back(url);
  return options;
}

Viewing view(const std::string& url, std::vector<std::string> options) {
  Process process{viewer_command(url, std::move(options))};
  Viewing viewing;
  viewing.exit_code = process.wait_exit().value_or(-1);
  viewing.output = process.output();
  return viewing;
}

} // namespace fanlight::test
