#include "syntax/parser.hpp"

#include <cctype>

#include "../../grammar/hbm_grammar.hpp"
#include "syntax/limits.hpp"
#include "syntax/messages.hpp"
#include "syntax/scan.hpp"
#include "syntax/tree_builder.hpp"

namespace adavi {
namespace {

namespace grammar = adavi::grammar;
namespace pegtl = tao::pegtl;
using syntax::Expected;
using syntax::ExpressionBuilder;
using syntax::TreeBuilder;

// The state of a run: the builder, and the text's first byte to count offsets from.
struct Run {
  TreeBuilder& builder;
  const char* begin;

  std::uint32_t offset(const char* at) const { return static_cast<std::uint32_t>(at - begin); }
};

// A rule takes the blanks behind its tokens; a span does not.
template <typename ActionInput>
Span span_of(const ActionInput& in, const Run& run) {
  const char* end = in.end();
  while (end > in.begin() && std::isspace(static_cast<unsigned char>(end[-1])) != 0) --end;
  return {run.offset(in.begin()), run.offset(end)};
}

template <auto Method>
struct tells;

template <void (TreeBuilder::*Method)(Span)>
struct tells<Method> {
  template <typename ActionInput>
  static void apply(const ActionInput& in, Run& run) {
    (run.builder.*Method)(span_of(in, run));
  }
};

template <void (ExpressionBuilder::*Method)(Span)>
struct tells<Method> {
  template <typename ActionInput>
  static void apply(const ActionInput& in, Run& run) {
    (run.builder.expressions().*Method)(span_of(in, run));
  }
};

template <typename Rule>
struct action : pegtl::nothing<Rule> {};

using E = ExpressionBuilder;
using T = TreeBuilder;
namespace g = grammar;
// clang-format off
template <> struct action<g::integer_number> : tells<&E::integer> {};
template <> struct action<g::real_number> : tells<&E::real> {};
template <> struct action<g::used_name> : tells<&E::name> {};
template <> struct action<g::prefix_operator> : tells<&E::prefix_operator> {};
template <> struct action<g::infix_operator> : tells<&E::infix_operator> {};
template <> struct action<g::expression> : tells<&E::end_expression> {};
template <> struct action<g::group_open> : tells<&E::open> {};
template <> struct action<g::group_close> : tells<&E::close_group> {};
template <> struct action<g::call_open> : tells<&E::open> {};
template <> struct action<g::call_close> : tells<&E::close_call> {};
template <> struct action<g::brace_open> : tells<&E::open> {};
template <> struct action<g::brace_close> : tells<&E::close_list> {};
template <> struct action<g::bracket_open> : tells<&E::open> {};
template <> struct action<g::bracket_close> : tells<&E::close_list> {};
template <> struct action<g::index_open> : tells<&E::open> {};
template <> struct action<g::index_colon> : tells<&E::colon> {};
template <> struct action<g::index_entry> : tells<&E::end_index> {};
template <> struct action<g::index_close> : tells<&E::close_index> {};

template <> struct action<g::unknown_type> : tells<&T::unknown_type> {};
template <> struct action<g::misspelt_plate> : tells<&T::misspelt_plate> {};
template <> struct action<g::forgotten_plate> : tells<&T::forgotten_plate> {};
template <> struct action<g::second_type> : tells<&T::second_type> {};
template <> struct action<g::misplaced_role> : tells<&T::misplaced_role> {};
template <> struct action<g::broken_statement> : tells<&T::lose> {};
template <> struct action<g::broken_constant> : tells<&T::lose> {};
template <> struct action<g::broken_header> : tells<&T::lose> {};
template <> struct action<g::broken_block> : tells<&T::lose> {};

template <> struct action<g::type_name> : tells<&T::type_base> {};
template <> struct action<g::array_open> : tells<&T::open_sizes> {};
template <> struct action<g::array_close> : tells<&T::array_sizes> {};
template <> struct action<g::sizes_open> : tells<&T::open_sizes> {};
template <> struct action<g::sizes_close> : tells<&T::type_sizes> {};
template <> struct action<g::lower_bound> : tells<&T::lower_bound> {};
template <> struct action<g::upper_bound> : tells<&T::upper_bound> {};
template <> struct action<g::type> : tells<&T::end_type> {};

template <> struct action<g::begin_statement> : tells<&T::begin_statement> {};
template <> struct action<g::word_observed> : tells<&T::role_observed> {};
template <> struct action<g::word_covariate> : tells<&T::role_covariate> {};
template <> struct action<g::declared_name> : tells<&T::declare> {};
template <> struct action<g::distribution> : tells<&T::end_value> {};
template <> struct action<g::derived_value> : tells<&T::derived_value> {};
template <> struct action<g::default_value> : tells<&T::end_value> {};
template <> struct action<g::semicolon_assumed> : tells<&T::assume_semicolon> {};
template <> struct action<g::latent_or_derived> : tells<&T::end_variable> {};
template <> struct action<g::observed> : tells<&T::end_variable> {};
template <> struct action<g::covariate> : tells<&T::end_variable> {};
template <> struct action<g::constant> : tells<&T::end_constant> {};

template <> struct action<g::plate_name> : tells<&T::name_plate> {};
template <> struct action<g::plate_open> : tells<&T::open_sizes> {};
template <> struct action<g::plate_close> : tells<&T::size_plate> {};
template <> struct action<g::plate_begin> : tells<&T::open_plate> {};
template <> struct action<g::plate_end> : tells<&T::close_plate> {};

template <> struct action<g::begin_block> : tells<&T::begin_block> {};
template <> struct action<g::data_word> : tells<&T::data_word> {};
template <> struct action<g::model_word> : tells<&T::model_word> {};
template <> struct action<g::data_in_model> : tells<&T::back_in_model> {};
template <> struct action<g::block_open> : tells<&T::open_block> {};
template <> struct action<g::block_close> : tells<&T::close_block> {};

// What it means that a `must` fails.
template <typename Rule> constexpr Expected expectation = Expected::expression;
template <> constexpr Expected expectation<g::unreadable_header> = Expected::nothing;
template <> constexpr Expected expectation<g::no_block> = Expected::block;
template <> constexpr Expected expectation<g::no_constant> = Expected::constant;
template <> constexpr Expected expectation<g::no_statement> = Expected::statement;
template <> constexpr Expected expectation<g::token<g::block_open>> = Expected::block_open;
template <> constexpr Expected expectation<g::type> = Expected::type;
template <> constexpr Expected expectation<g::element_type> = Expected::type;
template <> constexpr Expected expectation<g::token<g::declared_name>> = Expected::name;
template <> constexpr Expected expectation<g::draw_or_value> = Expected::draw_or_value;
template <> constexpr Expected expectation<g::observed_draw> = Expected::observed_draw;
template <> constexpr Expected expectation<g::distribution> = Expected::distribution;
template <> constexpr Expected expectation<g::arguments> = Expected::arguments;
template <> constexpr Expected expectation<g::statement_end> = Expected::statement_end;
template <> constexpr Expected expectation<g::number_end> = Expected::number_end;
template <> constexpr Expected expectation<g::token<g::group_close>> = Expected::group_close;
template <> constexpr Expected expectation<g::token<g::call_close>> = Expected::call_close;
template <> constexpr Expected expectation<g::token<g::brace_close>> = Expected::brace_list_close;
template <> constexpr Expected expectation<g::token<g::bracket_close>> = Expected::bracket_list_close;
template <> constexpr Expected expectation<g::token<g::index_close>> = Expected::index_close;
template <> constexpr Expected expectation<g::token<g::sizes_close>> = Expected::sizes_close;
template <> constexpr Expected expectation<g::token<g::array_open>> = Expected::array_open;
template <> constexpr Expected expectation<g::token<g::array_close>> = Expected::array_close;
template <> constexpr Expected expectation<g::bound> = Expected::bound;
template <> constexpr Expected expectation<g::bounds_items> = Expected::bound;
template <> constexpr Expected expectation<g::token<g::bound_equals>> = Expected::bound_equals;
template <> constexpr Expected expectation<g::token<g::bounds_close>> = Expected::bounds_close;
template <> constexpr Expected expectation<g::token<g::plate_name>> = Expected::plate_name;
template <> constexpr Expected expectation<g::token<g::plate_open>> = Expected::plate_open;
template <> constexpr Expected expectation<g::token<g::plate_close>> = Expected::plate_close;
template <> constexpr Expected expectation<g::token<g::plate_begin>> = Expected::plate_begin;
// clang-format on

template <typename Rule>
struct control : pegtl::normal<Rule> {
  template <typename ParseInput>
  [[noreturn]] static void raise(const ParseInput& in, Run& run) {
    run.builder.give_up(expectation<Rule>, run.offset(in.current()));
    throw grammar::given_up{};
  }
};

}  // namespace

std::optional<ast::Model> parse_leniently(const SourceFile& source, Diagnostics& diagnostics) {
  if (source.text().size() > syntax::largest_text) {
    diagnostics.add(syntax::text_too_long(source.text().size()));
    return std::nullopt;
  }
  syntax::Reporter reporter(diagnostics);
  try {
    const syntax::Scanned scanned = syntax::scan(source, reporter);
    TreeBuilder builder(scanned, reporter);
    Run run{builder, scanned.text.data()};
    pegtl::memory_input<pegtl::tracking_mode::lazy> in(scanned.text, source.name());
    (void)pegtl::parse<grammar::file, action, control>(in, run);  // every failure is reported by `raise`
    ast::Model model = builder.finish();
    if (model.partial) diagnostics.sort();
    return model;
  } catch (const syntax::Stopped&) {
    diagnostics.sort();  // its cause is among them
    return std::nullopt;
  }
}

std::optional<ast::Model> parse(const SourceFile& source, Diagnostics& diagnostics) {
  std::optional<ast::Model> model = parse_leniently(source, diagnostics);
  if (model && model->partial) model.reset();
  return model;
}

}  // namespace adavi
