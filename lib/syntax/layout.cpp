#include "syntax/layout.hpp"

#include <algorithm>

namespace adavi::syntax {
namespace {

constexpr std::size_t widest = 100;
constexpr std::size_t continuation = 4;  // blanks before the rest of a broken line

// Of the last line of a text; code points count once.
std::size_t columns(const std::string& text) {
  const std::size_t begin = text.rfind('\n') + 1;  // 0 where there is one line
  return static_cast<std::size_t>(std::count_if(text.begin() + static_cast<long>(begin), text.end(),
                                                [](unsigned char c) { return (c & 0xC0) != 0x80; }));
}

// One past the last piece of the line that begins with the piece `begin`.
std::size_t end_of_line(const std::vector<Piece>& pieces, std::size_t begin, std::size_t indentation) {
  std::string line = std::string(indentation, ' ');
  std::size_t best = begin + 1;
  for (std::size_t i = begin; i < pieces.size(); ++i) {
    line += (i > begin ? " " : "") + pieces[i].text;
    if (i > begin && columns(line) > widest) return best;
    if (pieces[i].rank == always_broken || i + 1 == pieces.size()) return i + 1;
    if (pieces[i].rank <= pieces[best - 1].rank) best = i + 1;
  }
  return best;
}

// Moves the lines behind the first one by a number of columns.
std::string shifted(const std::string& text, long columns) {
  std::string moved;
  for (std::size_t i = 0; i < text.size(); ++i) {
    moved += text[i];
    if (text[i] != '\n') continue;
    for (long left = -columns; left > 0 && i + 1 < text.size() && (text[i + 1] == ' ' || text[i + 1] == '\t'); --left)
      ++i;
    if (columns > 0 && i + 1 < text.size() && text[i + 1] != '\n')
      moved += std::string(static_cast<std::size_t>(columns), ' ');
  }
  return moved;
}

}  // namespace

void Layout::code(const std::vector<Piece>& pieces) {
  std::string line = margin();
  for (std::size_t begin = 0, end = 0; begin < pieces.size(); begin = end) {
    end = end_of_line(pieces, begin, line.size());
    for (std::size_t i = begin; i < end; ++i) line += (i > begin ? " " : "") + pieces[i].text;
    lines_.push_back({line, pieces[end - 1].comment});
    line = margin() + std::string(continuation, ' ');
  }
}

void Layout::comment(const std::string& text, long column) {
  const long moves = column < 0 ? 0 : static_cast<long>(2 * depth_) - column;
  lines_.push_back({margin() + shifted(text, moves), ""});
}

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
