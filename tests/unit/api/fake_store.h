#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "config/store.h"

namespace fanlight::test {

/// A store that takes every change, unless the test says otherwise.
class FakeStore : public config::Store {
 public:
  explicit FakeStore(config::Config& config) : config_(config) {}

  const config::Config& current() const override { return config_; }
  const std::string& config_file() const override { return file_; }
  std::string cameras_file() const override { return "/etc/fanlight/cameras.yaml"; }
  const std::vector<std::string>& needs_restart() const override { return restart; }
  const std::optional<config::Mistake>& mistake() const override { return rejected; }
  Result<config::Diff> change(std::vector<config::Camera> cameras) override {
    if (error) return *error;
    config::Config wanted = config_;
    wanted.cameras = std::move(cameras);
    config::Diff made = config::compare(config_, wanted);
    config_.cameras = wanted.cameras;
    ++changes;
    return made;
  }
  Result<config::Diff> reload() override {
    if (error) return *error;
    return diff;
  }
  std::optional<Error> error;
  std::vector<std::string> restart;
  std::optional<config::Mistake> rejected;
  config::Diff diff;
  int changes = 0;

 private:
  config::Config& config_;
  const std::string file_ = "/etc/fanlight/fanlight.yaml";
};

} // namespace fanlight::test
