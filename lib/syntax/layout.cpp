#include "syntax/layout.hpp"

#include <algorithm>

#include "syntax/print_expression.hpp"

namespace adavi::syntax {
namespace {

constexpr std::size_t widest = 100;
constexpr std::size_t continuation = 4;  // blanks before the rest of a broken line

std::size_t columns(const std::string& text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](unsigned char c) { return (c & 0xC0) != 0x80; }));
}

}  // namespace

void Layout::code(const std::string& text) {
  const std::string margin(2 * depth_, ' ');
  std::string line = margin;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(soft_break, begin), text.size());
    const bool fresh = begin == 0;
    if (!fresh && line.size() + 1 + (end - begin) > widest) {
      lines_.push_back({line, ""});
      line = margin + std::string(continuation, ' ');
    } else if (!fresh) {
      line += ' ';
    }
    line += text.substr(begin, end - begin);
    begin = end + 1;
  }
  lines_.push_back({line, ""});
}

void Layout::comment(const std::string& text) { lines_.push_back({std::string(2 * depth_, ' ') + text, ""}); }

void Layout::trailing_comment(const std::string& text) {
  std::string& comment = lines_.back().comment;
  comment += (comment.empty() ? "" : " ") + text;
}

void Layout::empty_line() {
  if (!lines_.empty() && !lines_.back().code.empty()) lines_.push_back({});
}

std::string Layout::text() const {
  std::string all;
  for (std::size_t begin = 0, end = 0; begin < lines_.size(); begin = end) {
    // A run of lines that all have a comment behind them, or one line that has none.
    std::size_t widest_code = 0;
    for (end = begin; end < lines_.size() && !lines_[end].comment.empty(); ++end) {
      widest_code = std::max(widest_code, columns(lines_[end].code));
    }
    if (end == begin) {
      all += lines_[end++].code + "\n";
      continue;
    }
    for (std::size_t i = begin; i < end; ++i) {
      all += lines_[i].code + std::string(widest_code - columns(lines_[i].code) + 2, ' ') + lines_[i].comment + "\n";
    }
  }
  return all;
}

}  // namespace adavi::syntax
