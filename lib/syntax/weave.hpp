#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "syntax/ast.hpp"
#include "syntax/layout.hpp"

namespace adavi::syntax {

/// A comment to put back.
struct PlacedComment {
  std::uint32_t begin = 0;  ///< in the source
  std::string text;
  bool own_line = false;  ///< no code stands on its lines

  bool ends_line() const { return text[1] == '/'; }
};

struct Woven {
  std::vector<Piece> pieces;
  std::size_t rest = 0;  ///< the first comment that stands before the last `;` or `{`, and belongs behind it
};

/// Puts comments back into a statement or a header of a block. `printed` is its canonical text with soft breaks, which
/// has the same words and numbers in the same order as `source`, the text without comments from its beginning to its
/// end at `span`. A comment comes behind the same token as in the source.
Woven weave(std::string_view source, Span span, const std::string& printed, const std::vector<PlacedComment>& comments);

}  // namespace adavi::syntax
