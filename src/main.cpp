#include <gst/gst.h>
#include <iostream>

#include "app.h"
#include "config.h"

int main(int argc, char** argv) {
  gst_init(&argc, &argv);
  auto config = fanlight::config::load(argv[2]);
  if (!config) {
    std::cerr << config.error().message << "\n";
    return 78;
  }
  fanlight::log::configure(config->logging.level, config->logging.format);
  auto app = fanlight::App::create(*config);
  if (!app) {
    std::cerr << app.error().message << "\n";
    return 70;
  }
  (*app)->run();
  return 0;
}
