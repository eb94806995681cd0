#pragma once
#include <string>
#include <vector>

#include "syntax/ast.hpp"
#include "syntax/reporter.hpp"

namespace adavi::syntax {

/// A text as the grammar reads it: as long as the source, with blanks in place of comments and of characters that mean
/// nothing, so that every offset is still the source's.
struct Scanned {
  std::string text;
  std::vector<ast::Comment> comments;
  std::vector<std::uint32_t> strays;  ///< where runs of meaningless characters begin, ascending
  bool cut_off = false;               ///< a comment without an end has swallowed the rest, or brackets nest too deep

  /// Whether what is read at an offset is spoilt by a stray character or a cut, which is reported already.
  bool spoilt(std::uint32_t offset) const;
};

/// Takes out the comments, reports stray characters, and sees that brackets do not nest too deep for a recursive
/// parser.
Scanned scan(const SourceFile& source, Reporter& reporter);

}  // namespace adavi::syntax
