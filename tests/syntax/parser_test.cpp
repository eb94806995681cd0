#include "syntax/parser.hpp"

#include <doctest/doctest.h>

#include "parsing.hpp"

using namespace adavi;
using test::parsed;

TEST_CASE("the model of the reference") {
  CHECK(parsed(R"(
data {                                   // constants
  int<lower=1>  D = 2;
  real<lower=0> sigma_x = 0.05;
  matrix[D, D]  Sigma;                   // no default
}
model {
  vector[D] mu ~ normal(0, 1);
  plate group[3] {
    vector[D] mu_g ~ normal(mu, 0.2);
    plate obs[50] {
      observed vector[D] x ~ normal(mu_g, sigma_x);
    }
  }
}
)") == "constant <int lower=1> D 2\n"
       "constant <real lower=0> sigma_x 0.05\n"
       "constant <matrix[D D]> Sigma nothing\n"
       "latent <vector[D]> mu (call normal 0 1)\n"
       "plate group 3 {\n"
       "latent <vector[D]> mu_g (call normal mu 0.2)\n"
       "plate obs 50 {\n"
       "observed <vector[D]> x (call normal mu_g sigma_x)\n"
       "}\n"
       "}\n");
}

TEST_CASE("every type, with bounds, sizes and arrays") {
  const auto type = [](const std::string& written) {
    const std::string text = parsed("data { " + written + " x; } model {}");
    return text.substr(0, 10) == "constant <" ? text.substr(10, text.size() - 10 - 12) : text;
  };
  CHECK(type("real") == "real");
  CHECK(type("int") == "int");
  CHECK(type("vector[n]") == "vector[n]");
  CHECK(type("matrix[m, n + 1]") == "matrix[m (+ n 1)]");
  for (const char* name :
       {"simplex", "ordered", "positive_ordered", "unit_vector", "cov_matrix", "corr_matrix", "cholesky_factor_corr"}) {
    CHECK(type(std::string(name) + "[3]") == std::string(name) + "[3]");
  }
  CHECK(type("real<lower=0, upper=1>") == "real lower=0 upper=1");
  CHECK(type("real<upper=a * 2>") == "real upper=(* a 2)");
  CHECK(type("vector < lower = -1 > [ 3 ]") == "vector lower=(- 1)[3]");
  CHECK(type("array[2] real") == "array[2] real");
  CHECK(type("array[2, n] vector<lower=0>[D]") == "array[2 n] vector lower=0[D]");
}

TEST_CASE("every statement of the model block") {
  CHECK(parsed("model { real a ~ normal(0, 1); }") == "latent <real> a (call normal 0 1)\n");
  CHECK(parsed("model { observed int a ~ poisson(3); }") == "observed <int> a (call poisson 3)\n");
  CHECK(parsed("model { real a = 1; }") == "derived <real> a 1\n");
  CHECK(parsed("model { covariate real a; }") == "covariate <real> a nothing\n");
  CHECK(parsed("model { covariate array[2] real a ~ normal(0, 1); }") ==
        "covariate <array[2] real> a (call normal 0 1)\n");
  CHECK(parsed("model { plate p[n * 2] { } }") == "plate p (* n 2) {\n}\n");
  CHECK(parsed("model { plate p[3:300] { real a = 1; } }") == "plate p 3:300 {\nderived <real> a 1\n}\n");
  CHECK(parsed("model { real a ~ mixture(w, normal(0, 1), transformed(exp, normal(m, 2))); }") ==
        "latent <real> a (call mixture w (call normal 0 1) (call transformed exp (call normal m 2)))\n");
}

TEST_CASE("the data block is optional, and blocks and empty statements may be empty") {
  CHECK(parsed("model {}") == "");
  CHECK(parsed("data {} model { ; plate p[1] { ;; }; }") == "plate p 1 {\n}\n");
}

TEST_CASE("words of the language begin names") {
  CHECK(parsed("model { real realistic = 1; real model_2 = 2; real plates = vectors; real lower = 3; }") ==
        "derived <real> realistic 1\nderived <real> model_2 2\nderived <real> plates vectors\n"
        "derived <real> lower 3\n");
}

TEST_CASE("comments are kept in order, and separate words") {
  const std::string text = "// one\r\nmodel {real/* two\n */x=1;//three\n}/**/";
  Diagnostics diagnostics;
  const auto model = parse(SourceFile("m.hbm", text), diagnostics);
  REQUIRE(model);
  REQUIRE(model->comments.size() == 4);
  CHECK(model->comments[0].text == "// one");
  CHECK(model->comments[1].text == "/* two\n */");
  CHECK(model->comments[2].text == "//three");
  CHECK(model->comments[3].text == "/**/");
  CHECK(model->comments[0].span.begin == 0);
  for (const ast::Comment& comment : model->comments) {
    CHECK(text.substr(comment.span.begin, comment.span.end - comment.span.begin) == comment.text);
  }
}

TEST_CASE("anything may stand in a comment, and a byte order mark at the beginning") {
  CHECK(parsed(std::string("\xEF\xBB\xBFmodel {} // \xFF \0 \xC2\xB5 ((((\n", 26)) == "");
}

TEST_CASE("spans of declarations") {
  const std::string text =
      "data { array[2] int<lower=1> N = {1, 2} ; }\nmodel { plate p [ 2 : N ] { observed vector[ 3 ] y ~ normal( 0, 1 "
      ") ; } }";
  Diagnostics diagnostics;
  const auto model = parse(SourceFile("m.hbm", text), diagnostics);
  REQUIRE(model);
  const auto shown = [&](Span span) { return text.substr(span.begin, span.end - span.begin); };
  CHECK(shown(model->constants[0].span) == "array[2] int<lower=1> N = {1, 2} ;");
  CHECK(shown(model->constants[0].type.span) == "array[2] int<lower=1>");
  CHECK(shown(model->constants[0].type.base.span) == "int");
  CHECK(shown(model->constants[0].value->span) == "{1, 2}");
  CHECK(shown(model->model_span) == "model");
  const ast::Statement& plate = model->statements[0];
  CHECK(shown(plate.span) == "plate p [ 2 : N ] { observed vector[ 3 ] y ~ normal( 0, 1 ) ; }");
  CHECK(shown(plate.plate->name.span) == "p");
  CHECK(shown(plate.plate->upper->span) == "N");
  const ast::Statement& y = plate.plate->body[0];
  CHECK(shown(y.span) == "observed vector[ 3 ] y ~ normal( 0, 1 ) ;");
  CHECK(shown(y.type.span) == "vector[ 3 ]");
  CHECK(shown(y.value->span) == "normal( 0, 1 )");
  CHECK(shown(y.value->text_span) == "normal");
}
