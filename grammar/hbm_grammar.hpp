#pragma once
#include <tao/pegtl.hpp>

/// The `.hbm` language as PEGTL rules. They read a text whose comments and stray characters are already blanks.
/// Every token takes the blanks behind it. `must` marks where only one continuation is right: there the parser's
/// control reports what is wrong and throws `given_up`, and the nearest `try_catch_type` goes on behind the broken
/// statement.
namespace adavi::grammar {

using namespace tao::pegtl;

/// A statement is given up; its error is reported.
struct given_up {};
template <typename Rule>
struct attempt : try_catch_type<given_up, Rule> {};

struct gap : star<space> {};
template <typename Rule>
struct token : seq<Rule, gap> {};
template <char C>
struct symbol : token<one<C>> {};
struct comma : symbol<','> {};

// Words.
struct word_data : TAO_PEGTL_KEYWORD("data") {};
struct word_model : TAO_PEGTL_KEYWORD("model") {};
struct word_plate : TAO_PEGTL_KEYWORD("plate") {};
struct word_observed : TAO_PEGTL_KEYWORD("observed") {};
struct word_covariate : TAO_PEGTL_KEYWORD("covariate") {};
struct word_array : TAO_PEGTL_KEYWORD("array") {};
struct known_type
    : sor<TAO_PEGTL_KEYWORD("real"), TAO_PEGTL_KEYWORD("int"), TAO_PEGTL_KEYWORD("vector"), TAO_PEGTL_KEYWORD("matrix"),
          TAO_PEGTL_KEYWORD("simplex"), TAO_PEGTL_KEYWORD("ordered"), TAO_PEGTL_KEYWORD("positive_ordered"),
          TAO_PEGTL_KEYWORD("unit_vector"), TAO_PEGTL_KEYWORD("cov_matrix"), TAO_PEGTL_KEYWORD("corr_matrix"),
          TAO_PEGTL_KEYWORD("cholesky_factor_corr")> {};
struct reserved : sor<word_data, word_model, word_plate, word_observed, word_covariate, word_array, known_type> {};
struct free_name : seq<not_at<reserved>, identifier> {};
// A word of the language where a name belongs; read as one, so that the statement can go on behind the error.
template <char... Next>
struct reserved_name : seq<at<reserved>, identifier, at<gap, one<Next...>>> {};

struct data_start : seq<word_data, gap, one<'{'>> {};
struct model_start : seq<word_model, gap, one<'{'>> {};
struct block_start : sor<data_start, model_start> {};
struct statement_start : sor<word_plate, word_observed, word_covariate, word_array, known_type> {};

// Mistakes that are read like what is meant, or passed over as a whole.
// Words of Stan that begin a construct which the language does not have.
struct word_else : TAO_PEGTL_KEYWORD("else") {};
struct foreign_word
    : sor<TAO_PEGTL_KEYWORD("for"), TAO_PEGTL_KEYWORD("while"), TAO_PEGTL_KEYWORD("if"), word_else,
          TAO_PEGTL_KEYWORD("parameters"), TAO_PEGTL_KEYWORD("transformed"), TAO_PEGTL_KEYWORD("generated"),
          TAO_PEGTL_KEYWORD("functions"), TAO_PEGTL_KEYWORD("profile")> {};
struct own_word : seq<not_at<sor<reserved, foreign_word>>, identifier> {};
template <char Open, char Close>
struct enclosed : seq<one<Open>, until<one<Close>, not_one<Open, ';', '{', '}'>>, gap> {};
// A type that the language does not have, where what follows leaves no doubt that a type is meant.
struct unknown_type
    : seq<own_word, at<gap, opt<enclosed<'<', '>'>>, opt<enclosed<'[', ']'>>, free_name, gap, one<'~', '='>>> {};
// `plate`, misspelt, where what follows leaves no doubt.
struct misspelt_plate : seq<own_word, at<gap, identifier, gap, enclosed<'[', ']'>, one<'{'>>> {};
// A plate without its word.
struct forgotten_plate : at<own_word, gap, enclosed<'[', ']'>, one<'{'>> {};
// What is drawn or assigned without a type, as in BUGS, where no semicolon ends a line.
struct untyped_start : seq<own_word, gap, opt<enclosed<'[', ']'>>, sor<one<'~'>, string<'<', '-'>>> {};

// Numbers: `3`, `0.5`, `1.`, `.5`, `1e-3`.
struct digits : plus<digit> {};
struct exponent : seq<one<'e', 'E'>, opt<one<'+', '-'>>, digits> {};
struct real_number : sor<seq<digits, one<'.'>, star<digit>, opt<exponent>>, seq<one<'.'>, digits, opt<exponent>>,
                         seq<digits, exponent>> {};
struct integer_number : digits {};
struct number_end : not_at<identifier_other> {};
struct number : token<if_must<sor<real_number, integer_number>, number_end>> {};

// Expressions. The grammar lists operands and operators; the builder orders them by precedence.
struct expression;
struct expressions : seq<must<expression>, star<comma, must<expression>>> {};

struct group_open : one<'('> {};
struct group_close : one<')'> {};
struct group : if_must<token<group_open>, expression, token<group_close>> {};

struct call_open : one<'('> {};
struct call_close : one<')'> {};
struct arguments : if_must<token<call_open>, sor<at<one<')'>>, expressions>, token<call_close>> {};
struct used_name : free_name {};
struct name_or_call : seq<token<used_name>, opt<arguments>> {};

struct brace_open : one<'{'> {};
struct brace_close : one<'}'> {};
struct brace_list : if_must<token<brace_open>, expressions, token<brace_close>> {};
struct bracket_open : one<'['> {};
struct bracket_close : one<']'> {};
struct bracket_list : if_must<token<bracket_open>, expressions, token<bracket_close>> {};

struct index_open : one<'['> {};
struct index_close : one<']'> {};
struct index_colon : one<':'> {};
struct index_entry : seq<opt<expression>, opt<token<index_colon>, opt<expression>>> {};  // empty: all, as in Stan
struct index : if_must<token<index_open>, list<index_entry, comma>, token<index_close>> {};

struct prefix_operator : one<'-', '+'> {};
struct infix_operator : sor<string<'.', '*'>, string<'.', '/'>, one<'+', '-', '*', '/', '^'>> {};
struct primary : sor<number, name_or_call, group, brace_list, bracket_list> {};
struct indexed : seq<primary, star<index>> {};
struct operand : sor<if_must<plus<token<prefix_operator>>, indexed>, indexed> {};
struct expression : seq<operand, star<token<infix_operator>, must<operand>>> {};

// Types: `array[2] vector<lower=0>[D]`.
struct bounds_open : one<'<'> {};
struct bounds_close : one<'>'> {};
struct bound_equals : one<'='> {};
struct lower_bound : if_must<token<TAO_PEGTL_KEYWORD("lower")>, token<bound_equals>, expression> {};
struct upper_bound : if_must<token<TAO_PEGTL_KEYWORD("upper")>, token<bound_equals>, expression> {};
struct bound : sor<lower_bound, upper_bound> {};
struct bounds_items : list_must<bound, comma> {};
struct bounds : if_must<token<bounds_open>, bounds_items, token<bounds_close>> {};
struct sizes_open : one<'['> {};
struct sizes_close : one<']'> {};
struct sizes : if_must<token<sizes_open>, expressions, token<sizes_close>> {};
struct type_name : sor<known_type, unknown_type> {};
struct element_type : seq<token<type_name>, opt<bounds>, opt<sizes>> {};
struct array_open : one<'['> {};
struct array_close : one<']'> {};
struct array_type : if_must<token<word_array>, token<array_open>, expressions, token<array_close>, element_type> {};
struct type : sor<array_type, element_type> {};

// What ends a statement and a block. Where the next word shows that only the mark is missing, it is reported and
// assumed.
struct semicolon_assumed : at<sor<eof, one<'}'>, statement_start, block_start>> {};
struct statement_end : sor<symbol<';'>, semicolon_assumed> {};
struct block_open : sor<one<'{'>, at<statement_start>> {};
struct block_close : sor<one<'}'>, at<sor<eof, block_start>>> {};

// Statements.
struct declared_name : sor<free_name, reserved_name<'~', '=', ';'>> {};
struct tilde : symbol<'~'> {};
struct equals : token<seq<one<'='>, not_at<one<'='>>>> {};
struct distribution : seq<token<used_name>, must<arguments>> {};
struct draw : if_must<tilde, distribution> {};
struct observed_draw : draw {};
struct value : if_must<equals, expression> {};
struct derived_value : value {};
struct default_value : value {};
struct draw_or_value : sor<draw, derived_value> {};

template <typename Word>
struct misplaced : seq<Word, at<gap, free_name>> {};
struct misplaced_role : misplaced<sor<word_observed, word_covariate>> {};  // `real observed x`
struct second_type : misplaced<known_type> {};                             // `real real x`
struct behind_type : opt<token<sor<misplaced_role, second_type>>> {};
struct latent_or_derived : seq<type, behind_type, must<token<declared_name>, draw_or_value, statement_end>> {};
struct observed : if_must<token<word_observed>, type, behind_type, token<declared_name>, observed_draw, statement_end> {
};
struct covariate : if_must<token<word_covariate>, type, behind_type, token<declared_name>, opt<draw>, statement_end> {};
struct constant : seq<type, behind_type, must<token<declared_name>, opt<default_value>, statement_end>> {};

struct plate_name : sor<free_name, reserved_name<'['>> {};
struct plate_open : one<'['> {};
struct plate_close : one<']'> {};
struct plate_begin : block_open {};
struct plate_end : block_close {};
struct plate_size : seq<must<expression>, opt<symbol<':'>, must<expression>>> {};
struct plate_rest : must<token<plate_open>, plate_size, token<plate_close>, token<plate_begin>> {};
struct plate_header : seq<must<token<plate_name>>, plate_rest> {};
struct broken_header : seq<star<not_one<';', '{', '}'>>, token<plate_begin>> {};
struct unreadable_header {};  // its error is reported already
template <typename Statement, typename Broken, typename Next>
struct body;  // `Next` begins another block: the body's closing brace is missing
struct statement;
struct broken_statement;
template <typename Header>
struct read_header : sor<attempt<Header>, broken_header, raise<unreadable_header>> {};
struct plate_start : sor<seq<token<sor<word_plate, misspelt_plate>>, read_header<plate_header>>,
                         seq<forgotten_plate, token<plate_name>, read_header<plate_rest>>> {};
struct plate : seq<plate_start, body<statement, broken_statement, model_start>, token<plate_end>> {};

struct no_statement {};
struct no_constant {};
struct no_block {};
struct data_block;
struct data_in_model : seq<at<data_start>, data_block> {};
struct statement : sor<plate, data_in_model, observed, covariate, latent_or_derived, raise<no_statement>> {};
struct constant_line : sor<constant, raise<no_constant>> {};

// Going on behind a statement that was given up: from its beginning to its `;`, over a list in braces, not over the
// first word of another statement; or over the whole block of a `for`, `if`, ...
struct balanced : seq<one<'{'>, star<sor<balanced, not_one<'{', '}'>>>, opt<one<'}'>>> {};
struct braced_list;
struct fragment : sor<plus<space>, identifier, braced_list, not_one<';', '{', '}'>> {};
struct braced_list : seq<one<'{'>, star<fragment>, one<'}'>> {};
struct unclosed_list : seq<one<'{'>, star<not_one<';', '}'>>, opt<one<';'>>> {};
struct foreign_rest : seq<star<not_one<';', '{', '}'>>, opt<sor<one<';'>, balanced>>> {};
struct foreign_construct : seq<foreign_word, foreign_rest, star<gap, word_else, foreign_rest>> {};
struct first_word
    : sor<seq<sor<word_observed, word_covariate>, gap, opt<sor<word_plate, word_array, known_type>>>, identifier> {};
template <typename End>
struct broken_tail : seq<star<not_at<End>, fragment>, opt<sor<one<';'>, unclosed_list>>> {};
struct broken_untyped : seq<untyped_start, broken_tail<sor<statement_start, untyped_start>>> {};
struct broken_statement : seq<sor<foreign_construct, balanced, broken_untyped,
                                  seq<sor<first_word, fragment, one<';'>>, broken_tail<statement_start>>>,
                              gap> {};
struct broken_constant : sor<seq<word_plate, foreign_rest, gap>, broken_statement> {};
struct broken_block
    : seq<sor<seq<plus<not_one<';', '{', '}'>>, opt<sor<one<';'>, balanced>>>, one<';', '}'>, balanced>, gap> {};

// Blocks.
struct begin_statement : success {};
struct begin_block : success {};
template <typename Next>
struct body_end : sor<one<'}'>, eof, Next> {};
template <typename Statement, typename Broken, typename Next>
struct body : star<sor<symbol<';'>, seq<not_at<body_end<Next>>, begin_statement, sor<attempt<Statement>, Broken>>>> {};
struct data_word : word_data {};
struct model_word : word_model {};
struct data_block : seq<token<data_word>, must<token<block_open>>, body<constant_line, broken_constant, block_start>,
                        token<block_close>> {};
struct model_block : seq<token<model_word>, must<token<block_open>>, body<statement, broken_statement, model_start>,
                         token<block_close>> {};
struct block : sor<data_block, model_block, raise<no_block>> {};
struct file : seq<gap, until<eof, begin_block, sor<attempt<block>, broken_block>>> {};

}  // namespace adavi::grammar
