#include "syntax/messages.hpp"

#include <cstdio>

#include "syntax/limits.hpp"

namespace adavi::syntax {
namespace {

Diagnostic error(const char* code, Span span, std::string message, std::string help = "") {
  return {Severity::error, code, span, std::move(message), {}, std::move(help)};
}

std::string quoted(std::string_view text) { return "'" + std::string(text) + "'"; }

std::string meant_or(const std::optional<std::string>& meant, const char* otherwise) {
  return meant ? "did you mean " + quoted(*meant) + "?" : otherwise;
}

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
  const bool blank = first.value == 0xA0 || (first.value >= 0x2000 && first.value <= 0x200B) || first.value == 0x3000;
  return error("stray-character", run, "the character " + code_of(first) + " has no meaning here",
               letter  ? "names are written with the letters a-z, A-Z, digits and '_'"
               : blank ? "it looks like a blank; write an ordinary one"
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

Diagnostic expected(Span at, const std::string& what, const std::string& found) {
  return error("unexpected-token", at, "expected " + what + ", found " + found);
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
  if (op == "'''") help = "the product a' * b is dot_product(a, b)";
  if (op == "'.^'") help = "'^' works element by element";
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
  if (name == "row_vector") help = "use 'vector'";
  if (name == "cholesky_factor_cov") help = "scale a 'cholesky_factor_corr' with diag_pre_multiply(scales, L)";
  return error("unknown-type", word, "Stan's type " + quoted(name) + " is not in the language", help);
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
               affine ? "leave it out: the fit does not depend on how a variable is scaled" : "");
}

Diagnostic repeated_bound(Span at, const std::string& which) {
  return error("repeated-bound", at, "the " + which + " bound is given twice");
}

Diagnostic several_names(Span comma) {
  return error("several-names", comma, "a statement declares one variable", "give each its own statement");
}

Diagnostic arrow_assignment(Span arrow, bool in_data) {
  return error("arrow-assignment", arrow, "'<-' does not assign", in_data ? "write '='" : "write '=', or '~' to draw");
}

Diagnostic undrawn(Span name, std::string_view text, const std::string& example) {
  return error("missing-distribution", name, quoted(text) + " is declared but not drawn",
               "declare it where it is drawn: " + example);
}

Diagnostic observed_but_computed(Span equals, std::string_view name) {
  return error("observed-but-computed", equals, "the observed " + quoted(name) + " must be drawn with '~'",
               "a derived quantity has no 'observed'");
}

Diagnostic observed_but_undrawn(Span name, std::string_view text, const std::string& example) {
  return error("missing-distribution", name, "the observed " + quoted(text) + " has no distribution",
               "write: " + example);
}

Diagnostic drawn_without_type(Span name, std::string_view text, const std::string& statement) {
  return error("missing-type", name, quoted(text) + " is drawn without a type",
               "a variable is declared where it is drawn: " + statement);
}

Diagnostic constant_drawn(Span name, std::string_view text, Span declared, const std::string& example) {
  Diagnostic diagnostic = error("constant-drawn", name, quoted(text) + " is a constant and cannot be drawn",
                                "what is observed is declared where it is drawn: " + example);
  diagnostic.notes.push_back({declared, "declared here; take this line out of the data block"});
  return diagnostic;
}

Diagnostic computed_without_type(Span name, std::string_view text, const std::string& example) {
  return error("missing-type", name, quoted(text) + " has no type", "write its type: " + example);
}

Diagnostic element_drawn(Span name, std::string_view text) {
  return error("element-drawn", name, "an element of " + quoted(text) + " is drawn by itself",
               "draw the whole variable where it is declared; a plate repeats it: plate i[N] { real " +
                   std::string(text) + " ~ ...; }");
}

Diagnostic target_increment(Span word) {
  return error("target-increment", word, "there is no 'target'",
               "draw each variable from a distribution; 'mixture' sums a discrete choice out");
}

Diagnostic loop(Span word, std::string_view name) {
  return error("loop", word, "there is no " + quoted(name),
               "a plate repeats what is in it: plate i[N] { real x ~ normal(0, 1); }");
}

Diagnostic branch(Span word, std::string_view name) {
  return error("branch", word, "there is no " + quoted(name), "'mixture' draws from one of several distributions");
}

Diagnostic called_as_statement(Span word, std::string_view name) {
  return error("call-as-statement", word, "a call such as " + quoted(name) + " is no statement",
               "a statement declares a variable: real x ~ normal(0, 1);");
}

Diagnostic truncation_mark(Span mark) {
  return error("truncation-mark", mark, "a distribution is not truncated by 'T[...]'",
               "declare the bounds: real<lower=0> x ~ normal(0, 1);");
}

Diagnostic drawn_in_data(Span tilde, std::string_view name) {
  return error("drawn-in-data", tilde, quoted(name) + " is drawn in the data block",
               "a constant takes its value with '='; what is drawn belongs in the model block");
}

Diagnostic only_in_model(Span word, std::string_view name) {
  return error("only-in-model", word, quoted(name) + " belongs in the model block",
               "the data block holds constants: int<lower=1> N = 10;");
}

Diagnostic foreign_block(Span word, const std::string& name) {
  return error("foreign-block", word, "there is no " + quoted(name) + " block",
               name == "functions"          ? "write the expression where it is used"
               : name == "transformed data" ? "give a constant of the data block its value: real s2 = square(s);"
               : name == "parameters"
                   ? "declare each variable in the model block where it is drawn: real mu ~ normal(0, 1);"
                   : "write derived quantities in the model block: real s2 = square(s);");
}

Diagnostic unknown_block(Span word, std::string_view name, const std::optional<std::string>& meant) {
  return error("unknown-block", word, "there is no " + quoted(name) + " block",
               meant_or(meant, "a file holds 'data { ... }' and 'model { ... }'"));
}

Diagnostic outside_block(Span at) {
  return error("outside-block", at, "a statement stands outside of the blocks",
               "write constants in 'data { ... }' and everything else in 'model { ... }'");
}

Diagnostic expected_block(Span at, const std::string& found) {
  return error("unexpected-token", at, "expected 'data' or 'model', found " + found);
}

Diagnostic unclosed_block(Span at, const std::string& found, std::optional<Span> opening) {
  Diagnostic diagnostic = error("unclosed-block", at, "expected '}', found " + found, "add '}'");
  if (opening) diagnostic.notes.push_back({opening, "opened here"});
  return diagnostic;
}

Diagnostic second_block(Span word, const std::string& name, Span first) {
  Diagnostic diagnostic = error("second-block", word, "a second " + quoted(name) + " block");
  diagnostic.notes.push_back({first, "the first one is here"});
  return diagnostic;
}

Diagnostic data_behind_model(Span word, Span model) {
  Diagnostic diagnostic = error("block-order", word, "the data block stands before the model block");
  diagnostic.notes.push_back({model, "the model block is here"});
  return diagnostic;
}

Diagnostic no_model_block(Span end) {
  return error("no-model-block", end, "there is no model block", "write 'model { ... }'");
}

}  // namespace adavi::syntax
