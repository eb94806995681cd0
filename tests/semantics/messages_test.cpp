#include <doctest/doctest.h>

#include <cmath>

#include "models.hpp"

using namespace adavi;
using namespace adavi::testing;

namespace {

struct Mistake {
  std::string text;
  const char* said;
};

void check(const std::vector<Mistake>& mistakes) {
  for (const Mistake& mistake : mistakes) {
    CAPTURE(mistake.text);
    const Analysed analysed = analyse(mistake.text);
    CHECK(analysed.said == mistake.said);
    CHECK_FALSE(analysed.model);
  }
}

}  // namespace

TEST_CASE("names") {
  check({
      {"data { real sigma = 1; }\n" + around("real m ~ normal(0, sgima);"),
       "3:20: error: 'sgima' is not declared (help: did you mean 'sigma'?)\n"},
      {around("real m ~ normal(x, 1);\nreal x ~ normal(0, 1);"),
       "2:17: error: 'x' is used before it is declared (help: move the declaration up)\n"
       "3:6: note: 'x' is declared here\n"},
      {"model {\nplate g[2] {\nreal z ~ normal(0, 1);\nplate obs[2] { observed real y ~ normal(z, 1); }\n}\n"
       "real w ~ normal(z, 1);\n}\n",
       "6:17: error: 'z' lives in plate 'g' and is not visible outside it (help: a variable may use names of its own "
       "and "
       "of outer plates)\n3:6: note: 'z' is declared here\n"},
      {around("real m ~ normal(0, 1);\nreal m ~ normal(0, 2);"),
       "3:6: error: 'm' is declared twice\n2:6: note: first declared here\n"},
      {around("real chain ~ normal(0, 1);"),
       "2:6: error: 'chain' is reserved and cannot be a name (help: choose another, such as 'chain_')\n"},
      {around("real m ~ norml(0, 1);"),
       "2:10: error: there is no distribution 'norml' (help: did you mean 'normal'?)\n"},
      {around("real m ~ normal(sqr(2), 1);"), "2:17: error: there is no function 'sqr' (help: did you mean 'sqrt'?)\n"},
      {around("real m ~ exp(1);"),
       "2:10: error: 'exp' is a function, not a distribution (help: a quantity that follows from others is written "
       "with "
       "'=')\n"},
  });
}

TEST_CASE("distributions") {
  check({
      {around("real m ~ normal(0);"),
       "2:10: error: 'normal' takes 2 arguments, not 1 (help: its signature is normal(real mu, real sigma))\n"},
      {around("real m ~ normal(0, -1);"), "2:20: error: parameter 'sigma' of 'normal' must be positive, not -1\n"},
      {around("real m ~ uniform(2, 1);"), "2:21: error: 'uniform' needs alpha < beta, not 2 and 1\n"},
      {around("vector[2] v ~ normal(0, 1);\nreal m ~ normal(v, 1);"),
       "3:17: error: vector[2] does not fit parameter 'mu' of 'normal' for 'm', which is real (help: its signature is "
       "normal(real mu, real sigma))\n"},
      {around("vector[2] v ~ normal(0, 1);\nvector[3] m ~ normal(v, 1);"),
       "3:22: error: sizes differ: parameter 'mu' is vector[2], 'm' is vector[3]\n"},
      {around("int k ~ poisson(3);"),
       "2:5: error: 'k' is a discrete latent, which has no density to flow to (help: marginalise it with 'mixture')\n"},
      {around("real m ~ poisson(3);"),
       "2:10: error: 'poisson' draws int, but 'm' is declared real (help: declare it int)\n"},
      {around("", "observed int y ~ normal(0, 1);"),
       "4:18: error: 'normal' draws real, but 'y' is declared int (help: declare it real, or choose a discrete "
       "distribution)\n"},
      {around("simplex[3] p ~ normal(0, 1);"),
       "2:16: error: 'normal' draws real, but 'p' is declared simplex[3] (help: use 'dirichlet' or "
       "'transformed(softmax_centered, ...)')\n"},
      {around("real<lower=0> s ~ von_mises(0, 1);"),
       "2:1: error: the bounds of 's' truncate 'von_mises', which has no closed normaliser there (help: drop the "
       "bound, or "
       "choose a distribution with that support)\n"},
      {around("real<upper=0> s ~ gamma(1, 1);"),
       "2:1: error: the bounds of 's' leave nothing of the support of 'gamma'\n"},
      {around("real<lower=2, upper=1> s ~ normal(0, 1);"), "2:1: error: no value lies between 2 and 1\n"},
      {around("vector[2] m ~ multi_normal([0, 0], [[1, 2], [2, 1]]);"),
       "2:36: error: parameter 'Sigma' of 'multi_normal' must be symmetric and positive definite: it is not positive "
       "definite\n"},
      {around("simplex[1] p ~ dirichlet([1]);"),
       "2:12: error: 'p' is simplex[1], which leaves nothing to infer: it has one value\n"},
      {around("ordered[2] c ~ normal([0, 1], 1);"),
       "2:16: error: the elements of 'c', which is ordered, must have one distribution: no argument of 'normal' may "
       "vary "
       "among them (help: with arguments that vary the density has no closed normaliser)\n"},
      {around("", "observed real y ~ mixture([0.5, 0.6], normal([0, 1], 1));"),
       "4:27: error: the value of 'weights' is not a simplex: its sum is 1.1\n"},
      {around("", "observed real y ~ mixture([0.5, 0.5], normal([0, 1, 2], 1));"),
       "4:46: error: the mixture has 2 weights, but this argument is vector[3]\n"},
      {around("", "observed real y ~ mixture([0.5, 0.5], normal(0, 1));"),
       "4:39: error: all components are the same: no argument has a leading axis of 2 components (help: give an "
       "argument "
       "as an array (or, for a scalar variable, a vector) with one entry a component)\n"},
      {around("real m ~ mixture([0.5, 0.5], normal(0, 1), gamma(1, 1));"),
       "2:6: error: the support of 'm' differs between components or entries (help: a latent needs one support)\n"},
      {around("real m ~ transformed(softplu, normal(0, 1));"),
       "2:22: error: there is no link 'softplu' (help: did you mean 'softplus'?)\n"},
  });
}

TEST_CASE("the pyramid") {
  check({
      {"model {\nreal m ~ normal(0, 1);\n}\n",
       "1:1: error: the model has no observed variable (help: write 'observed' before the variable that the data "
       "gives, in "
       "the innermost plate)\n"
       "1:1: error: the model has no plate (help: repeat the observed variable inside 'plate obs[N] { ... }', with N = "
       "1 "
       "for a single one)\n"},
      {"model {\nplate a[2] { observed real y ~ normal(0, 1); }\nplate b[2] { observed real z ~ normal(0, 1); }\n}\n",
       "3:7: error: plate 'b' stands beside plate 'a': a pyramid is a single stack of plates (help: nest one in the "
       "other; crossed plates are not a pyramid)\n2:7: note: the first plate is declared here\n"},
      {around("observed real z ~ normal(0, 1);"),
       "2:15: error: observed variable 'z' is declared outside every plate, but data belongs in the innermost plate, "
       "'obs' "
       "(help: move it there, or make it a covariate if it is a known input)\n"
       "3:7: note: the innermost plate is declared here\n"},
      {around("", "real z ~ normal(0, 1);\nobserved real y ~ normal(z, 1);"),
       "4:6: error: 'z' is a latent in the innermost plate, 'obs', where the data is (help: draw it in an outer plate, "
       "marginalise it with 'mixture', or put the observed variable into a plate of its own, 'plate one[1] { ... }')\n"
       "3:7: note: the innermost plate is declared here\n"},
      {"model { plate obs[0] { observed real y ~ normal(0, 1); } }",
       "1:19: error: the size of plate 'obs' must be at least 1, not 0\n"},
      {"model { plate obs[9:3] { observed real y ~ normal(0, 1); } }",
       "1:21: error: the range 9:3 of the plate is empty (help: the smaller end comes first)\n"},
      {"model { plate obs[100000] { observed vector[100000] y ~ normal(0, 1); } }",
       "1:53: error: 'y' over all its plates has more than 2147483648 numbers and cannot be held\n"},
      {around("real a ~ normal(0, 1);\ncovariate real x ~ normal(a, 1);"),
       "3:16: error: covariate 'x' depends on 'a', which is no constant and no covariate (help: a covariate is known "
       "beforehand; what tells about latents is 'observed')\n"
       "2:6: note: 'a' is declared here\n"},
  });
}

TEST_CASE("constants") {
  check({
      {"data { real<lower=0> s = -1; }\n" + around(""), "1:26: error: 's' is -1, but must be at least 0\n"},
      {"data { matrix[2, 2] S; }\n" + around(""),
       "1:21: error: 'S' has no value (help: supply it with '--set S=...' or '--data FILE', or give it a default)\n"},
      {"data { int n = 1.5; }\n" + around(""), "1:16: error: 'n' is declared int, but its value is real\n"},
      {"data { simplex[2] p = [0.5, 0.6]; }\n" + around(""),
       "1:23: error: the value of 'p' is not a simplex: its sum is 1.1\n"},
      {"data { int n = 3; vector[m] v = rep_vector(0, n); int m = 2; }\n" + around(""),
       "1:26: error: 'm' is used before it is declared (help: move the declaration up)\n1:55: note: 'm' is declared "
       "here\n"},
  });
}

TEST_CASE("overrides") {
  const std::string text =
      "data { int<lower=1> D = 2; vector[D] v = rep_vector(0, D); real sigma = 1; }\n" + around("");
  CHECK(analyse(text, {{"sgima", {{}, {3}, true, "--set sgima"}}}).said ==
        "1:1: error: --set sgima: the model has no constant 'sgima' (help: did you mean 'sigma'?)\n");
  CHECK(analyse(text, {{"D", {{}, {0}, true, "--set D"}}}).said ==
        "1:21: error: --set D: 'D' is 0, but must be at least 1\n");
  CHECK(analyse(text, {{"D", {{}, {2.5}, false, "--set D"}}}).said == "1:21: error: --set D: 'D' must be an integer\n");
  CHECK(analyse(text, {{"v", {{3}, {1, 2, 3}, false, "c.json"}}}).said ==
        "1:38: error: c.json: expected vector[2], found sizes [3]\n");
  CHECK(analyse(text, {{"v", {{2}, {1, NAN}, false, "c.json"}}}).said ==
        "1:38: error: c.json: the value of 'v' is not a finite number\n");
}

TEST_CASE("several errors come in one run, and none follows from another") {
  const Analysed analysed = analyse(
      "data { int N = M; }\nmodel {\nvector[N] a ~ normal(b, 1);\nreal c ~ normal(a[1], -1);\nplate obs[N] {\n"
      "observed real y ~ normal(sum(a) + c, q);\n}\n}\n");
  CHECK(analysed.said ==
        "1:16: error: 'M' is not declared (help: declare it above this line, or as a constant in the 'data' block)\n"
        "3:22: error: 'b' is not declared (help: declare it above this line, or as a constant in the 'data' block)\n"
        "4:23: error: parameter 'sigma' of 'normal' must be positive, not -1\n"
        "6:38: error: 'q' is not declared (help: declare it above this line, or as a constant in the 'data' block)\n");
}

TEST_CASE("an error in the text leaves the other errors visible") {
  const std::string text =
      "model {\nreel m ~ norml(0, 1);\nreal a ~ normal(m, sgima;\nvector[2] b ~ normal(m + a + c, 1);\n"
      "plate obs[4] { observed real y ~ normal(b, 1); }\n}\n";
  CHECK(analyse(text).said ==
        "2:1: error: 'reel' is not a type (help: did you mean 'real'?)\n"
        "2:10: error: there is no distribution 'norml' (help: did you mean 'normal'?)\n"
        "3:25: error: expected ',' or ')', found ';'\n3:16: note: opened here\n"
        "4:30: error: 'c' is not declared (help: declare it above this line, or as a constant in the 'data' block)\n"
        "5:41: error: vector[2] does not fit parameter 'mu' of 'normal' for 'y', which is real (help: its signature is "
        "normal(real mu, real sigma))\n");
}

TEST_CASE("what a text lacks is not missed twice") {
  CHECK(analyse("parameters { real m; }\nmodel {\nreal a ~ normal(m, 1);\n}\n").said ==
        "1:1: error: there is no 'parameters' block (help: declare each variable in the model block where it is drawn: "
        "real mu ~ normal(0, 1);)\n");
  CHECK(analyse("data { vector[3] v; }\n" + around("real m ~ normal(0, 1);\nv ~ normal(m, 1);")).said ==
        "4:1: error: 'v' is a constant and cannot be drawn (help: what is observed is declared where it is drawn: "
        "observed real v ~ normal(m, 1);)\n1:18: note: declared here; take this line out of the data block\n");
  CHECK(analyse("model {\nplate obs(4) {\nreal z ~ normal(0, 1);\n}\nplate {\n}\n}\n").said ==
        "2:10: error: expected '[' and the plate's size, found '(' (help: a plate is written 'plate obs[10] { ... }')\n"
        "5:7: error: expected the plate's name, found '{' (help: a plate is written 'plate obs[10] { ... }')\n");
}

TEST_CASE("an erroneous value leaves the type known, a mistake in the type does not") {
  CHECK(analyse(around("vector[2] a ~ normal(0, -1);\nreal b ~ normal(a, 1);")).said ==
        "2:25: error: parameter 'sigma' of 'normal' must be positive, not -1\n"
        "3:17: error: vector[2] does not fit parameter 'mu' of 'normal' for 'b', which is real (help: its signature is "
        "normal(real mu, real sigma))\n");
  CHECK(analyse(around("real a ~ dirichlet([1, 1]);\nsimplex[2] b ~ dirichlet(a);")).said ==
        "2:10: error: 'dirichlet' draws simplex, but 'a' is declared real (help: declare it 'simplex[n]')\n");
  CHECK(analyse(around("real a = [1, 2];\nreal b ~ normal(sum(a), 1);")).said ==
        "2:10: error: 'a' is declared real, but its value is vector[2]\n");
  CHECK(analyse(around("real a = q;\nreal<lower=0> s = a;\nreal b ~ normal(0, a);")).said ==
        "2:10: error: 'q' is not declared (help: declare it above this line, or as a constant in the 'data' block)\n");
}

TEST_CASE("warnings leave a model") {
  const auto warned = [](const std::string& text) {
    const Analysed analysed = analyse(text);
    CHECK(analysed.model.has_value());
    return analysed.said;
  };
  CHECK(warned("data { int n = 1; }\n" + around("")) == "1:12: warning: constant 'n' is not used\n");
  CHECK(warned(around("real m ~ normal(0, 1);")) ==
        "2:6: warning: no observed variable depends on 'm': its posterior is its prior\n");
  CHECK(
      warned("model { real m ~ normal(0, 1); plate g[2] { plate obs[2] { observed real y ~ normal(m, 1); } } }") ==
      "1:38: warning: plate 'g' holds nothing of its own (help: leave it out, or declare in it what varies with it)\n");
  CHECK(
      warned(around("real s ~ normal(0, 1);", "observed real y ~ normal(0, s);")) ==
      "4:29: warning: parameter 'sigma' of 'normal' must be positive, but 's' may take other values (help: declare it "
      "'real<lower=0>')\n2:6: note: 's' is declared here\n");
  CHECK(warned(around("real<lower=0> s ~ normal(0, 1);", "observed real y ~ normal(0, s);")) == "");
  CHECK(warned(around("real s ~ normal(0, 1); real t = exp(s);", "observed real y ~ normal(0, t);")) == "");
  CHECK(warned(around("real p ~ normal(0, 1);", "observed int y ~ bernoulli(p);")) ==
        "4:28: warning: parameter 'theta' of 'bernoulli' must be between 0 and 1, but 'p' may take other values (help: "
        "declare it 'real<lower=0, upper=1>', or use a distribution on the logit scale)\n2:6: note: 'p' is declared "
        "here\n");
}
