#include "report/svg_plot.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace adavi {
namespace {

constexpr double width = 320, height = 280;                     // of one plot
constexpr double left = 58, right = 12, top = 26, bottom = 42;  // margins around its frame

std::string number(double value, const char* format = "%.2f") {
  char text[64];
  std::snprintf(text, sizeof text, format, value);
  return text;
}

std::string escaped(const std::string& text) {
  std::string result;
  for (const char c : text) result += c == '<' ? "&lt;" : c == '&' ? "&amp;" : std::string(1, c);
  return result;
}

/// One axis: from numbers to where they lie, 0 to 1.
struct Axis {
  double low = 0, high = 1;
  bool logarithmic = false;

  double scaled(double value) const { return logarithmic ? std::log10(value) : value; }
  bool shows(double value) const { return std::isfinite(value) && (!logarithmic || value > 0); }
  double place(double value) const { return (scaled(value) - low) / (high - low); }

  void cover(const std::vector<double>& values, bool& first) {
    for (const double value : values) {
      if (!shows(value)) continue;
      low = first ? scaled(value) : std::min(low, scaled(value));
      high = first ? scaled(value) : std::max(high, scaled(value));
      first = false;
    }
  }
  void pad() {
    const double room = high > low ? 0.05 * (high - low) : 0.5;
    low -= room;
    high += room;
  }
  /// Round numbers, or powers of ten, as the axis measures them.
  std::vector<double> ticks() const {
    const double raw = (high - low) / 5, unit = std::pow(10, std::floor(std::log10(raw)));
    double step = raw > 5 * unit ? 10 * unit : raw > 2 * unit ? 5 * unit : raw > unit ? 2 * unit : unit;
    if (logarithmic) step = std::max(1.0, std::round(step));
    std::vector<double> result;
    for (double tick = std::ceil(low / step) * step; tick <= high + 1e-9 * step; tick += step)
      result.push_back(std::abs(tick) < 1e-9 * step ? 0 : tick);
    return result;
  }
  std::string label(double tick) const { return logarithmic ? "1e" + number(tick, "%.0f") : number(tick, "%.4g"); }
};

std::string text_at(double x, double y, const std::string& text, const std::string& more = "text-anchor=\"middle\"") {
  return "<text x=\"" + number(x) + "\" y=\"" + number(y) + "\" " + more + ">" + escaped(text) + "</text>\n";
}

/// Draws one plot with its corner at (0, 0).
class Canvas {
 public:
  explicit Canvas(const Plot& plot) : plot_(plot) {
    x_.logarithmic = plot.log_x;
    y_.logarithmic = plot.log_y;
    bool first_x = true, first_y = true;
    for (const Series& series : plot.series) {
      x_.cover(series.x, first_x);
      y_.cover(series.y, first_y);
    }
    for (const PlotCircle& circle : plot.circles) {
      x_.cover({circle.x - circle.radius, circle.x + circle.radius}, first_x);
      y_.cover({circle.y - circle.radius, circle.y + circle.radius}, first_y);
    }
    x_.pad();
    y_.pad();
    if (plot.square) make_square();
  }

  std::string draw() const {
    std::string svg = frame();
    for (const Series& series : plot_.series) svg += points(series);
    for (const PlotCircle& circle : plot_.circles) {
      svg += "<circle cx=\"" + number(at_x(circle.x)) + "\" cy=\"" + number(at_y(circle.y)) + "\" r=\"" +
             number(circle.radius / (x_.high - x_.low) * inner_width) + "\" fill=\"none\" stroke=\"black\"/>\n";
    }
    return svg + legend();
  }

 private:
  static constexpr double inner_width = width - left - right, inner_height = height - top - bottom;
  double at_x(double value) const { return left + x_.place(value) * inner_width; }
  double at_y(double value) const { return top + (1 - y_.place(value)) * inner_height; }

  void make_square() {
    const double unit = std::max((x_.high - x_.low) / inner_width, (y_.high - y_.low) / inner_height);
    const auto widen = [&](Axis& axis, double pixels) {
      const double middle = (axis.low + axis.high) / 2;
      axis.low = middle - unit * pixels / 2;
      axis.high = middle + unit * pixels / 2;
    };
    widen(x_, inner_width);
    widen(y_, inner_height);
  }

  std::string frame() const {
    std::string svg = "<rect x=\"" + number(left) + "\" y=\"" + number(top) + "\" width=\"" + number(inner_width) +
                      "\" height=\"" + number(inner_height) + "\" fill=\"none\" stroke=\"#888\"/>\n";
    for (const double tick : x_.ticks()) {
      const double x = left + (tick - x_.low) / (x_.high - x_.low) * inner_width;
      svg += text_at(x, height - bottom + 14, x_.label(tick));
    }
    for (const double tick : y_.ticks()) {
      const double y = top + (1 - (tick - y_.low) / (y_.high - y_.low)) * inner_height;
      svg += text_at(left - 4, y + 4, y_.label(tick), "text-anchor=\"end\"");
    }
    svg += text_at(left + inner_width / 2, 16, plot_.title, "text-anchor=\"middle\" font-weight=\"bold\"");
    svg += text_at(left + inner_width / 2, height - 8, plot_.x_label);
    const double middle = top + inner_height / 2;
    return svg + text_at(12, middle, plot_.y_label,
                         "text-anchor=\"middle\" transform=\"rotate(-90 12 " + number(middle) + ")\"");
  }

  std::string points(const Series& series) const {
    std::string path, dots;
    for (std::size_t i = 0; i < std::min(series.x.size(), series.y.size()); ++i) {
      if (!x_.shows(series.x[i]) || !y_.shows(series.y[i])) continue;
      const std::string x = number(at_x(series.x[i])), y = number(at_y(series.y[i]));
      path += (path.empty() ? "M" : " L") + x + " " + y;
      dots += "<circle cx=\"" + x + "\" cy=\"" + y + "\" r=\"" + (series.line ? "2.5" : "1.5") + "\" fill=\"" +
              series.colour + "\"/>\n";
    }
    constexpr std::size_t most_marked = 20;  // a line of more points has no dots
    if (!series.line) return dots;
    const std::string dashes = series.dashed ? " stroke-dasharray=\"5 3\"" : "";
    const std::string line =
        "<path d=\"" + path + "\" fill=\"none\" stroke=\"" + series.colour + "\"" + dashes + "/>\n";
    return path.empty() ? "" : series.x.size() <= most_marked ? line + dots : line;
  }

  std::string legend() const {
    std::string svg;
    double y = top + 14;
    for (const Series& series : plot_.series) {
      if (series.name.empty()) continue;
      svg += "<rect x=\"" + number(left + 6) + "\" y=\"" + number(y - 8) + "\" width=\"8\" height=\"8\" fill=\"" +
             series.colour + "\"/>\n" + text_at(left + 18, y, series.name, "text-anchor=\"start\"");
      y += 13;
    }
    return svg;
  }

  const Plot& plot_;
  Axis x_, y_;
};

}  // namespace

std::string svg_of(const std::vector<std::vector<Plot>>& rows) {
  std::size_t columns = 0;
  for (const auto& row : rows) columns = std::max(columns, row.size());
  std::string svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" +
                    number(width * static_cast<double>(columns), "%.0f") + "\" height=\"" +
                    number(height * static_cast<double>(rows.size()), "%.0f") +
                    "\" font-family=\"sans-serif\" font-size=\"10\">\n"
                    "<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n";
  for (std::size_t row = 0; row < rows.size(); ++row) {
    for (std::size_t column = 0; column < rows[row].size(); ++column) {
      svg += "<g transform=\"translate(" + number(width * static_cast<double>(column)) + " " +
             number(height * static_cast<double>(row)) + ")\">\n" + Canvas(rows[row][column]).draw() + "</g>\n";
    }
  }
  return svg + "</svg>\n";
}

std::string plot_colour(std::size_t n) {
  static const char* const colours[] = {"#1f77b4", "#ff7f0e", "#2ca02c", "#d62728", "#9467bd", "#8c564b", "#7f7f7f"};
  return colours[n % (sizeof colours / sizeof *colours)];
}

}  // namespace adavi
