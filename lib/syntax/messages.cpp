#include "syntax/messages.hpp"

#include <cstdio>

#include "diagnostics/wording.hpp"
#include "syntax/limits.hpp"

namespace adavi::syntax {

using namespace wording;

namespace {

// `U+00B5`, or `byte 0xFF` where the text is not UTF-8.
std::string code_of(CodePoint point) {
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, point.valid ? "U+%04X" : "byte 0x%02X", static_cast<unsigned>(point.value));
  return buffer;
}

}  // namespace

Diagnostic text_too_long(std::size_t bytes) {
  return error("text-too-long", {},
               "the text has " + std::to_string(bytes) + " bytes; a model may have " + std::to_string(largest_text));
}

Diagnostic nested_too_deep(Span at) {
  return error("nested-too-deep", at, "nested deeper than " + std::to_string(deepest_nesting));
}

Diagnostic too_many_nodes(Span at) {
  return error("model-too-large", at, "the model has more than " + std::to_string(most_nodes) + " terms",
               "large tables belong in the file of --data");
}

Diagnostic too_many_terms(Span op) {
  return error("expression-too-long", op,
               "an expression chains more than " + std::to_string(highest_tree) + " operations",
               "split it with derived quantities: 'real part = ...;'");
}

Diagnostic too_many_errors(Span at) { return error("too-many-errors", at, "too many errors; the rest is not read"); }

Diagnostic stray_character(Span run, CodePoint first) {
  if (!first.valid) return error("stray-character", run, "the text is not UTF-8 here (" + code_of(first) + ")");
  const bool letter = (first.value >= 0xC0 && first.value < 0x2000) || first.value == 0xB5;
  const bool dash = (first.value >= 0x2010 && first.value <= 0x2015) || first.value == 0x2212;
  const bool quote = first.value >= 0x2018 && first.value <= 0x201F;
  const bool blank = first.value == 0xA0 || (first.value >= 0x2000 && first.value <= 0x200B) || first.value == 0x3000;
  return error("stray-character", run, "the character " + code_of(first) + " has no meaning here",
               letter  ? "names are written with the letters a-z, A-Z, digits and '_'"
               : blank ? "it looks like a blank; write an ordinary one"
               : dash  ? "it looks like '-'; write an ordinary one"
               : quote ? "there are no strings in a model"
                       : "");
}

Diagnostic unterminated_comment(Span opening) {
  return error("unterminated-comment", opening, "the comment that begins here has no end", "close it with '*/'");
}

Diagnostic hash_is_no_comment(Span hash, std::string_view comment) {
  if (comment.substr(0, 8) == "#include") {
    return error("hash-comment", hash, "a model is one file: there is no '#include'", "copy the text in");
  }
  return error("hash-comment", hash, "'#' begins no comment", "write '//'");
}

Diagnostic integer_out_of_range(Span literal, std::string_view digits) {
  const std::string shown = digits.size() > 40 ? std::string(digits.substr(0, 37)) + "..." : std::string(digits);
  return error("number-out-of-range", literal, "the integer " + shown + " does not fit in 64 bits",
               "write it as a real number, with a '.' or an exponent");
}

Diagnostic real_out_of_range(Span literal, std::string_view digits) {
  const std::string shown = digits.size() > 40 ? std::string(digits.substr(0, 37)) + "..." : std::string(digits);
  return error("number-out-of-range", literal, "the number " + shown + " is outside the range of double precision");
}

Diagnostic letters_behind_number(Span letters, const std::string& found) {
  return error("malformed-number", letters, "a number cannot be followed by " + found,
               "names begin with a letter; a product needs its '*'");
}

Diagnostic reserved_name(Span word, std::string_view name) {
  return error("reserved-name", word, quoted(name) + " is a word of the language and cannot be a name",
               "choose another, such as " + quoted(std::string(name) + "_"));
}

Diagnostic reserved_in_expression(Span word, std::string_view name) {
  return error("reserved-name", word, quoted(name) + " is a word of the language and cannot stand in an expression");
}

Diagnostic name_with_underscores(Span word, std::string_view name) {
  return error("malformed-name", word, quoted(name) + " cannot be a name",
               "a name begins with a letter and does not end with '__'");
}

Diagnostic expected(Span at, const std::string& what, const std::string& found, const std::string& help) {
  return error("unexpected-token", at, "expected " + what + ", found " + found, help);
}

Diagnostic string_literal(Span quote) { return error("string", quote, "there are no strings in a model"); }

Diagnostic named_argument(Span equals) {
  return error("named-argument", equals, "arguments are given by their order, not by name",
               "leave 'name =' out: normal(0, 1)");
}

Diagnostic expected_semicolon(Span after, const std::string& found, bool add_it) {
  return error("missing-semicolon", after, "expected ';', found " + found, add_it ? "add ';'" : "");
}

Diagnostic expected_closing(Span at, const std::string& what, const std::string& found, std::optional<Span> opening) {
  Diagnostic diagnostic = error("unclosed-bracket", at, "expected " + what + ", found " + found);
  if (opening) diagnostic.notes.push_back({opening, "opened here"});
  return diagnostic;
}

Diagnostic unmatched_closing(Span at, const std::string& found) {
  return error("unmatched-bracket", at, found + " closes nothing");
}

Diagnostic foreign_operator(Span at, const std::string& op) {
  std::string help;
  if (op == "'!'" || op == "'?'" || op == "'&&'" || op == "'||'" || op.find_first_of("=<>") != std::string::npos) {
    help = "expressions compute numbers; they do not compare or choose";
  }
  if (op == "'''") help = "a' * b is dot_product(a, b); L * L' is multiply_lower_tri_self_transpose(L)";
  if (op == "'.^'") help = "'^' works element by element";
  if (op == "'**'") help = "a power is written x ^ 2";
  if (op == "'%*%'") help = "a matrix product is written A * x";
  if (op == "'|'") help = "separate a distribution's arguments with ','";
  return error("unknown-operator", at, op + " is not an operator of the language", help);
}

Diagnostic empty_index(Span brackets) {
  return error("empty-index", brackets, "the index is empty", "write '[:]' for all, or leave the brackets out");
}

Diagnostic unknown_type(Span word, std::string_view name, const std::optional<std::string>& meant) {
  return error("unknown-type", word, quoted(name) + " is not a type",
               meant_or(meant,
                        "the types are real, int, vector, matrix, simplex, ordered, positive_ordered, unit_vector, "
                        "cov_matrix, corr_matrix, cholesky_factor_corr and array[...]"));
}

Diagnostic foreign_type(Span word, std::string_view name) {
  std::string help;
  if (name == "row_vector") help = "use 'vector', and dot_product(x, y) for a row times a column";
  if (name == "cholesky_factor_cov") help = "scale a 'cholesky_factor_corr' with diag_pre_multiply(scales, L)";
  return error("unknown-type", word, "Stan's type " + quoted(name) + " is not in the language", help);
}

Diagnostic sizes_in_parentheses(Span at, const std::string& type, const std::string& sizes) {
  return error("sizes-in-parentheses", at, "sizes stand in square brackets", "write '" + type + "[" + sizes + "]'");
}

Diagnostic missing_type(Span at, const std::string& after, const std::string& found, const std::string& example) {
  return error("missing-type", at, "expected a type after " + after + ", found " + found, "write '" + example + "'");
}

Diagnostic nested_array(Span word) {
  return error("nested-array", word, "an array of arrays is one array with several sizes",
               "write 'array[2, 3] real' for 'array[2] array[3] real'");
}

Diagnostic scalar_with_sizes(Span at, const std::string& scalar, const std::string& sizes, const std::string& bounds) {
  return error("scalar-with-sizes", at, quoted(scalar) + " has no size",
               "write 'array" + sizes + " " + scalar + bounds + "'");
}

Diagnostic sizes_behind_name(Span at, const std::string& name, const std::string& replacement) {
  return error("sizes-behind-name", at, "sizes stand in the type, not behind the name " + quoted(name),
               replacement.empty() ? "put them between the brackets of 'array[...]'" : "write " + quoted(replacement));
}

Diagnostic bounds_behind_sizes(Span at) {
  return error("bounds-behind-sizes", at, "bounds stand before the sizes", "write 'vector<lower=0>[3] x'");
}

Diagnostic unknown_bound(Span at, const std::string& found) {
  const bool affine = found == "'offset'" || found == "'multiplier'";
  return error("unknown-bound", at, "expected 'lower' or 'upper', found " + found,
               affine ? "leave it out: the fit does not depend on how a variable is scaled"
                      : "bounds are written 'real<lower=0, upper=1>'");
}

Diagnostic repeated_bound(Span at, const std::string& which) {
  return error("repeated-bound", at, "the " + which + " bound is given twice");
}

}  // namespace adavi::syntax
