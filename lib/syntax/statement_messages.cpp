#include "diagnostics/wording.hpp"
#include "syntax/messages.hpp"

/// Wording of mistakes in statements and blocks; that of characters, expressions and types is in messages.cpp.
namespace adavi::syntax {

using namespace wording;

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

Diagnostic unknown_statement(Span word, std::string_view name, const std::optional<std::string>& meant) {
  return error("unknown-statement", word, quoted(name) + " begins no statement",
               meant_or(meant, "before a type stand 'observed', 'covariate' or nothing"));
}

Diagnostic role_behind_type(Span word, std::string_view role) {
  return error("role-behind-type", word, quoted(role) + " stands before the type",
               "write '" + std::string(role) + " real x'");
}

Diagnostic second_type(Span word, std::string_view type) {
  return error("second-type", word, "a second type, " + quoted(type), "a variable has one type");
}

Diagnostic plate_without_word(Span name, std::string_view text) {
  return error("plate-without-word", name, "expected 'plate', found " + quoted(text),
               "write 'plate " + std::string(text) + "[...] { ... }'");
}

Diagnostic drawn_again(Span name, std::string_view text, Span declared) {
  return with_note(error("drawn-again", name, quoted(text) + " is drawn a second time",
                         "a variable has one distribution; further factors of a density are not in the language"),
                   declared, quoted(text) + " is declared here");
}

Diagnostic assigned_again(Span name, std::string_view text, std::optional<Span> declared) {
  Diagnostic diagnostic = error("assigned-again", name, quoted(text) + " has one value and cannot be changed",
                                "give the new value a name of its own: real " + std::string(text) + "_2 = ...;");
  if (declared) diagnostic.notes.push_back({declared, quoted(text) + " is declared here"});
  return diagnostic;
}

Diagnostic plate_form(Span at, const std::string& what, const std::string& found) {
  return expected(at, what, found, "a plate is written 'plate obs[10] { ... }'");
}

Diagnostic several_plate_sizes(Span comma) {
  return error("several-plate-sizes", comma, "a plate has one size",
               "nest a plate in a plate: plate row[3] { plate column[4] { ... } }");
}

Diagnostic drawn_without_type(Span name, std::string_view text, const std::string& statement) {
  return error("missing-type", name, quoted(text) + " is drawn without a type",
               "a variable is declared where it is drawn: " + statement);
}

Diagnostic constant_drawn(Span name, std::string_view text, Span declared, const std::string& example) {
  return with_note(error("constant-drawn", name, quoted(text) + " is a constant and cannot be drawn",
                         "what is observed is declared where it is drawn: " + example),
                   declared, "declared here; take this line out of the data block");
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

Diagnostic truncation_mark(Span mark, const std::string& text) {
  return error("truncation-mark", mark, "a distribution is not truncated by " + quoted(text),
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

Diagnostic outside_block(Span at, std::optional<Span> block_end) {
  if (!block_end) {
    return error("outside-block", at, "a statement stands outside of the blocks",
                 "write constants in 'data { ... }' and everything else in 'model { ... }'");
  }
  return with_note(error("outside-block", at, "a statement stands behind the end of the block",
                         "move the '}' behind what belongs to the block"),
                   *block_end, "the block ends here");
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
  return with_note(error("second-block", word, "a second " + quoted(name) + " block", "join the two"), first,
                   "the first one is here");
}

Diagnostic data_behind_model(Span word, Span model) {
  return with_note(error("block-order", word, "the data block must stand before the model block", "move it up"), model,
                   "the model block is here");
}

Diagnostic model_in_data(Span word, Span data) {
  return with_note(error("block-order", word, "the model block must stand behind the data block, not in it",
                         "move the '}' that ends the data block to here"),
                   data, "the data block is here");
}

Diagnostic no_model_block(Span end) {
  return error("no-model-block", end, "there is no model block", "write 'model { ... }'");
}

}  // namespace adavi::syntax
