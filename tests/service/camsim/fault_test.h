#pragma once

#include <fstream>
#include <memory>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "camsim_process.h"
#include "fault_control.h"
#include "rtsp_client.h"

namespace fanlight::test {

/// Cameras that can be told to misbehave.
class FaultTest : public testing::Test {
 protected:
  static constexpr const char* kSmall = ",size=320x180,fps=20,gop=20,loop=1,bitrate=300,audio=none";

  /// Each with the small picture.
  void start(std::vector<std::string> cameras) {
    std::vector<std::string> arguments{"--control", "127.0.0.1:0"};
    for (const std::string& camera : cameras) {
      arguments.push_back("--camera");
      arguments.push_back(camera + kSmall);
    }
    run(std::move(arguments));
  }
  /// A file whose cameras are small, too; `camera` is the rest of the only one, each line indented
  /// by four.
  void start_file(const std::string& camera) {
    const std::string path =
        testing::TempDir() + "camsim-fault-" + std::to_string(getpid()) + ".yaml";
    std::ofstream(path) << "cameras:\n  - id: a\n    size: 320x180\n    fps: 20\n    gop: 20\n"
                           "    loop: 1\n    bitrate: 300\n    audio: none\n"
                        << camera;
    run({"--config", path, "--control", "127.0.0.1:0"});
  }
  void run(std::vector<std::string> arguments) {
    camsim_ = std::make_unique<CamsimProcess>(std::move(arguments));
    ASSERT_TRUE(camsim_->wait_ready()) << camsim_->read_errors();
  }
  FaultControl control() const { return FaultControl(camsim_->url("control")); }
  std::string url(const std::string& id = "a") const { return camsim_->url(id); }

  std::unique_ptr<CamsimProcess> camsim_;
};

} // namespace fanlight::test
