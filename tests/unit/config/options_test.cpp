#include "options.h"

#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sysexits.h>

namespace fanlight {
namespace {

using testing::HasSubstr;

Result<Options> options_of(std::vector<std::string> words) {
  words.insert(words.begin(), "fanlight");
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  return parse_options(static_cast<int>(words.size()), argv.data());
}

std::string misuse_of(const std::vector<std::string>& words) {
  const auto options = options_of(words);
  if (options) {
    ADD_FAILURE() << "was accepted";
    return {};
  }
  EXPECT_EQ(options.error().code, Errc::invalid);
  EXPECT_THAT(options.error().message, HasSubstr("--help"));
  return options.error().message;
}

TEST(OptionsTest, ServesFromTheInstalledConfigurationWhereNothingElseIsAsked) {
  const auto options = options_of({});
  ASSERT_TRUE(options);
  EXPECT_EQ(options->action, Options::Action::serve);
  EXPECT_EQ(options->config, "/etc/fanlight/fanlight.yaml");
}

TEST(OptionsTest, TakesTheActionAndTheConfigurationInAnyOrder) {
  const auto check = options_of({"--check-config", "--config", "a.yaml"});
  ASSERT_TRUE(check) << check.error().message;
  EXPECT_EQ(check->action, Options::Action::check_config);
  EXPECT_EQ(check->config, "a.yaml");

  const auto print = options_of({"--config=b.yaml", "--print-pipeline", "front"});
  ASSERT_TRUE(print) << print.error().message;
  EXPECT_EQ(print->action, Options::Action::print_pipeline);
  EXPECT_EQ(print->config, "b.yaml");
  EXPECT_EQ(print->camera, "front");

  EXPECT_EQ(options_of({"--version"})->action, Options::Action::version);
  EXPECT_EQ(options_of({"--help"})->action, Options::Action::help);
}

TEST(OptionsTest, NamesWhatItDoesNotUnderstand) {
  EXPECT_THAT(misuse_of({"--colour"}), HasSubstr("--colour is not an option"));
  EXPECT_THAT(misuse_of({"-x"}), HasSubstr("-x is not an option"));
  EXPECT_THAT(misuse_of({"--check-config=yes"}), HasSubstr("--check-config=yes"));
  EXPECT_THAT(misuse_of({"a.yaml"}), HasSubstr("\"a.yaml\" is not an option"));
  EXPECT_THAT(misuse_of({"--config"}), HasSubstr("--config needs a value"));
  EXPECT_THAT(misuse_of({"--config", ""}), HasSubstr("--config needs a file name"));
  EXPECT_THAT(misuse_of({"--check-config", "--version"}),
              HasSubstr("--version cannot be combined with"));
}

TEST(OptionsTest, HasHelpThatNamesEveryOption) {
  for (const char* name : {"--config", "--check-config", "--print-pipeline", "--version", "--help"})
    EXPECT_THAT(usage(), HasSubstr(name));
}

TEST(ExitCodeTest, IsOneOfSysexits) {
  EXPECT_EQ(exit_code(Errc::invalid), EX_CONFIG);
  EXPECT_EQ(exit_code(Errc::not_found), EX_NOINPUT);
  EXPECT_EQ(exit_code(Errc::busy), EX_TEMPFAIL);
  EXPECT_EQ(exit_code(Errc::unavailable), EX_UNAVAILABLE);
  EXPECT_EQ(exit_code(Errc::internal), EX_SOFTWARE);
  EXPECT_EQ(exit_code(Errc::no_stream), EX_SOFTWARE);
  EXPECT_EQ(exit_code(Errc::unsupported), EX_SOFTWARE);
  EXPECT_EQ(exit_code(Errc::conflict), EX_SOFTWARE);
}

} // namespace
} // namespace fanlight
