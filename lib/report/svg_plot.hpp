#pragma once
#include <string>
#include <vector>

namespace adavi {

/// One set of points in a plot. Points that are not finite, or not positive on a logarithmic axis, are left out.
struct Series {
  std::string name;  ///< in the legend; empty: not there
  std::vector<double> x, y;
  std::string colour = "#1f77b4";  ///< as SVG has it
  bool line = true;                ///< joined, else dots alone
  bool dashed = false;
};

/// A circle in the units of the axes, which are the same for both.
struct PlotCircle {
  double x = 0, y = 0, radius = 0;
};

struct Plot {
  std::string title, x_label, y_label;
  std::vector<Series> series;
  std::vector<PlotCircle> circles;
  bool log_x = false, log_y = false;
  bool square = false;  ///< one unit is as long in y as in x
};

/// An SVG document of plots in rows; each names its axes and has its own legend.
std::string svg_of(const std::vector<std::vector<Plot>>& rows);

/// The n-th of some colours that are easy to tell apart.
std::string plot_colour(std::size_t n);

}  // namespace adavi
