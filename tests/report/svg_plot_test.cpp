#include "report/svg_plot.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <cstdio>

using namespace adavi;

namespace {

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

Plot plot() {
  Plot plot;
  plot.title = "a < b";
  plot.series = {{"first", {1, 10, 100}, {1, 2, 3}}};
  return plot;
}

}  // namespace

TEST_CASE("a line, its points, its name") {
  const std::string svg = svg_of({{plot()}});
  CHECK(svg.find("<svg ") == 0);
  CHECK(count(svg, "<path ") == 1);
  CHECK(count(svg, " L") == 2);
  CHECK(count(svg, "<circle ") == 3);
  CHECK(svg.find(">first</text>") != std::string::npos);
  CHECK(svg.find("a &lt; b") != std::string::npos);
  CHECK(count(svg, "<g ") == count(svg, "</g>"));
}

TEST_CASE("on a logarithmic axis equal factors are equally far apart") {
  Plot logarithmic = plot();
  logarithmic.log_x = true;
  const auto second_is_halfway = [](const Plot& of) {
    // M x y L x y L x y
    const std::string svg = svg_of({{of}});
    double x[3], y[3];
    REQUIRE(std::sscanf(svg.c_str() + svg.find("d=\"M"), "d=\"M%lf %lf L%lf %lf L%lf %lf", &x[0], &y[0], &x[1], &y[1],
                        &x[2], &y[2]) == 6);
    CHECK(y[0] > y[2]);  // up is more
    return std::abs(x[1] - (x[0] + x[2]) / 2) < 0.02;
  };
  CHECK(second_is_halfway(logarithmic));
  CHECK_FALSE(second_is_halfway(plot()));
}

TEST_CASE("what has no place is left out") {
  Plot odd = plot();
  odd.series[0].y[1] = std::nan("");
  CHECK(count(svg_of({{odd}}), "<circle ") == 2);
  odd.log_x = true;
  odd.series[0].x[0] = -1;
  CHECK(count(svg_of({{odd}}), "<circle ") == 1);
  CHECK(svg_of({{Plot()}}).find("nan") == std::string::npos);
}

TEST_CASE("plots stand in rows and columns") {
  const std::string svg = svg_of({{plot(), plot()}, {plot()}});
  CHECK(count(svg, "<g ") == 3);
  CHECK(svg.find("width=\"640\" height=\"560\"") != std::string::npos);
}
