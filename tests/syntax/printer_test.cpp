#include "syntax/printer.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "parsing.hpp"

using namespace adavi;

namespace {

std::string formatted(const std::string& text) {
  const SourceFile source("m.hbm", text);
  Diagnostics diagnostics;
  const auto model = parse(source, diagnostics);
  return model ? format(source, *model) : render(source, diagnostics);
}

std::vector<std::string> comments(const std::string& text) {
  Diagnostics diagnostics;
  const auto model = parse(SourceFile("m.hbm", text), diagnostics);
  std::vector<std::string> all;
  for (const ast::Comment& comment : model->comments)
    all.push_back(comment.text.substr(0, comment.text.find_last_not_of(" ") + 1));
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
    /* mean */
    observed array[2] vector[D] x ~ normal(mu, sigma_x);

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

TEST_CASE("the models that come with the program") {
  for (const auto& entry : std::filesystem::directory_iterator(ADAVI_SOURCE_DIR "/models")) {
    if (entry.path().extension() != ".hbm") continue;
    std::ifstream file(entry.path());
    check_kept(std::string(std::istreambuf_iterator<char>(file), {}));
  }
}
