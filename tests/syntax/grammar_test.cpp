#include <doctest/doctest.h>

#include <tao/pegtl/contrib/analyze.hpp>

#include "../../grammar/hbm_grammar.hpp"

TEST_CASE("no rule can go round without reading anything") { CHECK(tao::pegtl::analyze<adavi::grammar::file>() == 0); }
