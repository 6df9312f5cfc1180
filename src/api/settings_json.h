#pragma once

#include "cameras/probe_result.h"
#include "config/config.h"
#include "config/diff.h"
#include "http/json.h"

namespace fanlight::http::json {

/// The members of docs/settings.md, without secrets.
void write_members(Writer& json, const config::Camera& camera);
void write_members(Writer& json, const config::Diff& diff);
void write_members(Writer& json, const cameras::ProbeResult& findings);

void write_words(Writer& json, const char* name, const std::vector<std::string>& words);

} // namespace fanlight::http::json
