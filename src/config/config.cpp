#include "config/config.h"

#include <algorithm>
#include <array>

#include "config/cameras.h"
#include "config/files.h"
#include "config/schema.h"

namespace fanlight::config {
namespace {

/// What the program's own file holds.
struct Managed {
  Config& config; ///< The cameras of the other file, to which its own are added.
  std::vector<std::string> order;
};

constexpr std::array kManaged{
    Field<Managed>{.name = "order",
                   .read =
                       [](const Value& value, Managed& managed) {
                         read_texts(value, "ids of cameras", managed.order, read_id);
                       }},
    Field<Managed>{
        .name = "cameras",
        .read = [](const Value& value, Managed& managed) { read_cameras(value, managed.config); }},
};

/// Reads one YAML document along a table of keys.
template <typename S>
void read_document(std::string_view yaml, S& out, std::span<const Field<S>> keys,
                   Diagnostics& diagnostics) {
  refuse_second_document(yaml, diagnostics);
  try {
    const YAML::Node document = YAML::Load(std::string(yaml));
    read_mapping({document, document.Mark(), "", diagnostics}, out, keys);
  } catch (const YAML::Exception& error) {
    diagnostics.add(error.mark, "",
                    {"not_yaml"_reason, "is not valid YAML: {detail}", {{"detail", error.msg}}});
  }
}

/// An editor may leave an empty file on a full disk; that must not remove all cameras.
void refuse_empty(const Text& file, Diagnostics& diagnostics) {
  if (file.there && file.yaml.empty())
    diagnostics.add(
        YAML::Mark::null_mark(), "",
        {"file_empty"_reason, "is empty; if there should be no cameras, write cameras: []"});
}

/// The order may name cameras that no longer exist, and lack new ones: these come last.
void put_in_order(std::vector<Camera>& cameras, const std::vector<std::string>& order) {
  const auto place = [&order](const Camera& camera) {
    return std::find(order.begin(), order.end(), camera.id) - order.begin();
  };
  std::stable_sort(
      cameras.begin(), cameras.end(),
      [&place](const Camera& left, const Camera& right) { return place(left) < place(right); });
}

} // namespace

Result<Config> parse(std::string_view yaml, const std::string& name) {
  Diagnostics diagnostics(name);
  Config config;
  read_document(yaml, config, fields<Config>(), diagnostics);
  if (!diagnostics.empty()) return diagnostics.error();
  return config;
}

std::variant<Config, Mistake> parse_files(const Files& files) {
  const auto& [own, managed] = files;
  Config config;
  Diagnostics of_own(own.name);
  refuse_empty(own, of_own);
  read_document(own.yaml, config, fields<Config>(), of_own);
  if (!of_own.empty()) return of_own.mistake();
  const std::size_t count = config.cameras.size();
  Diagnostics of_managed(managed.name);
  refuse_empty(managed, of_managed);
  Managed more{config, {}};
  read_document<Managed>(managed.yaml, more, kManaged, of_managed);
  if (!of_managed.empty()) return of_managed.mistake();
  for (std::size_t i = count; i < config.cameras.size(); ++i)
    config.cameras[i].origin.managed = true;
  put_in_order(config.cameras, more.order);
  return config;
}

Result<Config> parse(const Text& own, const Text& managed) {
  auto config = parse_files({own, managed});
  if (const auto* mistake = std::get_if<Mistake>(&config)) return mistake->error;
  return std::get<Config>(std::move(config));
}

Result<Config> load(const std::string& path) {
  const auto files = read_files(path);
  if (const auto* mistake = std::get_if<Mistake>(&files)) return mistake->error;
  const auto& [own, managed] = std::get<Files>(files);
  return parse(own, managed);
}

} // namespace fanlight::config
