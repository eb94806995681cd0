#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "diagnostics/diagnostics.hpp"

/// What the parser says: one constructor for each mistake. All wording of the syntax stage is in messages.cpp.
namespace adavi::syntax {

// Limits.
Diagnostic text_too_long(std::size_t bytes);
Diagnostic nested_too_deep(Span at);
Diagnostic too_many_nodes(Span at);
Diagnostic too_many_terms(Span op);
Diagnostic too_many_errors(Span at);

// Characters and comments.
Diagnostic stray_character(Span run, CodePoint first);
Diagnostic unterminated_comment(Span opening);
Diagnostic hash_is_no_comment(Span hash, std::string_view comment);

// Numbers and names.
Diagnostic integer_out_of_range(Span literal, std::string_view digits);
Diagnostic real_out_of_range(Span literal, std::string_view digits);
Diagnostic letters_behind_number(Span letters, const std::string& found);
Diagnostic reserved_name(Span word, std::string_view name);
Diagnostic reserved_in_expression(Span word, std::string_view name);
Diagnostic name_with_underscores(Span word, std::string_view name);

// Something else was expected.
Diagnostic expected(Span at, const std::string& what, const std::string& found, const std::string& help = "");
Diagnostic string_literal(Span quote);
Diagnostic named_argument(Span equals);
Diagnostic expected_semicolon(Span after, const std::string& found, bool add_it);
/// `opening` is the bracket that waits for its other half.
Diagnostic expected_closing(Span at, const std::string& what, const std::string& found, std::optional<Span> opening);
Diagnostic unmatched_closing(Span at, const std::string& found);
Diagnostic foreign_operator(Span at, const std::string& op);
Diagnostic empty_index(Span brackets);

// Types.
Diagnostic unknown_type(Span word, std::string_view name, const std::optional<std::string>& meant);
Diagnostic foreign_type(Span word, std::string_view name);
Diagnostic sizes_in_parentheses(Span at, const std::string& type, const std::string& sizes);
Diagnostic missing_type(Span at, const std::string& after, const std::string& found, const std::string& example);
Diagnostic nested_array(Span word);
Diagnostic scalar_with_sizes(Span at, const std::string& scalar, const std::string& sizes, const std::string& bounds);
Diagnostic sizes_behind_name(Span at, const std::string& name, const std::string& replacement);
Diagnostic bounds_behind_sizes(Span at);
Diagnostic unknown_bound(Span at, const std::string& found);
Diagnostic repeated_bound(Span at, const std::string& which);

// Statements.
Diagnostic several_names(Span comma);
Diagnostic arrow_assignment(Span arrow, bool in_data);
Diagnostic undrawn(Span name, std::string_view text, const std::string& example);
Diagnostic observed_but_computed(Span equals, std::string_view name);
Diagnostic observed_but_undrawn(Span name, std::string_view text, const std::string& example);
Diagnostic unknown_statement(Span word, std::string_view name, const std::optional<std::string>& meant);
Diagnostic role_behind_type(Span word, std::string_view role);
Diagnostic second_type(Span word, std::string_view type);
Diagnostic plate_without_word(Span name, std::string_view text);
Diagnostic drawn_again(Span name, std::string_view text, Span declared);
Diagnostic assigned_again(Span name, std::string_view text, std::optional<Span> declared);
Diagnostic plate_form(Span at, const std::string& what, const std::string& found);
Diagnostic several_plate_sizes(Span comma);
Diagnostic drawn_without_type(Span name, std::string_view text, const std::string& statement);
Diagnostic constant_drawn(Span name, std::string_view text, Span declared, const std::string& example);
Diagnostic computed_without_type(Span name, std::string_view text, const std::string& example);
Diagnostic element_drawn(Span name, std::string_view text);
Diagnostic target_increment(Span word);
Diagnostic loop(Span word, std::string_view name);
Diagnostic branch(Span word, std::string_view name);
Diagnostic called_as_statement(Span word, std::string_view name);
Diagnostic truncation_mark(Span mark, const std::string& text);
Diagnostic drawn_in_data(Span tilde, std::string_view name);
Diagnostic only_in_model(Span word, std::string_view name);

// Blocks.
Diagnostic foreign_block(Span word, const std::string& name);
Diagnostic unknown_block(Span word, std::string_view name, const std::optional<std::string>& meant);
/// `block_end` is the brace that closed the last block.
Diagnostic outside_block(Span at, std::optional<Span> block_end);
Diagnostic expected_block(Span at, const std::string& found);
Diagnostic unclosed_block(Span at, const std::string& found, std::optional<Span> opening);
Diagnostic second_block(Span word, const std::string& name, Span first);
Diagnostic data_behind_model(Span word, Span model);
Diagnostic model_in_data(Span word, Span data);
Diagnostic no_model_block(Span end);

}  // namespace adavi::syntax
