#include <doctest/doctest.h>

#include "parsing.hpp"

using namespace adavi;

TEST_CASE("all errors of a file in one run, in order, and no others") {
  CHECK(test::parsed(R"(data {
  int N = 3
  real<lower=0> s = 0.1.2;
}
model {
  real mu;
  plate group(3) {
    real mu_g ~ normal(mu, s;
    plate obs[N] {
      observed real x ~ normal(mu_g, s)
    }
    real fine ~ normal(0, 1);
  }
  mu ~ normal(0, 1);
}
parameters {}
)") ==
        R"(m.hbm:2:12: error: expected ';', found 'real'
   2 |   int N = 3
     |            ^
  help: add ';'
m.hbm:3:24: error: expected ';', found '.2'
   3 |   real<lower=0> s = 0.1.2;
     |                        ^
m.hbm:6:8: error: 'mu' is declared but not drawn
   6 |   real mu;
     |        ^~
  help: declare it where it is drawn: real mu ~ normal(0, 1);
m.hbm:7:14: error: expected '[' and the plate's size, found '('
   7 |   plate group(3) {
     |              ^
  help: a plate is written 'plate obs[10] { ... }'
m.hbm:8:29: error: expected ',' or ')', found ';'
   8 |     real mu_g ~ normal(mu, s;
     |                             ^
m.hbm:8:23: note: opened here
   8 |     real mu_g ~ normal(mu, s;
     |                       ^
m.hbm:10:40: error: expected ';', found '}'
  10 |       observed real x ~ normal(mu_g, s)
     |                                        ^
  help: add ';'
m.hbm:16:1: error: there is no 'parameters' block
  16 | parameters {}
     | ^~~~~~~~~~
  help: declare each variable in the model block where it is drawn: real mu ~ normal(0, 1);
)");
}

TEST_CASE("an error in a plate leaves its block closed where it was") {
  CHECK(test::errors("model {\n plate a[1] {\n  real x = {1, ;\n  real y = f(;\n }\n real z = ;\n}\n") ==
        "3:16-17 expected an expression, found ';'\n"
        "4:14-15 expected an expression, found ';'\n"
        "6:11-12 expected an expression, found ';'\n");
}

TEST_CASE("lists in braces do not end a broken statement") {
  CHECK(test::errors("data { int x[2] = {1, {2}};\n int y = ; }\nmodel {}") ==
        "1:13-16 sizes stand in the type, not behind the name 'x' | write 'array[2] int x'\n"
        "2:10-11 expected an expression, found ';'\n");
}

TEST_CASE("a broken statement without its semicolon ends before the next one") {
  CHECK(test::errors("model {\n real x ~ normal(0, 1\n real y = ;\n plate p[2] { } }") ==
        "2:22-22 expected ',' or ')', found 'real'\n> 2:17 opened here\n3:11-12 expected an expression, found ';'\n");
}

TEST_CASE("what could be read of a wrong text, and the words of what could not") {
  const auto read = [](const std::string& text) {
    Diagnostics diagnostics;
    const auto model = parse_leniently(SourceFile("m.hbm", text), diagnostics);
    REQUIRE(model.has_value());
    CHECK(model->partial == diagnostics.has_errors());
    std::string said;
    for (const ast::Statement& statement : model->statements) said += statement.name.text + " ";
    for (const std::string& word : model->lost_words) said += "-" + word + " ";
    return said + (model->lost_name ? "-?" : "");
  };
  CHECK(read("model { real a = 1; real b = 2; }") == "a b ");
  CHECK(read("model { real a = 1; real b = ; real c = 3; }") == "a c -b -real ");
  CHECK(read("parameters { real mu; } model { real a = 1; }") == "a -mu -parameters -real ");
  CHECK(read("model { real a = 1; for (i in 1:N) { x[i] ~ f(); } }") == "a -N -f -for -i -in -x ");
  CHECK(read("model { real = 1; reel b = 2; }") == "b -real -?");
  CHECK(read("model { a ~ f()\n b ~ g()\n real c = 1; }") == "c -a -b -f -g ");
  Diagnostics diagnostics;
  CHECK_FALSE(parse_leniently(SourceFile("m.hbm", std::string(2 << 20, ' ')), diagnostics));
}

TEST_CASE("errors of others do not spoil a good text, and a good text adds nothing") {
  Diagnostics diagnostics;
  diagnostics.add({Severity::error, "earlier", {}, "of an earlier stage", {}, ""});
  CHECK(parse(SourceFile("m.hbm", "model {}"), diagnostics).has_value());
  CHECK(diagnostics.items().size() == 1);
}
