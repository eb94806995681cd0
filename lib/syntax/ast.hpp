#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "diagnostics/source.hpp"

/// The tree of a model's text, as written. Every node knows its place.
namespace adavi::ast {

struct Expr;
using ExprPtr = std::unique_ptr<Expr>;

/// One entry between the brackets of an index: `i`, `lo:hi`, `lo:`, `:hi` or `:`.
struct Index {
  Span span;
  bool is_range = false;
  ExprPtr lower;  ///< the index itself where it is no range; may be null in a range
  ExprPtr upper;  ///< may be null in a range
};

enum class ExprKind {
  integer,  ///< `value`, exactly an integer
  real,     ///< `value`
  name,     ///< `text`
  unary,    ///< operator `text` ("-"), one argument
  binary,   ///< operator `text` ("+", "-", "*", "/", "^", ".*", "./"), two arguments
  call,     ///< function or distribution `text`, arguments; distributions inside combinators are calls too
  index,    ///< `arguments[0]` indexed by `indices`
  list,     ///< `{a, b}` (array) where `text` is "{", `[a, b]` (vector, or matrix of rows) where it is "["
};

struct Expr {
  ExprKind kind = ExprKind::integer;
  Span span;
  std::string text;
  Span text_span;  ///< of the operator, or of the called name
  double value = 0;
  std::int64_t integer = 0;  ///< value of an integer literal
  std::vector<ExprPtr> arguments;
  std::vector<Index> indices;
};

struct Name {
  std::string text;
  Span span;
};

/// `array[2] vector<lower=0>[D]`
struct TypeSyntax {
  Span span;
  Name base;  ///< "real", "vector", "simplex", ...
  std::vector<ExprPtr> array_sizes;
  std::vector<ExprPtr> sizes;
  ExprPtr lower;  ///< may be null
  ExprPtr upper;  ///< may be null
};

/// A line of the `data` block: `int<lower=1> D = 2;`
struct ConstantDecl {
  Span span;
  TypeSyntax type;
  Name name;
  ExprPtr value;  ///< default; null where it must be supplied
};

enum class Role { latent, observed, covariate, derived };

struct PlateBlock;

/// One statement of the `model` block: a variable, or a plate.
struct Statement {
  Span span;
  // A variable, where `plate` is null:
  Role role = Role::latent;
  TypeSyntax type;
  Name name;
  ExprPtr value;  ///< derived: the expression; otherwise the distribution, a call (null for a bare covariate)
  // Or a plate:
  std::unique_ptr<PlateBlock> plate;
};

/// `plate group[3] { ... }` or `plate group[3:300] { ... }`. Without name and size where these could not be read.
struct PlateBlock {
  Name name;
  ExprPtr size;   ///< or the lower end of a range
  ExprPtr upper;  ///< null where it is no range
  std::vector<Statement> body;
};

struct Comment {
  Span span;
  std::string text;  ///< with its slashes
};

struct Model {
  std::vector<ConstantDecl> constants;
  std::vector<Statement> statements;  ///< of the `model` block
  Span data_span;                     ///< of the word `data`; empty without that block
  Span model_span;                    ///< of the word `model`
  std::vector<Comment> comments;      ///< in order; the printer puts them back
  bool partial = false;               ///< errors were found: something is missing, and the rest is for finding more
  bool lost_name = false;             ///< some declaration's name could not be read
  std::set<std::string> lost_words;   ///< of what is missing; any of them may be a name that it declares
};

}  // namespace adavi::ast
