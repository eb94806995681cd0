#include "cli/usage.hpp"

#include <CLI/CLI.hpp>
#include <cmath>
#include <cstdlib>
#include <vector>

#include "diagnostics/suggest.hpp"

namespace adavi {
namespace {

/// The subcommand that was given, or the program.
const CLI::App& chosen(const CLI::App& program) {
  const auto commands = program.get_subcommands();
  return commands.empty() ? program : *commands.front();
}

std::string full_name(const CLI::App& program, const CLI::App& command) {
  return &command == &program ? program.get_name() : program.get_name() + " " + command.get_name();
}

std::vector<std::string> option_names(const CLI::App& command) {
  std::vector<std::string> names;
  for (const CLI::Option* option : command.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
  return names;
}

std::vector<std::string> command_names(const CLI::App& program) {
  std::vector<std::string> names;
  for (const CLI::App* command : program.get_subcommands(nullptr)) names.push_back(command->get_name());
  return names;
}

std::string suggestion(const std::string& word, const std::vector<std::string>& candidates) {
  const auto nearest = did_you_mean(word, candidates);
  return nearest ? "; did you mean '" + *nearest + "'?" : "";
}

/// Options first: what follows an unknown option is left over because of it.
std::string leftover(const std::vector<std::string>& remaining) {
  for (const std::string& word : remaining)
    if (word.size() > 1 && word.front() == '-') return word.substr(0, word.find('='));
  return remaining.empty() ? "" : remaining.front();
}

std::string wrong_word(const CLI::App& program, const CLI::App& command, const std::string& word) {
  if (word.front() == '-') return "unknown option '" + word + "'" + suggestion(word, option_names(command));
  if (&command == &program) return "unknown command '" + word + "'" + suggestion(word, command_names(program));
  return "unexpected argument '" + word + "'";
}

}  // namespace

Failure usage_failure(const CLI::App& program, const CLI::ParseError& error) {
  const CLI::App& command = chosen(program);
  const std::string word = leftover(program.remaining(true));
  std::string message = word.empty() ? error.what() : wrong_word(program, command, word);
  if (word.empty() && &command == &program) message = "a command is needed";
  return {ExitStatus::usage, message + "\n  help: see '" + full_name(program, command) + " --help'"};
}

double parse_duration(const std::string& text, const std::string& option) {
  char* end = nullptr;
  const double number = std::strtod(text.c_str(), &end);
  const std::string unit = end;
  const double seconds = number * (unit == "h" ? 3600 : unit == "m" ? 60 : 1);
  const bool known = unit.empty() || unit == "s" || unit == "m" || unit == "h";
  if (end == text.c_str() || !known || !std::isfinite(seconds) || seconds <= 0)
    throw Failure(ExitStatus::usage, option + ": expected a time such as 60s, 2m or 1h, found '" + text + "'");
  return seconds;
}

}  // namespace adavi
