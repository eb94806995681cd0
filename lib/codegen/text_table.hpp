#pragma once
#include <string>
#include <vector>

namespace adavi {

/// Rows of text under a heading, columns aligned, as a person reads them.
class TextTable {
 public:
  /// Columns whose number is in `right` are aligned to the right (numbers).
  explicit TextTable(std::vector<std::string> heading, std::vector<std::size_t> right = {});

  /// A row with one cell a column.
  void add(std::vector<std::string> row);
  /// Lines with two blanks between columns, no blank at the end of a line; UTF-8 counts by code point.
  std::string to_string() const;

 private:
  std::vector<std::vector<std::string>> rows_;  ///< the heading first
  std::vector<bool> right_;
};

}  // namespace adavi
