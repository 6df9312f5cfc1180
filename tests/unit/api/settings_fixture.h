#pragma once

#include <map>
#include <string>
#include <vector>

#include "server_fixture.h"

namespace fanlight::test {

/// front is written by hand, yard is managed.
class SettingsTest : public ServerTest {
 protected:
  void SetUp() override {
    ServerTest::SetUp();
    config::Camera front;
    front.id = "front";
    front.streams = {{.url = "rtsp://user:sesame@192.0.2.1/front"}};
    front.origin = {"/etc/fanlight/fanlight.yaml", 7, false};
    config::Camera yard;
    yard.id = "yard";
    yard.name = "마당";
    yard.streams = {
        {.id = "main", .url = "rtsp://192.0.2.2/main", .username = "admin", .password = "hush"},
        {.id = "sub", .url = "rtsp://192.0.2.2/sub?token=abc"}};
    yard.origin = {"/etc/fanlight/cameras.yaml", 5, true};
    config.cameras = {front, yard};
    limits.tests = 1; // The client has two connections.
    start();
  }
  Response json(const std::string& method, const std::string& path, const std::string& body,
                const std::map<std::string, std::string>& headers = {}) {
    return send({method, path, body, "application/json", headers});
  }
  const config::Camera& yard() const { return config.cameras.at(1); }
  std::vector<std::string> ids() const {
    std::vector<std::string> all;
    for (const config::Camera& camera : config.cameras) all.push_back(camera.id);
    return all;
  }
};

} // namespace fanlight::test
