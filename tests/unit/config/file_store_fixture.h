#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "config/file_store.h"

namespace fanlight::config {

struct FakeSubscriber : Subscriber {
  Result<Done> prepare(const Config& wanted, const Diff& diff) override {
    if (error) return *error;
    prepared = wanted;
    diffs.push_back(diff);
    return Done{};
  }
  void commit() override {
    if (store != nullptr) before.push_back(store->current());
    committed.push_back(*std::exchange(prepared, std::nullopt));
  }
  void abandon() override {
    prepared.reset();
    ++abandoned;
  }

  const Store* store = nullptr;
  std::optional<Error> error;
  std::optional<Config> prepared;
  std::vector<Diff> diffs;
  std::vector<Config> committed;
  std::vector<Config> before; ///< What the store had meanwhile.
  int abandoned = 0;
};

struct FakeObserver : FileStore::Observer {
  void on_reloading() override { ++reloading; }
  void on_reloaded(const std::string& outcome) override { outcomes.push_back(outcome); }

  int reloading = 0;
  std::vector<std::string> outcomes;
};

/// Cameras front and back, written by hand.
class FileStoreTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "fanlight-store-XXXXXX").string();
    folder = mkdtemp(name.data());
    write("fanlight.yaml", kTwo);
    auto config = load(path("fanlight.yaml"));
    ASSERT_TRUE(config);
    store = std::make_unique<FileStore>(path("fanlight.yaml"), *config, observer);
    subscription = store->subscribe(subscriber);
  }
  void TearDown() override {
    subscription.reset();
    store.reset();
    std::filesystem::remove_all(folder);
  }
  std::string path(const std::string& name) const { return folder / name; }
  void write(const std::string& name, const std::string& text) const {
    std::ofstream{path(name)} << text;
  }
  std::string read(const std::string& name) const {
    std::ifstream file{path(name)};
    return {std::istreambuf_iterator<char>(file), {}};
  }
  std::vector<std::string> files() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator{folder})
      names.push_back(entry.path().filename());
    return names;
  }
  std::vector<Camera> with_yard() const {
    auto cameras = store->current().cameras;
    Camera yard;
    yard.id = "yard";
    yard.streams = {{.url = "rtsp://192.0.2.3/"}};
    yard.origin.managed = true;
    cameras.insert(cameras.begin() + 1, yard);
    return cameras;
  }
  std::vector<std::string> ids() const {
    std::vector<std::string> all;
    for (const auto& camera : store->current().cameras) all.push_back(camera.id);
    return all;
  }

  static constexpr const char* kTwo = "cameras:\n"
                                      "  - {id: front, url: 'rtsp://192.0.2.1/'}\n"
                                      "  - {id: back, url: 'rtsp://192.0.2.2/'}\n";
  std::filesystem::path folder;
  FakeSubscriber subscriber;
  FakeObserver observer;
  std::unique_ptr<FileStore> store;
  Token subscription;
};

} // namespace fanlight::config
