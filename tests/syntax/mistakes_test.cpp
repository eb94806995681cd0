#include <doctest/doctest.h>

#include "parsing.hpp"

using namespace adavi;
using test::errors;
using test::in_data;
using test::in_model;

TEST_CASE("a missing semicolon is shown where it belongs") {
  CHECK(in_model("real x = 1\nreal y = 2;") == "2:11-11 expected ';', found 'real' | add ';'\n");
  CHECK(in_model("real x = 1") == "2:11-11 expected ';', found '}' | add ';'\n");
  CHECK(in_model("real x = 1 // one\n\nplate p[2] { }") == "2:11-11 expected ';', found 'plate' | add ';'\n");
  CHECK(in_model("real x = 1 2;") == "2:11-11 expected ';', found '2'\n");
  CHECK(in_model("int N = 3 real y = 2;") == "2:10-10 expected ';', found 'real' | add ';'\n");
}

TEST_CASE("brackets that stay open or close nothing") {
  CHECK(in_model("real x ~ normal(0, 1;") ==
        "2:21-22 expected ',' or ')', found ';'\n"
        "> 2:16 opened here\n");
  CHECK(in_model("real x = (1 + 2;") ==
        "2:16-17 expected ')', found ';'\n"
        "> 2:10 opened here\n");
  CHECK(in_model("real x = f(g(1), 2;\nreal y = h(;") ==
        "2:19-20 expected ',' or ')', found ';'\n"
        "> 2:11 opened here\n"
        "3:12-13 expected an expression, found ';'\n");
  CHECK(in_model("real x = {1, 2, ;") == "2:17-18 expected an expression, found ';'\n");
  CHECK(in_model("real x = [1, 2;") ==
        "2:15-16 expected ',' or ']', found ';'\n"
        "> 2:10 opened here\n");
  CHECK(in_model("real x = y[1;") ==
        "2:13-14 expected ',' or ']', found ';'\n"
        "> 2:11 opened here\n");
  CHECK(in_model("vector[3 x ~ normal(0, 1);") ==
        "2:10-11 expected ',' or ']', found 'x'\n"
        "> 2:7 opened here\n");
  CHECK(in_model("real<lower=0 x ~ normal(0, 1);") ==
        "2:14-15 expected ',' or '>', found 'x'\n"
        "> 2:5 opened here\n");
  CHECK(in_model("array[2 real x = 1;") ==
        "2:9-13 expected ',' or ']', found 'real'\n"
        "> 2:6 opened here\n");
  CHECK(in_model("real x = 1);") == "2:11-12 ')' closes nothing\n");
  CHECK(in_model("plate p[2 { real y = 1; }") ==
        "2:11-12 expected ']', found '{'\n"
        "> 2:8 opened here\n");
  CHECK(in_model("real x ~ normal(0,\n  1\nreal y = 2;") ==
        "3:4-4 expected ',' or ')', found 'real'\n"
        "> 2:16 opened here\n");
}

TEST_CASE("what an expression is not") {
  CHECK(in_model("real x = ;") == "2:10-11 expected an expression, found ';'\n");
  CHECK(in_model("real x = 1 + ;") == "2:14-15 expected an expression, found ';'\n");
  CHECK(in_model("real x = 1 + * 2;") == "2:14-15 expected an expression, found '*'\n");
  CHECK(in_model("real x = f(, 1);") == "2:12-13 expected an expression, found ','\n");
  CHECK(in_model("real x = f(1, );") == "2:15-16 expected an expression, found ')'\n");
  CHECK(in_model("real x = data + 1;") ==
        "2:10-14 'data' is a word of the language and cannot stand in an expression\n");
  CHECK(in_model("real x = y[];") == "2:11-13 the index is empty | write '[:]' for all, or leave the brackets out\n");
  CHECK(in_model("real x = {};") == "2:11-12 expected an expression, found '}'\n");
  CHECK(in_model("real x = -;") == "2:11-12 expected an expression, found ';'\n");
  CHECK(in_model("real x = \"a\";") == "2:10-11 there are no strings in a model\n");
}

TEST_CASE("operators of Stan that are not in the language") {
  CHECK(in_model("real x = a % b;") == "2:12-13 '%' is not an operator of the language\n");
  CHECK(
      in_model("real x = a < b ? 1 : 2;") ==
      "2:12-13 '<' is not an operator of the language | expressions compute numbers; they do not compare or choose\n");
  CHECK(
      in_model("real x = a == b;") ==
      "2:12-14 '==' is not an operator of the language | expressions compute numbers; they do not compare or choose\n");
  CHECK(in_model("real x = a' * b;") ==
        "2:11-12 ''' is not an operator of the language | a' * b is dot_product(a, b); L * L' is "
        "multiply_lower_tri_self_transpose(L)\n");
  CHECK(in_model("real x = a .^ b;") ==
        "2:12-14 '.^' is not an operator of the language | '^' works element by element\n");
  CHECK(in_model("real x = f(y | mu);") ==
        "2:14-15 '|' is not an operator of the language | separate a distribution's arguments with ','\n");
  CHECK(
      in_model("real x = !a;") ==
      "2:10-11 '!' is not an operator of the language | expressions compute numbers; they do not compare or choose\n");
}

TEST_CASE("numbers") {
  CHECK(in_model("real x = 3x;") ==
        "2:11-12 a number cannot be followed by 'x' | names begin with a letter; a product needs its '*'\n");
  CHECK(in_model("real x = 1_000;") ==
        "2:11-15 a number cannot be followed by '_000' | names begin with a letter; a product needs its '*'\n");
  CHECK(in_model("real x = 1e;") ==
        "2:11-12 a number cannot be followed by 'e' | names begin with a letter; a product needs its '*'\n");
  CHECK(in_model("int x = 9223372036854775808;") ==
        "2:9-28 the integer 9223372036854775808 does not fit in 64 bits | write it as a real number, with a '.' or an "
        "exponent\n");
  CHECK(in_model("real x = 1e999;") == "2:10-15 the number 1e999 is outside the range of double precision\n");
  CHECK(in_model("real x = 1e-999;") == "2:10-16 the number 1e-999 is outside the range of double precision\n");
  CHECK(in_model("real x = -9223372036854775808 + 99999999999999999999;") ==
        "2:11-30 the integer 9223372036854775808 does not fit in 64 bits | write it as a real number, with a '.' or an "
        "exponent\n"
        "2:33-53 the integer 99999999999999999999 does not fit in 64 bits | write it as a real number, with a '.' or "
        "an exponent\n");
}

TEST_CASE("names") {
  CHECK(in_model("real vector ~ normal(0, 1);") ==
        "2:6-12 'vector' is a word of the language and cannot be a name | choose another, such as 'vector_'\n");
  CHECK(in_model("real data = 1;") ==
        "2:6-10 'data' is a word of the language and cannot be a name | choose another, such as 'data_'\n");
  CHECK(in_model("plate real[3] { }") ==
        "2:7-11 'real' is a word of the language and cannot be a name | choose another, such as 'real_'\n");
  CHECK(in_model("real _x = 1;") ==
        "2:6-8 '_x' cannot be a name | a name begins with a letter and does not end with '__'\n");
  CHECK(in_model("real x__ = 1;") ==
        "2:6-9 'x__' cannot be a name | a name begins with a letter and does not end with '__'\n");
  CHECK(in_model("real 3 = 1;") == "2:6-7 expected a name, found '3'\n");
  CHECK(in_model("real ~ normal(0, 1);") == "2:6-7 expected a name, found '~'\n");
  CHECK(in_model("plate [3] { }") ==
        "2:7-8 expected the plate's name, found '[' | a plate is written 'plate obs[10] { ... }'\n");
  CHECK(in_model("observed vector[2] model ~ normal(0, 1);") ==
        "2:20-25 'model' is a word of the language and cannot be a name | choose another, such as 'model_'\n");
  CHECK(in_model("real plate;") ==
        "2:6-11 'plate' is a word of the language and cannot be a name | choose another, such as 'plate_'\n"
        "2:11-12 expected the plate's name, found ';' | a plate is written 'plate obs[10] { ... }'\n");
}

TEST_CASE("types") {
  CHECK(in_model("flot x = 1;") ==
        "2:1-5 'flot' is not a type | the types are real, int, vector, matrix, simplex, ordered, positive_ordered, "
        "unit_vector, cov_matrix, corr_matrix, cholesky_factor_corr and array[...]\n");
  CHECK(in_model("double x = 1;") == "2:1-7 'double' is not a type | did you mean 'real'?\n");
  CHECK(in_model("vectr[3] x ~ normal(0, 1);") == "2:1-6 'vectr' is not a type | did you mean 'vector'?\n");
  CHECK(in_model("row_vector[3] x ~ normal(0, 1);") ==
        "2:1-11 Stan's type 'row_vector' is not in the language | use 'vector', and dot_product(x, y) for a row times "
        "a column\n");
  CHECK(in_model("cholesky_factor_cov[3] L ~ f();") ==
        "2:1-20 Stan's type 'cholesky_factor_cov' is not in the language | scale a 'cholesky_factor_corr' with "
        "diag_pre_multiply(scales, L)\n");
  CHECK(in_model("real[3] x ~ normal(0, 1);") == "2:5-8 'real' has no size | write 'array[3] real'\n");
  CHECK(in_model("int<lower=0>[2, 3] x = 1;") == "2:13-19 'int' has no size | write 'array[2, 3] int<lower=0>'\n");
  CHECK(in_model("vector[3]<lower=0> x ~ normal(0, 1);") ==
        "2:10-11 bounds stand before the sizes | write 'vector<lower=0>[3] x'\n");
  CHECK(in_model("array real x = 1;") == "2:7-11 expected '[' and the array's sizes, found 'real'\n");
  CHECK(in_model("array[3] x = 1;") == "2:10-11 expected the type of the array's entries, found 'x'\n");
  CHECK(in_model("array[2] array[3] real x = 1;") ==
        "2:10-15 an array of arrays is one array with several sizes | write 'array[2, 3] real' for 'array[2] array[3] "
        "real'\n");
  CHECK(in_model("real<offset=1, multiplier=2> x ~ normal(0, 1);") ==
        "2:6-12 expected 'lower' or 'upper', found 'offset' | leave it out: the fit does not depend on how a variable "
        "is scaled\n");
  CHECK(in_model("real<lower=0, lower=1> x ~ normal(0, 1);") == "2:15-22 the lower bound is given twice\n");
  CHECK(in_model("real<lower 0> x ~ normal(0, 1);") ==
        "2:12-13 expected '=', found '0' | bounds are written 'real<lower=0, upper=1>'\n");
  CHECK(in_model("real<> x = 1;") ==
        "2:6-7 expected 'lower' or 'upper', found '>' | bounds are written 'real<lower=0, upper=1>'\n");
}

TEST_CASE("a variable is declared where it is drawn") {
  CHECK(in_model("real mu; mu ~ normal(0, 1);") ==
        "2:6-8 'mu' is declared but not drawn | declare it where it is drawn: real mu ~ normal(0, 1);\n");
  CHECK(in_model("real<lower=0> tau;\nvector[3] theta ~ normal(mu, tau);\ntau ~ cauchy(0, 5);") ==
        "2:15-18 'tau' is declared but not drawn | declare it where it is drawn: real<lower=0> tau ~ cauchy(0, 5);\n");
  CHECK(in_model("real mu;") ==
        "2:6-8 'mu' is declared but not drawn | declare it where it is drawn: real mu ~ normal(0, 1);\n");
  CHECK(in_model("real mu") ==
        "2:6-8 'mu' is declared but not drawn | declare it where it is drawn: real mu ~ normal(0, 1);\n");
  CHECK(in_model("mu ~ normal(0, 1);") ==
        "2:1-3 'mu' is drawn without a type | a variable is declared where it is drawn: real mu ~ normal(0, 1);\n");
  CHECK(in_model("sigma = 3;") == "2:1-6 'sigma' has no type | write its type: real sigma = 3;\n");
  CHECK(in_model("x[i] ~ normal(0, 1);") ==
        "2:1-2 an element of 'x' is drawn by itself | draw the whole variable where it is declared; a plate repeats "
        "it: plate i[N] { real x ~ ...; }\n");
  CHECK(in_model("observed x ~ normal(0, 1);") ==
        "2:10-11 expected a type after 'observed', found 'x' | write 'observed real x ~ normal(0, 1);'\n");
  CHECK(in_model("observed real x;") ==
        "2:15-16 the observed 'x' has no distribution | write: observed real x ~ normal(0, 1);\n");
  CHECK(in_model("observed real x = 3;") ==
        "2:17-18 the observed 'x' must be drawn with '~' | a derived quantity has no 'observed'\n");
  CHECK(in_model("covariate x;") ==
        "2:11-12 expected a type after 'covariate', found 'x' | write 'covariate real x;'\n");
  CHECK(in_model("observed vectr[2] x ~ normal(0, 1);") == "2:10-15 'vectr' is not a type | did you mean 'vector'?\n");
  CHECK(in_model("real x, y;") == "2:7-8 a statement declares one variable | give each its own statement\n");
  CHECK(in_model("real mu <- 3;") == "2:9-11 '<-' does not assign | write '=', or '~' to draw\n");
  CHECK(in_model("mu <- 3;") == "2:1-3 'mu' has no type | write its type: real mu = 3;\n");
  CHECK(in_model("int x[3];") == "2:6-9 sizes stand in the type, not behind the name 'x' | write 'array[3] int x'\n");
  CHECK(in_model("vector[3] x[2] ~ normal(0, 1);") ==
        "2:12-15 sizes stand in the type, not behind the name 'x' | write 'array[2] vector[3] x'\n");
  CHECK(in_model("array[2] real x[3] ~ normal(0, 1);") ==
        "2:16-19 sizes stand in the type, not behind the name 'x' | put them between the brackets of 'array[...]'\n");
  CHECK(in_model("real x ~ normal;") == "2:16-17 expected '(' and the distribution's arguments, found ';'\n");
  CHECK(in_model("real x ~ ;") ==
        "2:10-11 expected a distribution such as normal(0, 1), found ';' | a value that follows from others is written "
        "with '='\n");
  CHECK(in_model("real x ~ 3;") ==
        "2:10-11 expected a distribution such as normal(0, 1), found '3' | a value that follows from others is written "
        "with '='\n");
  CHECK(in_model("real x += 1;") == "2:8-10 expected '~' or '=', found '+='\n");
  CHECK(in_model("observed plate p[2];") == "2:10-15 expected a type after 'observed', found 'plate'\n");
}

TEST_CASE("habits from Stan") {
  CHECK(in_model("target += normal_lpdf(x | 0, 1);") ==
        "2:1-10 there is no 'target' | draw each variable from a distribution; 'mixture' sums a discrete choice out\n");
  CHECK(in_model("for (i in 1:N) { x[i] ~ normal(0, 1); }\nreal y = ;") ==
        "2:1-4 there is no 'for' | a plate repeats what is in it: plate i[N] { real x ~ normal(0, 1); }\n"
        "3:10-11 expected an expression, found ';'\n");
  CHECK(in_model("for (i in 1:N) x[i] ~ normal(0, 1);\nreal y = ;") ==
        "2:1-4 there is no 'for' | a plate repeats what is in it: plate i[N] { real x ~ normal(0, 1); }\n"
        "3:10-11 expected an expression, found ';'\n");
  CHECK(in_model("while (1) { }") ==
        "2:1-6 there is no 'while' | a plate repeats what is in it: plate i[N] { real x ~ normal(0, 1); }\n");
  CHECK(in_model("if (a) { real z; } else if (b) { real q; } else real r;\nreal y = ;") ==
        "2:1-3 there is no 'if' | 'mixture' draws from one of several distributions\n"
        "3:10-11 expected an expression, found ';'\n");
  CHECK(in_model("real t ~ normal(0, 1) T[0, ];") ==
        "2:23-29 a distribution is not truncated by 'T[0, ]' | declare the bounds: real<lower=0> x ~ normal(0, 1);\n");
  CHECK(in_model("print(\"x = \", x);") ==
        "2:1-6 a call such as 'print' is no statement | a statement declares a variable: real x ~ normal(0, 1);\n");
  CHECK(in_model("# a comment\nreal x = 1; # another") ==
        "2:1-2 '#' begins no comment | write '//'\n"
        "3:13-14 '#' begins no comment | write '//'\n");
  CHECK(in_model("parameters { real mu; }") ==
        "2:1-11 there is no 'parameters' block | declare each variable in the model block where it is drawn: real mu ~ "
        "normal(0, 1);\n");
  CHECK(in_model("{ real x = 1; }") ==
        "2:1-2 expected a statement, found '{' | a statement begins with a type, 'observed' or 'plate'\n");
  CHECK(in_model("return 1;") ==
        "2:1-7 expected a statement, found 'return' | a statement begins with a type, 'observed' or 'plate'\n");
}

TEST_CASE("plates") {
  CHECK(in_model("plate p(3) { real x = ; }") ==
        "2:8-9 expected '[' and the plate's size, found '(' | a plate is written 'plate obs[10] { ... }'\n"
        "2:23-24 expected an expression, found ';'\n");
  CHECK(in_model("plate p { real x = ; }") ==
        "2:9-10 expected '[' and the plate's size, found '{' | a plate is written 'plate obs[10] { ... }'\n"
        "2:20-21 expected an expression, found ';'\n");
  CHECK(in_model("plate p[3]\n  real x = ;\n}") ==
        "2:11-11 expected '{', found 'real'\n"
        "3:12-13 expected an expression, found ';'\n");
  CHECK(in_model("plate p[3, 4] { real x = ; }") ==
        "2:10-11 a plate has one size | nest a plate in a plate: plate row[3] { plate column[4] { ... } }\n"
        "2:26-27 expected an expression, found ';'\n");
  CHECK(in_model("plate p[] { }") == "2:9-10 expected an expression, found ']'\n");
  CHECK(in_model("plate p[2:] { }") == "2:11-12 expected an expression, found ']'\n");
  CHECK(in_model("plate p[3];") == "2:11-12 expected '{', found ';' | a plate is written 'plate obs[10] { ... }'\n");
  CHECK(in_model("plate p[3] = 2;\nreal x = ;") ==
        "2:12-13 expected '{', found '=' | a plate is written 'plate obs[10] { ... }'\n"
        "3:10-11 expected an expression, found ';'\n");
}

TEST_CASE("the data block holds constants") {
  CHECK(in_data("real sigma ~ normal(0, 1);") ==
        "2:12-13 'sigma' is drawn in the data block | a constant takes its value with '='; what is drawn belongs in "
        "the model block\n");
  CHECK(in_data("sigma ~ normal(0, 1);") ==
        "2:7-8 'sigma' is drawn in the data block | a constant takes its value with '='; what is drawn belongs in the "
        "model block\n");
  CHECK(in_data("plate p[3] { real x; }") ==
        "2:1-6 'plate' belongs in the model block | the data block holds constants: int<lower=1> N = 10;\n");
  CHECK(in_data("observed real y;") ==
        "2:1-9 'observed' belongs in the model block | the data block holds constants: int<lower=1> N = 10;\n");
  CHECK(in_data("int x[3];") == "2:6-9 sizes stand in the type, not behind the name 'x' | write 'array[3] int x'\n");
  CHECK(in_data("int N <- 3;") == "2:7-9 '<-' does not assign | write '='\n");
  CHECK(in_data("N = 3;") == "2:1-2 'N' has no type | write its type: real N = 3;\n");
  CHECK(in_data("real a, b;") == "2:7-8 a statement declares one variable | give each its own statement\n");
  CHECK(in_data("real mu += 3;") == "2:8-8 expected ';', found '+='\n");
  CHECK(in_data("target += 1;") ==
        "2:1-10 there is no 'target' | draw each variable from a distribution; 'mixture' sums a discrete choice out\n");
  CHECK(in_data("int N = 3\nreal s = ;") ==
        "2:10-10 expected ';', found 'real' | add ';'\n"
        "3:10-11 expected an expression, found ';'\n");
}

TEST_CASE("blocks") {
  CHECK(errors("") == "1:1-1 there is no model block | write 'model { ... }'\n");
  CHECK(errors("// nothing") == "1:1-1 there is no model block | write 'model { ... }'\n");
  CHECK(errors("data { int N = 3; }") == "1:20-20 there is no model block | write 'model { ... }'\n");
  CHECK(errors("model { real x = 1;") ==
        "1:20-20 expected '}', found the end of the file | add '}'\n"
        "> 1:7 opened here\n");
  CHECK(errors("model {\n  plate p[3] {\n    real x = 1;\n") ==
        "3:16-16 expected '}', found the end of the file | add '}'\n"
        "> 2:14 opened here\n");
  CHECK(errors("data { int N = 3;\nmodel { real x = N; }") ==
        "1:18-18 expected '}', found 'model' | add '}'\n"
        "> 1:6 opened here\n");
  CHECK(errors("data int N = 3; }\nmodel { }") == "1:5-5 expected '{', found 'int'\n");
  CHECK(errors("model { } }") == "1:11-12 '}' closes nothing\n");
  CHECK(errors("model { } model { }") ==
        "1:11-16 a second 'model' block | join the two\n"
        "> 1:1 the first one is here\n");
  CHECK(errors("model { } data { }") ==
        "1:11-15 the data block must stand before the model block | move it up\n"
        "> 1:1 the model block is here\n");
  CHECK(errors("data { } data { } model { }") ==
        "1:10-14 a second 'data' block | join the two\n"
        "> 1:1 the first one is here\n");
  CHECK(errors("parameters { real mu; }\nmodel { }") ==
        "1:1-11 there is no 'parameters' block | declare each variable in the model block where it is drawn: real mu ~ "
        "normal(0, 1);\n");
  CHECK(errors("transformed parameters { real q; }\ntransformed data { }\ngenerated quantities { }\nfunctions { "
               "}\nmodel { }") ==
        "1:1-23 there is no 'transformed parameters' block | write derived quantities in the model block: real s2 = "
        "square(s);\n"
        "2:1-17 there is no 'transformed data' block | give a constant of the data block its value: real s2 = "
        "square(s);\n"
        "3:1-21 there is no 'generated quantities' block | write derived quantities in the model block: real s2 = "
        "square(s);\n"
        "4:1-10 there is no 'functions' block | write the expression where it is used\n");
  CHECK(errors("modle { }") == "1:1-6 there is no 'modle' block | did you mean 'model'?\n");
  CHECK(errors("real x = 1;\nreal y = 2;\nmodel { }") ==
        "1:1-5 a statement stands outside of the blocks | write constants in 'data { ... }' and everything else in "
        "'model { ... }'\n");
  CHECK(errors("model ( )") == "1:7-8 expected '{', found '('\n");
  CHECK(errors("3 model { }") == "1:1-2 expected 'data' or 'model', found '3'\n");
  CHECK(errors("data { real y; }\nmodel { y ~ normal(0, 1); }") ==
        "2:9-10 'y' is a constant and cannot be drawn | what is observed is declared where it is drawn: observed real "
        "y ~ normal(0, 1);\n"
        "> 1:13 declared here; take this line out of the data block\n");
  CHECK(errors("model real x = 1; }") == "1:6-6 expected '{', found 'real'\n");
  CHECK(errors("model { data { int N = 3; } }") ==
        "1:9-13 the data block must stand before the model block | move it up\n"
        "> 1:1 the model block is here\n");
  CHECK(errors("data { int N = 3; model { } }") ==
        "1:19-24 the model block must stand behind the data block, not in it | move the '}' that ends the data block "
        "to here\n"
        "> 1:1 the data block is here\n");
  CHECK(errors("model { real x = 1; }\nreal y = 2; plate p[3] { real z = 3; } }") ==
        "2:1-5 a statement stands behind the end of the block | move the '}' behind what belongs to the block\n"
        "> 1:21 the block ends here\n");
}

TEST_CASE("characters") {
  CHECK(errors("model { real µ ~ normal(0, 1); }") ==
        "1:14-15 the character U+00B5 has no meaning here | names are written with the letters a-z, A-Z, digits and "
        "'_'\n");
  CHECK(errors("model { real σ_x = 3; }") ==
        "1:14-15 the character U+03C3 has no meaning here | names are written with the letters a-z, A-Z, digits and "
        "'_'\n");
  CHECK(errors("model { real x = 1 + 2; real y = $a; }") ==
        "1:19-20 the character U+00A0 has no meaning here | it looks like a blank; write an ordinary one\n"
        "1:34-35 the character U+0024 has no meaning here\n");
  CHECK(errors("model { real x = “1”; }") ==
        "1:18-19 the character U+201C has no meaning here | there are no strings in a model\n"
        "1:20-21 the character U+201D has no meaning here | there are no strings in a model\n");
  CHECK(errors("#include foo\nmodel { }") == "1:1-2 a model is one file: there is no '#include' | copy the text in\n");
  CHECK(errors("model { real x = 1; /* never\n closed }") ==
        "1:21-23 the comment that begins here has no end | close it with '*/'\n");
  CHECK(errors("model { real x = ; /* never\n closed }") ==
        "1:18-19 expected an expression, found ';'\n"
        "1:20-22 the comment that begins here has no end | close it with '*/'\n");
  CHECK(errors("model { real x\\0 = 1; }") == "1:15-16 expected '~' or '=', found '\\'\n");
}
