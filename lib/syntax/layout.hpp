#pragma once
#include <string>
#include <vector>

namespace adavi::syntax {

/// Part of a statement's text, behind which its line may be broken.
struct Piece {
  std::string text;
  int rank = 0;         ///< of the break behind it: the lowest is broken first, `always_broken` always
  std::string comment;  ///< behind its line, which ends here
};

constexpr int always_broken = -1;

/// Lines of code with comments behind them, indented by blocks.
class Layout {
 public:
  void indent() { ++depth_; }
  void outdent() { --depth_; }
  /// A line of code, broken between its pieces where it is too long; the rest is indented further.
  void code(const std::vector<Piece>& pieces);
  /// A comment on its own line. Where it begins a line of the source, `column` says how far that was indented, and its
  /// further lines move with the first; otherwise it is negative.
  void comment(const std::string& text, long column);
  /// A comment behind the last line.
  void trailing_comment(const std::string& text);
  /// An empty line, unless at the beginning or behind another one.
  void empty_line();
  /// Everything, with the comments behind neighbouring lines aligned.
  std::string text() const;

 private:
  struct Line {
    std::string code;
    std::string comment;
  };

  std::string margin() const { return std::string(2 * depth_, ' '); }

  std::vector<Line> lines_;
  std::size_t depth_ = 0;
};

}  // namespace adavi::syntax
