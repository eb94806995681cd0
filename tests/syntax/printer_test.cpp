#include "syntax/printer.hpp"

#include <doctest/doctest.h>

#include <cctype>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "parsing.hpp"
#include "syntax/scan.hpp"
#include "syntax/tokens.hpp"

using namespace adavi;

namespace {

std::string formatted(const std::string& text) {
  const SourceFile source("m.hbm", text);
  Diagnostics diagnostics;
  const auto model = parse(source, diagnostics);
  return model ? format(source, *model) : render(source, diagnostics);
}

// The texts of all comments, without blanks: the lines of a block comment move with it.
std::vector<std::string> comments(const std::string& text) {
  Diagnostics diagnostics;
  const auto model = parse(SourceFile("m.hbm", text), diagnostics);
  std::vector<std::string> all;
  for (const ast::Comment& comment : model->comments) {
    all.emplace_back();
    for (const char c : comment.text)
      if (c != ' ' && c != '\r') all.back() += c;
  }
  return all;
}

// Formatting loses nothing, changes no tree, and has nothing left to do the second time.
void check_kept(const std::string& text) {
  CAPTURE(text);
  const std::string once = formatted(text);
  CHECK(test::parsed(once) == test::parsed(text));
  CHECK(comments(once) == comments(text));
  CHECK(formatted(once) == once);
}

// The models that come with the program, and the good ones of the golden tests.
std::vector<std::string> good_models() {
  std::vector<std::string> texts;
  for (const char* folder : {"/models", "/tests/golden/good"}) {
    for (const auto& entry : std::filesystem::directory_iterator(std::string(ADAVI_SOURCE_DIR) + folder)) {
      if (entry.path().extension() != ".hbm") continue;
      std::ifstream file(entry.path());
      texts.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
    }
  }
  CHECK(texts.size() > 10);
  return texts;
}

std::string without_comments(const std::string& text) {
  Diagnostics diagnostics;
  syntax::Reporter reporter(diagnostics);
  return syntax::scan(SourceFile("m.hbm", text), reporter).text;
}

// The end of the next token: a whole number, a word, or a mark.
std::uint32_t end_of_next(const std::string& text, std::uint32_t at) {
  std::uint32_t end = syntax::token_at(text, at).span.end;
  const bool exponent = end < text.size() && std::isdigit(text[end - 1]) == 0 && (text[end] == '-' || text[end] == '+');
  if (exponent && end >= 2 && text[end - 1] == 'e' && std::isdigit(text[end - 2]) != 0) {
    end = syntax::token_at(text, end + 1).span.end;
  }
  return end;
}

// With comments of one kind behind every token; the last round mixes them, with gaps.
void check_commented(const std::string& text) {
  const std::vector<std::string> kinds = {" /* c */", " // c\n", "\n/* a\n   b */\n", "\n  // c\n",
                                          " /* a\nb */ // c\n"};
  for (std::size_t kind = 0; kind <= kinds.size(); ++kind) {
    std::string commented;
    const std::string plain = without_comments(text);
    std::size_t count = kind;
    for (std::uint32_t at = 0; at < plain.size();) {
      const std::uint32_t end = end_of_next(plain, at);
      const bool mixed = kind == kinds.size();
      commented += plain.substr(at, end - at) + (mixed && count % 3 == 0 ? "" : kinds[mixed ? count % 5 : kind]);
      ++count;
      at = end;
    }
    check_kept(commented);
  }
}

// The canonical text of one expression.
std::string shown(const std::string& expression) {
  const std::string text = "model { real x = " + expression + "; }";
  check_kept(text);
  const std::string line = formatted(text);
  const std::string before = "model {\n  real x = ", behind = ";\n}\n";
  return line.substr(before.size(), line.size() - before.size() - behind.size());
}

}  // namespace

TEST_CASE("the canonical layout") {
  const std::string text = R"(
// A model.


data{int<lower = 1>D=2;// how many
real< lower=0,upper = 1 > sigma_x=0.05;  // how much
  matrix[ D,D ] Sigma ;

}
model{vector[D]mu~normal(0,1);


  // groups

  plate group[ 2:3 ]{ // three
    observed array[2] vector[D]x /* mean */ ~normal( mu , sigma_x );

    /* last */
  }// group
  real y=1;real z=2; // both
}
// end)";
  CHECK(formatted(text) == R"(// A model.

data {
  int<lower=1> D = 2;                     // how many
  real<lower=0, upper=1> sigma_x = 0.05;  // how much
  matrix[D, D] Sigma;
}
model {
  vector[D] mu ~ normal(0, 1);

  // groups

  plate group[2:3] {  // three
    observed array[2] vector[D] x /* mean */ ~ normal(mu, sigma_x);

    /* last */
  }  // group
  real y = 1;
  real z = 2;  // both
}
// end
)");
  check_kept(text);
}

TEST_CASE("no more parentheses than the tree needs") {
  CHECK(shown("((a + b)) * (c * d)") == "(a + b) * (c * d)");
  CHECK(shown("(a * b) + c") == "a * b + c");
  CHECK(shown("a - (b - c) - (d + e)") == "a - (b - c) - (d + e)");
  CHECK(shown("(a^b)^(c^d)") == "(a^b)^c^d");
  CHECK(shown("-(x^2) + (-x)^2 + 2^(-x)") == "-x^2 + (-x)^2 + 2^-x");
  CHECK(shown("-(-a) - (-b)") == "-(-a) - -b");
  CHECK(shown("-(a * b)") == "-(a * b)");
  CHECK(shown("(a + b)[1] + (f(x))[ , 2 : ,:n]") == "(a + b)[1] + f(x)[:, 2:, :n]");
  CHECK(shown("{ {1,2} ,{ [ 1. , .5 ] } }") == "{{1, 2}, {[1., .5]}}");
  CHECK(shown("2 .* x ./ 1e3") == "2 .* x ./ 1e3");
}

TEST_CASE("long statements are broken behind commas") {
  std::string numbers = "1000000";
  for (int i = 1; i < 30; ++i) numbers += ", 1000000";
  check_kept("data { array[30] int x = {" + numbers + "}; } model {}");
  CHECK(formatted("data { array[30] int x = {" + numbers + "}; } model {}") == R"(data {
  array[30] int x = {1000000, 1000000, 1000000, 1000000, 1000000, 1000000, 1000000, 1000000,
      1000000, 1000000, 1000000, 1000000, 1000000, 1000000, 1000000, 1000000, 1000000, 1000000,
      1000000, 1000000, 1000000, 1000000, 1000000, 1000000, 1000000, 1000000, 1000000, 1000000,
      1000000, 1000000};
}
model {
}
)");
}

TEST_CASE("long statements are broken at the outermost brackets, commas before sums before products") {
  const std::string name(24, 'n');
  const auto shown_wide = [&](const std::string& statement) {
    check_kept("model {" + statement + "}");
    const std::string text = formatted("model {" + statement + "}");
    return text.substr(8, text.size() - 10);
  };
  CHECK(shown_wide("real x ~ mixture(" + name + ", normal(" + name + ", " + name + "), normal(" + name + ", 1));") ==
        "  real x ~ mixture(nnnnnnnnnnnnnnnnnnnnnnnn,\n"
        "      normal(nnnnnnnnnnnnnnnnnnnnnnnn, nnnnnnnnnnnnnnnnnnnnnnnn),\n"
        "      normal(nnnnnnnnnnnnnnnnnnnnnnnn, 1));\n");
  CHECK(shown_wide("real x = f(" + name + ", 1) * " + name + " + f(2, " + name + ") * " + name + ";") ==
        "  real x = f(nnnnnnnnnnnnnnnnnnnnnnnn, 1) * nnnnnnnnnnnnnnnnnnnnnnnn +\n"
        "      f(2, nnnnnnnnnnnnnnnnnnnnnnnn) * nnnnnnnnnnnnnnnnnnnnnnnn;\n");
  CHECK(shown_wide("real x = f(" + name + ", 1) * " + name + " * f(2, " + name + ") .* " + name + ";") ==
        "  real x = f(nnnnnnnnnnnnnnnnnnnnnnnn, 1) * nnnnnnnnnnnnnnnnnnnnnnnn *\n"
        "      f(2, nnnnnnnnnnnnnnnnnnnnnnnn) .* nnnnnnnnnnnnnnnnnnnnnnnn;\n");
  CHECK(shown_wide("real " + name + name + " = " + name + name + "[1];") ==
        "  real nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn =\n"
        "      nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn[1];\n");
}

TEST_CASE("comments inside of a statement stay where they are") {
  const std::string text = R"(model {
real x = ((a)/*the sum*/+b /* of two */ );
real y ~ normal(// its law
 mu, // mean
   // not known
   sigma // sd
   ) // behind
   ;
array[2/*two*/]real z = { /* none */1,/*more*/2 };
plate group[3] // three
/* of
   them */
{ }
}
)";
  CHECK(formatted(text) == R"(model {
  real x = a /*the sum*/ + b;  /* of two */
  real y ~ normal(             // its law
      mu,                      // mean
      // not known
      sigma  // sd
      );     // behind
  array[2 /*two*/] real z = {/* none */ 1, /*more*/ 2};
  plate group[3] {  // three
    /* of
       them */
  }
}
)");
  check_kept(text);
}

TEST_CASE("comments between any two tokens are kept, in order") {
  for (const std::string& text : good_models()) check_commented(text);
}

TEST_CASE("comments between tokens that the canonical layout drops or adds") {
  for (const char* expression :
       {"x - (+1)", "x - (-1)", "x + (+(+1))", "-(+1)", "x^(+1)", "2^(-(+x))", "(+x)[1]", "f(+x, (+(y)))",
        "x - (+(y + z))", "x - (+y * (+2))", "((x))[(1):, , :(2)]", "{(x), ((y))}", "(-(+(-x)))", "+(+(+x)) * (y)"}) {
    check_commented("model { real q = " + std::string(expression) + "; }");
  }
  CHECK(formatted("model { real x = a - // minus\n(// plus\n+ /* one */ 1) /* b */; }") == R"(model {
  real x = a -  // minus
      // plus
      /* one */ 1;  /* b */
}
)");
}

TEST_CASE("the lines of a block comment move with the first one") {
  CHECK(formatted("  /* a\n   * b\n     c */\nmodel {\n/*\n d\n*/\n}") ==
        "/* a\n * b\n   c */\nmodel {\n  /*\n   d\n  */\n}\n");
}

TEST_CASE("comments anywhere are kept, in order") {
  for (const char* text :
       {"/*a*/model/*b*/{/*c*/real/*d*/x/*e*/=/*f*/1/*g*/;/*h*/}/*i*/", "// a\r\nmodel {// b\r\n// c  \r\n}// d",
        "data { // a\n} // b\nmodel { }", "data { /* { */ int N = 2; // }\n /* } */ } /* data */ model { /* } */ }",
        "model { plate p[2] // size\n { // body\n real x = 1; /* a\n b */ real y = 2; // y\n } /* p */ /* q */ }",
        "model {\n  real x = 1; /* two\n lines */ // more\n  real y = 2;\n}", "model { ; // nothing\n ; }",
        "\xEF\xBB\xBF// mark\nmodel { covariate real x; /**/ covariate int z ~ poisson(2); }",
        "model { real x = f(a, // first\n  b); // second\n\n\n // third\n\n }"}) {
    check_kept(text);
  }
}

TEST_CASE("very many comments on one line") {
  std::string numbers = "1", marks = "/**/";
  for (int i = 0; i < 20000; ++i) numbers += "/**/,/*c*/1", marks += "/**/";
  check_kept("data{array[20001] int x={" + numbers + "};}" + marks + "model{}" + marks);
}

TEST_CASE("empty blocks") {
  CHECK(formatted("data{}model{}") == "data {\n}\nmodel {\n}\n");
  CHECK(formatted("model{plate p[1]{\n\n// none\n\n\n}}") == "model {\n  plate p[1] {\n    // none\n  }\n}\n");
}

TEST_CASE("the models of the repository") {
  for (const std::string& text : good_models()) check_kept(text);
}
