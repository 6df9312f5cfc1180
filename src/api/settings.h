#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/worker.h"
#include "cameras/camera_directory.h"
#include "config/store.h"
#include "http/exchange.h"
#include "http/json.h"
#include "http/limits.h"

namespace fanlight::http {

/// The API of settings (docs/settings.md): cameras are added, changed, put in order, removed and
/// tried. Who may is decided before (Router). Threads: main only.
class Settings {
 public:
  Settings(config::Store& store, cameras::CameraDirectory& directory, const Limits& limits)
      : store_(store), directory_(directory), limits_(limits) {}

  void all(const ExchangePtr& exchange) const;
  void one(const std::string& id, const ExchangePtr& exchange) const;
  void create(const ExchangePtr& exchange);
  void replace(const std::string& id, const ExchangePtr& exchange);
  void remove(const std::string& id, const ExchangePtr& exchange);
  /// Adds, replaces and removes many cameras as one change, or says what it would do.
  void import(const ExchangePtr& exchange);
  void order(const ExchangePtr& exchange);
  void test(const ExchangePtr& exchange);
  void reload(const ExchangePtr& exchange);

 private:
  struct Importing;
  struct Reading;
  /// Reads what is to be imported, and works out the change, on the worker.
  void work_out(std::shared_ptr<const Importing> importing);
  /// Saves what was read, and answers.
  void finish(const Importing& importing, Reading& reading);

  /// Each answers where it returns nothing.
  json::OwnedNode body(const ExchangePtr& exchange) const;
  const config::Camera* find(const std::string& id, const ExchangePtr& exchange) const;
  /// The camera, if it is one that may be changed.
  const config::Camera* find_managed(const std::string& id, const ExchangePtr& exchange) const;
  std::optional<config::Camera> read(const std::string& json, const config::Camera* before,
                                     const ExchangePtr& exchange) const;
  std::optional<config::Diff> change(std::vector<config::Camera> cameras,
                                     const ExchangePtr& exchange);
  std::optional<config::Diff> changed(Result<config::Diff> diff, const ExchangePtr& exchange);
  const std::vector<config::Camera>& cameras() const { return store_.current().cameras; }

  // Given.
  config::Store& store_;
  cameras::CameraDirectory& directory_;
  const Limits& limits_;
  // Owned.
  std::size_t tests_ = 0;                                        ///< Under way.
  std::size_t imports_ = 0;                                      ///< Not answered.
  Worker worker_{10};                                            // What viewers need goes first.
  const std::shared_ptr<char> alive_ = std::make_shared<char>(); ///< Held weakly by callbacks.
};

} // namespace fanlight::http
