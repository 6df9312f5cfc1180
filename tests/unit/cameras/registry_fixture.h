#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "cameras/registry.h"
#include "gst/elements.h"
#include "gst/teardown.h"
#include "support/turn_until.h"

namespace fanlight::cameras {

/// A registry of two cameras nobody answers for: port 9 of loopback is closed.
struct RegistryFixture : testing::Test {
  void SetUp() override {
    load_own_elements();
    for (const char* id : {"front", "garden"}) {
      config::Camera camera;
      camera.id = id;
      camera.streams = {{.url = "rtsp://user:sesame@127.0.0.1:9/" + std::string{id}}};
      config.push_back(camera);
    }
    auto created = CameraRegistry::create(config);
    ASSERT_TRUE(created) << created.error().message;
    registry = std::move(*created);
  }
  void TearDown() override {
    registry.reset();
    wait_for_stops(test::kHangLimit);
  }

  std::vector<config::Camera> config;
  std::unique_ptr<CameraRegistry> registry;
};

} // namespace fanlight::cameras
