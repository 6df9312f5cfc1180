#pragma once

#include <memory>
#include <optional>
#include <string>

#include "http/exchange.h"
#include "http/json.h"
#include "layouts/layout_store.h"

namespace fanlight::http {

/// The API of the layouts that all pages share (docs/layouts.md). Who may is decided before
/// (Router). Threads: main only.
class Layouts {
 public:
  /// `store` outlives the API.
  explicit Layouts(layouts::LayoutStore& store);

  void all(const ExchangePtr& exchange) const;
  void one(const std::string& id, const ExchangePtr& exchange) const;
  void create(const ExchangePtr& exchange);
  /// Replaces the layout, or creates it (If-None-Match: *), as one that was removed by mistake.
  void replace(const std::string& id, const ExchangePtr& exchange);
  void remove(const std::string& id, const ExchangePtr& exchange);

  /// Another one whenever a layout is: pages compare it with that of the layouts they have. Empty:
  /// the server stores none, so pages keep theirs in the browser.
  const std::string& fingerprint() const { return fingerprint_; }

 private:
  /// Each answers where it returns nothing.
  std::optional<layouts::Layout> read(const ExchangePtr& exchange) const;
  /// The revision of If-Match; 0: any.
  std::optional<std::int64_t> revision_of(const ExchangePtr& exchange) const;
  layouts::LayoutStore::Changed answer(const ExchangePtr& exchange, int status) const;
  void write_all();

  // Given.
  layouts::LayoutStore& store_;
  // Owned.
  std::string list_; ///< JSON.
  std::string fingerprint_;
  Token observation_;
};

} // namespace fanlight::http
