#pragma once

#include <cstdint>
#include <functional>
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
  std::uint64_t revision() const override { return revision_; }
  config::Drafter drafter() const override {
    auto drafter = [running = config_, revision = revision_, drafting = while_drafting](
                       std::vector<config::Camera> cameras) -> Result<config::Draft> {
      if (drafting) drafting();
      config::Config wanted = running;
      wanted.cameras = std::move(cameras);
      config::Diff made = config::compare(running, wanted);
      return config::Draft{std::move(wanted), std::move(made), {}, revision};
    };
    if (const auto meanwhile = std::exchange(after_drafter, nullptr)) meanwhile();
    return drafter;
  }
  Result<config::Diff> change(config::Draft draft) override {
    if (error) return *error;
    if (draft.revision != revision_) return Error{Errc::internal, "of another revision"};
    config_.cameras = std::move(draft.config.cameras);
    ++changes;
    ++revision_;
    return std::move(draft.diff);
  }
  using config::Store::change;
  Result<config::Diff> reload() override {
    if (error) return *error;
    return diff;
  }
  std::optional<Error> error;
  mutable std::function<void()> after_drafter; ///< What happens once, after the next is given.
  std::function<void()> while_drafting;        ///< On the thread that works out a draft.
  std::vector<std::string> restart;
  std::optional<config::Mistake> rejected;
  config::Diff diff;
  int changes = 0;

 private:
  config::Config& config_;
  std::uint64_t revision_ = 0;
  const std::string file_ = "/etc/fanlight/fanlight.yaml";
};

} // namespace fanlight::test
