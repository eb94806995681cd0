#include "paper/figures.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <optional>

#include "cli/terminal.hpp"
#include "codegen/text_table.hpp"
#include "diagnostics/failure.hpp"
#include "io/artifact.hpp"
#include "io/posterior_reader.hpp"
#include "paper/tables.hpp"
#include "report/svg_plot.hpp"
#include "running/simulated_file.hpp"

namespace adavi {
namespace {

using nlohmann::json;

constexpr std::int64_t plotted_draws = 200;
const char* const black = "#000000";

json with_phase(const char* loss, std::int64_t steps) {
  return {{"training", {{"phases", {{{"loss", loss}, {"steps", steps}}}}}}};
}

/// Points in the plane out of rows of two numbers: `groups` interleaved sets, each in its colour.
std::vector<Series> in_groups(const std::vector<double>& values, std::size_t per_group, std::size_t groups) {
  std::vector<Series> series(groups);
  for (std::size_t g = 0; g < groups; ++g) {
    series[g].colour = plot_colour(g);
    series[g].line = false;
  }
  for (std::size_t i = 0; 2 * i + 1 < values.size(); ++i) {
    Series& own = series[i / per_group % groups];
    own.x.push_back(values[2 * i]);
    own.y.push_back(values[2 * i + 1]);
  }
  return series;
}

std::vector<double> values_of(const std::string& file, const std::string& variable) {
  return open_simulated(file).data.read(0, 1).at(variable).values;
}

/// Draws of one variable for the single data set of a file.
std::vector<double> draws_of(const Study& study, const std::string& artifact, const std::string& data,
                             const std::string& variable) {
  const std::string posterior = study / "posterior.nc";
  infer(study.effort().adavi, artifact, data, plotted_draws, 0, false, posterior);
  return PosteriorReader(posterior).read(variable, 0).values;
}

Plot empty_plot(const std::string& title) {
  Plot plot;
  plot.title = title;
  plot.square = true;
  return plot;
}

void add(Plot& plot, const std::vector<Series>& series) {
  plot.series.insert(plot.series.end(), series.begin(), series.end());
}

/// 95 % regions of the exact posteriors of mu and mu_g of eq. 6, as circles of two standard deviations.
std::vector<PlotCircle> exact_regions(const std::vector<double>& x, std::size_t groups, std::size_t n) {
  const double sigma_mu = 1.0, sigma_g = 0.2, sigma_x = 0.05;
  std::vector<PlotCircle> circles;
  const double noise = sigma_x * sigma_x / static_cast<double>(n);
  const double precision = 1 / (sigma_mu * sigma_mu) + static_cast<double>(groups) / (sigma_g * sigma_g + noise);
  PlotCircle top;
  for (std::size_t g = 0; g < groups; ++g) {
    PlotCircle group;
    for (std::size_t i = 0; i < n; ++i) {
      group.x += x[2 * (g * n + i)] / static_cast<double>(n);
      group.y += x[2 * (g * n + i) + 1] / static_cast<double>(n);
    }
    top.x += group.x / (sigma_g * sigma_g + noise) / precision;
    top.y += group.y / (sigma_g * sigma_g + noise) / precision;
    group.radius = 2 * std::sqrt(noise);
    circles.push_back(group);
  }
  top.radius = 2 / std::sqrt(precision);
  circles.push_back(top);
  return circles;
}

/// The training with the best mean ELBO over the study's data sets, or for its first one; nothing if all fail.
std::optional<double> best_training(const Study& study, const Method& method, const std::string& artifact) {
  std::optional<double> best;
  const std::string candidate = study / "candidate.adavi";
  for (std::uint64_t seed = 0; seed < study.effort().seeds; ++seed) {
    note("  " + method.name + ", seed " + std::to_string(seed) + " ...\n");
    try {
      study.train_once(method, seed, candidate);
      const std::size_t scored = method.amortized ? study.data().size() : 1;
      double elbo = 0;
      for (std::size_t i = 0; i < scored; ++i)
        elbo += evaluate(study.effort().adavi, candidate, study.data()[i], study.effort().draws, 0).at(0).elbo /
                static_cast<double>(scored);
      if (!std::isfinite(elbo) || (best && elbo <= *best)) continue;
      best = elbo;
      std::filesystem::rename(candidate, artifact);
    } catch (const Failure& failure) {
      note("  " + std::string(failure.what()) + "\n");
    }
  }
  return best;
}

/// Mean and sd of the losses of several trainings at the steps that all of them have.
struct LossCurve {
  std::vector<double> steps, mean, low, high;
};

LossCurve curve_of(const std::vector<std::vector<std::pair<double, double>>>& runs) {
  LossCurve curve;
  if (runs.empty()) return curve;
  for (std::size_t i = 0; i < runs.front().size(); ++i) {
    double sum = 0, squares = 0, n = 0;
    for (const auto& run : runs) {
      if (i >= run.size() || !std::isfinite(run[i].second)) continue;
      sum += run[i].second;
      squares += run[i].second * run[i].second;
      ++n;
    }
    if (n == 0) continue;
    const double mean = sum / n, sd = std::sqrt(std::max(0.0, squares / n - mean * mean));
    curve.steps.push_back(runs.front()[i].first);
    curve.mean.push_back(mean);
    curve.low.push_back(mean - sd);
    curve.high.push_back(mean + sd);
  }
  return curve;
}

/// (step, loss) along a training, from its artifact.
std::vector<std::pair<double, double>> losses_of(const std::string& artifact) {
  std::vector<std::pair<double, double>> losses;
  for (const auto& entry : json::parse(ArtifactReader(artifact).metadata().history)) {
    if (entry.at("loss").is_number()) losses.emplace_back(entry.at("step"), entry.at("loss").get<double>());
  }
  return losses;
}

}  // namespace

void figure2a(const Effort& effort) {
  const Study study(effort, {model_path("gre"), {}}, true);
  Plot plot;
  plot.title = "Figure 2a: inference amortization";
  plot.x_label = "examples";
  plot.y_label = "cumulative CPU s";
  plot.log_x = plot.log_y = true;
  TextTable table({"method", "CPU s before the first example", "CPU s an example", "examples until MF-VI takes longer"},
                  {1, 2, 3});
  double alone = 0;
  std::size_t colour = 0;
  for (const Method& method : random_effects_methods()) {
    if (method.name != "MF-VI" && method.name.find("ADAVI") != 0) continue;
    double before = 0, each = 0;
    if (method.amortized) {
      const std::int64_t many = 1000;
      const std::string artifact = study / "model.adavi", file = study / "many.h5";
      note("  " + method.name + " ...\n");
      before = study.train_once(method, 0, artifact).command.cpu_seconds;
      simulate(effort.adavi, study.model(), many, held_out_seed, file);
      const double start = infer(effort.adavi, artifact, study.data()[0], 1000, 0, true, study / "one.nc").cpu_seconds;
      each = infer(effort.adavi, artifact, file, 1000, 0, true, study / "many.nc").cpu_seconds / many;
      before += start;
    } else {
      each = alone = study.run(method).cpu_seconds;
    }
    const std::string crossing = method.amortized && alone > each ? rounded(before / (alone - each)) : "-";
    table.add({method.name, fixed(before, 1), fixed(each, 4), crossing});
    Series series{method.name, {}, {}, plot_colour(colour++), true, !method.amortized};
    for (double n = 1; n <= 1e5; n *= 10) {
      series.x.push_back(n);
      series.y.push_back(before + n * each);
    }
    plot.series.push_back(series);
  }
  print(
      "Figure 2a: cumulative time (section 3.1). The paper: \"as the number of examples rises, the amortized method "
      "becomes more attractive\"; GPU s there, CPU s here.\n\n" +
      table.to_string() + "\n");
  write_plot(effort, "fig2a.svg", svg_of({{plot}}));
}

void figure_c1(const Effort& effort) {
  Effort small = effort;
  small.data_sets = 3;
  const Study study(small, {model_path("gre"), {}}, false);
  std::vector<std::vector<Plot>> rows(study.data().size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    rows[i].push_back(empty_plot("Data " + std::to_string(i + 1)));
    add(rows[i][0], in_groups(values_of(study.data()[i], "x"), 50, 3));
  }
  // Epochs of 625 batches: several dozen, 3 and 10.
  const std::vector<std::pair<const char*, std::int64_t>> losses = {
      {"forward_kl", 15000}, {"unregularized_elbo", 1875}, {"reverse_kl", 6250}};
  TextTable table({"loss", "draws of mu within its 95 % circle", "of the group means"}, {1, 2});
  for (const auto& [loss, steps] : losses) {
    note(std::string("  ") + loss + " ...\n");
    const std::string artifact = study / "model.adavi";
    study.train_once({loss, true, "gre_paper.json", with_phase(loss, steps)}, 0, artifact);
    std::vector<double> inside(2, 0), all(2, 0);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      Plot plot = empty_plot(loss);
      plot.circles = exact_regions(values_of(study.data()[i], "x"), 3, 50);
      add(plot, in_groups(draws_of(study, artifact, study.data()[i], "mu_g"), 1, 3));
      Series top = in_groups(draws_of(study, artifact, study.data()[i], "mu"), 1, 1).front();
      top.colour = black;
      plot.series.push_back(top);
      for (std::size_t s = 0; s < plot.series.size(); ++s) {
        const PlotCircle& circle = plot.circles[s];
        const std::size_t kind = s + 1 == plot.series.size() ? 0 : 1;
        for (std::size_t d = 0; d < plot.series[s].x.size(); ++d) {
          const double distance = std::hypot(plot.series[s].x[d] - circle.x, plot.series[s].y[d] - circle.y);
          if (distance <= circle.radius) ++inside[kind];
          ++all[kind];
        }
      }
      rows[i].push_back(plot);
    }
    table.add({loss, fixed(100 * inside[0] / all[0], 1) + " %", fixed(100 * inside[1] / all[1], 1) + " %"});
  }
  print(
      "Figure C.1: posteriors by loss, the circles being the exact ones. An exact posterior has 86.5 % of its draws "
      "within two standard deviations in the plane (the paper says 95 %).\n\n" +
      table.to_string() + "\n");
  write_plot(effort, "figC1.svg", svg_of(rows));
}

void figure_c2(const Effort& effort) {
  Effort own = effort;
  own.data_sets = 1;
  const Study study(own, {model_path("gre"), {}}, false);
  Plot plot;
  plot.title = "Figure C.2: loss by budget";
  plot.x_label = "batches";
  plot.y_label = "reverse KL";
  TextTable table({"batch size", "draws a data set", "last loss", "sd", "runs that failed or skipped steps"},
                  {0, 1, 2, 3, 4});
  std::size_t colour = 0;
  for (const std::int64_t batch : {1, 10, 100, 1000}) {
    json patch = with_phase("reverse_kl", 1000);
    patch["training"].update({{"batch", batch},
                              {"draws", 1000 / batch},
                              {"simulations", 1000},
                              {"check_every", 10},
                              {"validation_sets", 16},
                              {"validation_draws", 8}});
    std::vector<std::vector<std::pair<double, double>>> runs;
    std::int64_t broken = 0;
    for (std::uint64_t seed = 0; seed < effort.seeds; ++seed) {
      note("  batches of " + std::to_string(batch) + ", seed " + std::to_string(seed) + " ...\n");
      const std::string artifact = study / "model.adavi";
      try {
        const Training training = study.train_once({"ADAVI", true, "gre_paper.json", patch}, seed, artifact);
        if (training.skipped > 0) ++broken;
        runs.push_back(losses_of(artifact));
      } catch (const Failure& failure) {
        note("  " + std::string(failure.what()) + "\n");
        ++broken;
      }
    }
    const LossCurve curve = curve_of(runs);
    const std::string colour_name = plot_colour(colour++);
    plot.series.push_back({"batch " + std::to_string(batch), curve.steps, curve.mean, colour_name, true, false});
    plot.series.push_back({"", curve.steps, curve.low, colour_name, true, true});
    plot.series.push_back({"", curve.steps, curve.high, colour_name, true, true});
    const bool any = !curve.mean.empty();
    table.add({std::to_string(batch), std::to_string(1000 / batch), any ? fixed(curve.mean.back(), 1) : "-",
               any ? fixed(curve.high.back() - curve.mean.back(), 1) : "-", std::to_string(broken)});
  }
  print(
      "Figure C.2: the loss, a running mean over 50 steps, with the same batch size x draws (appendix C.5). In the "
      "paper 19 of "
      "20 runs of batch 1000 x 1 draw ended in NaN.\n\n" +
      table.to_string() + "\n");
  write_plot(effort, "figC2.svg", svg_of({{plot}}));
}

void figure_d3(const Effort& effort) {
  const Study study(effort, {model_path("gm"), {}}, false);
  const std::string& data = study.data().front();
  const std::vector<double> x = values_of(data, "x");
  Plot all = empty_plot("Data");
  add(all, in_groups(x, 50, 3));
  std::vector<std::vector<Plot>> rows = {{all}, {all}};
  TextTable table({"method", "best ELBO, nats"}, {1});
  for (const Method& method : mixture_methods()) {
    if (method.name != "MF-VI" && method.name.find("ADAVI") != 0) continue;
    const std::string artifact = study / "best.adavi";
    const auto best = best_training(study, method, artifact);
    table.add({method.name, best ? fixed(*best, 1) : "-"});
    if (!best) continue;
    for (std::size_t row = 0; row < rows.size(); ++row) {
      const std::size_t components = row == 0 ? 3 : 1;  // the second row has the first one alone
      Plot plot = empty_plot(method.name + (row == 0 ? "" : ", component 1"));
      const auto groups = in_groups(draws_of(study, artifact, data, "mu_g"), 1, 9);
      auto tops = in_groups(draws_of(study, artifact, data, "mu"), 1, 3);
      for (std::size_t g = 0; g < 3; ++g) {
        for (std::size_t l = 0; l < components; ++l) {
          plot.series.push_back(groups[3 * g + l]);
          plot.series.back().colour = plot_colour(g);
        }
      }
      for (std::size_t l = 0; l < components; ++l) {
        tops[l].colour = black;
        plot.series.push_back(tops[l]);
      }
      rows[row].push_back(plot);
    }
  }
  print(
      "Figure D.3: posterior draws of mixture components, population in black; the training with the best ELBO. "
      "MF-VI's is of the "
      "data set shown, the others' the mean over " +
      std::to_string(effort.data_sets) + " (not run: CF-A, which adavi does not have).\n\n" + table.to_string() + "\n");
  write_plot(effort, "figD3.svg", svg_of(rows));
}

}  // namespace adavi
