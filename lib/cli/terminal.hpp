#pragma once
#include <string>

/// The two streams: results on stdout, everything else on stderr.
namespace adavi {

/// Makes sure that the three standard streams are open, and that a reader that went away or a file that may not grow is
/// an error where it is written, not a signal.
void prepare_streams();

/// `--color`: auto (a terminal, and no NO_COLOR), always or never.
void set_color(const std::string& when);
/// Whether stderr is coloured.
bool color_on_stderr();
/// Whether stderr is a terminal that can redraw a line.
bool interactive_stderr();

/// Writes to stdout. Failure(failed) if that cannot be done, with an empty message if the reader has gone.
void print(const std::string& text);
/// "warning: ..." on stderr.
void warn(const std::string& message);
/// "error: ..." on stderr.
void print_error(const std::string& message);
/// Text as it is on stderr.
void note(const std::string& text);

}  // namespace adavi
