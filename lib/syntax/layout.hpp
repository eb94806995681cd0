#pragma once
#include <string>
#include <vector>

namespace adavi::syntax {

/// Lines of code with comments behind them, indented by blocks.
class Layout {
 public:
  void indent() { ++depth_; }
  void outdent() { --depth_; }
  /// A line of code, broken at its soft breaks (print_expression.hpp) where it is too long.
  void code(const std::string& text);
  /// A comment on its own line.
  void comment(const std::string& text);
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

  std::vector<Line> lines_;
  std::size_t depth_ = 0;
};

}  // namespace adavi::syntax
