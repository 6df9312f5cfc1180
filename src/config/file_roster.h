#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/file_watch.h"
#include "config/roster.h"

namespace fanlight {

/// The cameras of the two files of the configuration: reads them again when they change, writes the
/// managed ones.
///
/// Threads: main only. Lifetime: owned by App; dies before the stage.
class FileRoster : public session::Roster {
 public:
  /// Where a configuration takes effect.
  struct Stage {
    virtual ~Stage() = default;
    /// The cameras and limits of `wanted`; after an error all is as it was.
    virtual Result<Done> apply(const config::Config& wanted) = 0;
    /// Tries the one stream of `camera`, as session::Roster::test.
    virtual Result<Done> test(const config::Camera& camera, Tested done) = 0;
    /// Reading has begun, and is over.
    virtual void on_reloading() = 0;
    virtual void on_reloaded(const std::string& outcome) = 0;
  };

  /// `config` is what the stage runs by, as it was read from `path`.
  FileRoster(std::string path, config::Config config, Stage& stage);

  /// From now on a change of either file is read by itself.
  void watch();

  const config::Config& config() const override { return running_; }
  const std::string& config_file() const override { return path_; }
  std::string cameras_file() const override;
  const std::vector<std::string>& needs_restart() const override { return needs_restart_; }
  Result<config::Diff> change(std::vector<config::Camera> cameras) override;
  Result<config::Diff> reload() override;
  Result<Done> test(const config::Camera& camera, Tested done) override {
    return stage_.test(camera, std::move(done));
  }

 private:
  struct Files {
    config::Text own;
    config::Text managed;
  };
  Result<Files> read() const;
  Result<config::Diff> take(const Files& files);
  Result<config::Diff> apply(const config::Config& wanted);
  void on_file_changed();

  // Given.
  const std::string path_;
  Stage& stage_;
  // Owned.
  config::Config running_;
  std::vector<std::string> needs_restart_;
  Files seen_;     // What was last read, right or wrong.
  Files accepted_; // What the stage runs by.
  std::vector<std::unique_ptr<FileWatch>> watches_;
};

} // namespace fanlight
