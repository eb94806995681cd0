#include <doctest/doctest.h>

#include "parsing.hpp"

using namespace adavi;

namespace {

// The tree of one expression.
std::string tree(const std::string& expression) {
  const std::string text = test::parsed("model { real x = " + expression + "; }");
  const std::string before = "derived <real> x ";
  return text.substr(0, before.size()) == before ? text.substr(before.size(), text.size() - before.size() - 1) : text;
}

}  // namespace

TEST_CASE("literals") {
  CHECK(tree("0") == "0");
  CHECK(tree("9223372036854775807") == "9223372036854775807");
  for (const char* real : {"0.5", "1.", ".5", "1e3", "1E-3", "2.5e+10", "1.e2"}) CHECK(tree(real) == real);
}

TEST_CASE("values of literals") {
  Diagnostics diagnostics;
  const auto model = parse(SourceFile("m.hbm", "model { real a = 12; real b = 2.5e-1; real c = .5; }"), diagnostics);
  REQUIRE(model);
  CHECK(model->statements[0].value->integer == 12);
  CHECK(model->statements[0].value->value == 12.0);
  CHECK(model->statements[1].value->value == 0.25);
  CHECK(model->statements[2].value->value == 0.5);
}

TEST_CASE("sums and products go to the left, products before sums") {
  CHECK(tree("a + b - c + d") == "(+ (- (+ a b) c) d)");
  CHECK(tree("a * b / c * d") == "(* (/ (* a b) c) d)");
  CHECK(tree("a + b * c - d") == "(- (+ a (* b c)) d)");
  CHECK(tree("a .* b * c ./ d") == "(./ (* (.* a b) c) d)");
  CHECK(tree("(a + b) * c") == "(* (+ a b) c)");
  CHECK(tree("a - (b - c)") == "(- a (- b c))");
}

TEST_CASE("powers go to the right, before prefix minus, which goes before products") {
  CHECK(tree("a ^ b ^ c") == "(^ a (^ b c))");
  CHECK(tree("-x^2") == "(- (^ x 2))");
  CHECK(tree("2^-1") == "(^ 2 (- 1))");
  CHECK(tree("2^-x^2") == "(^ 2 (- (^ x 2)))");
  CHECK(tree("2^-x*3") == "(* (^ 2 (- x)) 3)");
  CHECK(tree("-a * b") == "(* (- a) b)");
  CHECK(tree("a * -b + c") == "(+ (* a (- b)) c)");
  CHECK(tree("a - -b") == "(- a (- b))");
  CHECK(tree("- - a") == "(- (- a))");
  CHECK(tree("(-x)^2") == "(^ (- x) 2)");
  CHECK(tree("+a + +b") == "(+ a b)");
}

TEST_CASE("calls and lists") {
  CHECK(tree("pi()") == "(call pi)");
  CHECK(tree("exp(log(x) + 1)") == "(call exp (+ (call log x) 1))");
  CHECK(tree("append_row(a, b)") == "(call append_row a b)");
  CHECK(tree("{1, 2.5, x}") == "{ 1 2.5 x }");
  CHECK(tree("[1, 2]") == "[ 1 2 ]");
  CHECK(tree("[[1, 2], [3, 4]]") == "[ [ 1 2 ] [ 3 4 ] ]");
  CHECK(tree("{[1], f({a})}") == "{ [ 1 ] (call f { a }) }");
}

TEST_CASE("indexing binds first and may be a range") {
  CHECK(tree("x[1]") == "(index x 1)");
  CHECK(tree("x[i, j + 1]") == "(index x i (+ j 1))");
  CHECK(tree("x[1][2]") == "(index (index x 1) 2)");
  CHECK(tree("x[1:n]") == "(index x 1:n)");
  CHECK(tree("x[2:]") == "(index x 2:)");
  CHECK(tree("x[:n - 1]") == "(index x :(- n 1))");
  CHECK(tree("x[:]") == "(index x :)");
  CHECK(tree("x[, 1]") == "(index x : 1)");
  CHECK(tree("x[1, ]") == "(index x 1 :)");
  CHECK(tree("x[:, 2:3, k]") == "(index x : 2:3 k)");
  CHECK(tree("x[y[1:2], {1, 2}]") == "(index x (index y 1:2) { 1 2 })");
  CHECK(tree("-x[1]^2") == "(- (^ (index x 1) 2))");
  CHECK(tree("f(x)[1]") == "(index (call f x) 1)");
  CHECK(tree("(a + b)[1]") == "(index (+ a b) 1)");
  CHECK(tree("[1, 2][1]") == "(index [ 1 2 ] 1)");
}

TEST_CASE("a dot behind digits belongs to the number, as in Stan") {
  CHECK(tree("2.*x") == "(* 2. x)");
  CHECK(tree("2 .* x") == "(.* 2 x)");
  CHECK(tree("x.*y") == "(.* x y)");
}

TEST_CASE("spans are exact to the byte") {
  const std::string text = "model { real x = -f( a , (b + c) )[ 1:2 , k ] ^ 2 /* end */ ; }";
  Diagnostics diagnostics;
  const auto model = parse(SourceFile("m.hbm", text), diagnostics);
  REQUIRE(model);
  const auto shown = [&](Span span) { return text.substr(span.begin, span.end - span.begin); };
  const ast::Statement& statement = model->statements[0];
  CHECK(shown(statement.span) == "real x = -f( a , (b + c) )[ 1:2 , k ] ^ 2 /* end */ ;");
  CHECK(shown(statement.name.span) == "x");
  const ast::Expr& minus = *statement.value;
  CHECK(shown(minus.span) == "-f( a , (b + c) )[ 1:2 , k ] ^ 2");
  CHECK(shown(minus.text_span) == "-");
  const ast::Expr& power = *minus.arguments[0];
  CHECK(shown(power.span) == "f( a , (b + c) )[ 1:2 , k ] ^ 2");
  CHECK(shown(power.text_span) == "^");
  const ast::Expr& index = *power.arguments[0];
  CHECK(shown(index.span) == "f( a , (b + c) )[ 1:2 , k ]");
  CHECK(shown(index.indices[0].span) == "1:2");
  CHECK(shown(index.indices[1].span) == "k");
  const ast::Expr& call = *index.arguments[0];
  CHECK(shown(call.span) == "f( a , (b + c) )");
  CHECK(shown(call.text_span) == "f");
  CHECK(shown(call.arguments[0]->span) == "a");
  CHECK(shown(call.arguments[1]->span) == "(b + c)");
}
