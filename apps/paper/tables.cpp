#include "paper/tables.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

#include "cli/terminal.hpp"
#include "codegen/text_table.hpp"
#include "paper/reported.hpp"
#include "report/summary_statistics.hpp"
#include "report/svg_plot.hpp"

namespace adavi {
namespace {

using nlohmann::json;

const char* const own_defaults = "ADAVI, defaults";

json phases(const char* loss, std::int64_t steps) {
  return {{"training", {{"phases", {{{"loss", loss}, {"steps", steps}}}}}}};
}

/// A fit of one data set for so many steps.
json alone(std::int64_t steps, std::int64_t embedding) {
  json patch = phases("reverse_kl", steps);
  patch["training"]["batch"] = 1;
  patch["encoder"]["embedding"] = embedding;
  return patch;
}

std::vector<Method> nonconjugate_methods() {
  return {{"MF-VI", false, "mf_vi_paper.json", phases("reverse_kl", 20000)},
          {"ADAVI", true, "nc_paper.json", {}},
          {own_defaults, true, "", {}}};
}

/// A row as the paper has it, with ours, or the reason why there is none.
struct Row {
  ReportedRow reported;
  std::string left_out;
  std::optional<MethodResult> result;
  bool amortized = true;
};

std::string why_left_out(const Effort& effort, const ReportedRow& reported, const Method* method) {
  if (!method) return "adavi does not have it";
  if (effort.quick && reported.example == "G=300" && method->name != own_defaults) return "--quick";
  const double spent = std::max(reported.amortization, reported.inference) * (method->amortized ? effort.share : 1);
  return spent > effort.cpu_limit
             ? "the paper spent " + rounded(reported.amortization + reported.inference) + " CPU s (--cpu-limit)"
             : "";
}

/// All rows of one example, those of the paper first, then those that it does not have.
std::vector<Row> run_example(const Effort& effort, const std::string& name, const ModelChoice& model, bool has_exact,
                             const std::vector<Method>& methods, const std::vector<ReportedRow>& reported) {
  std::vector<Row> rows;
  for (const ReportedRow& row : reported) {
    if (row.example == name) rows.push_back({row, "", {}, true});
  }
  for (const Method& method : methods) {
    const auto is_it = [&](const Row& row) { return row.reported.method == method.name; };
    if (std::none_of(rows.begin(), rows.end(), is_it)) rows.push_back({{name, method.name}, "", {}, true});
  }
  note(name + "\n");
  std::optional<Study> study;
  for (Row& row : rows) {
    const auto is_it = [&](const Method& method) { return method.name == row.reported.method; };
    const auto method = std::find_if(methods.begin(), methods.end(), is_it);
    row.left_out = why_left_out(effort, row.reported, method == methods.end() ? nullptr : &*method);
    if (!row.left_out.empty()) continue;
    if (!study) study.emplace(effort, model, has_exact);
    row.amortized = method->amortized;
    row.result = study->run(*method);
  }
  return rows;
}

std::string with_sd(double median, double sd, int digits) {
  if (!std::isfinite(median)) return "-";
  return fixed(median, digits) + " (" + (sd < 1e6 ? fixed(sd, digits) : rounded(sd)) + ")";
}

std::string to_text(const Effort& effort, const std::vector<Row>& rows, const std::string& of) {
  TextTable table({"example", "method", "ELBO: paper", "here", "gap: here", "weights: paper", "here", "inf. s: paper",
                   "here", "amo. s: paper", "here", "failed"},
                  {2, 3, 4, 5, 6, 7, 8, 9, 10, 11});
  std::string left_out;
  for (const Row& row : rows) {
    const ReportedRow& paper = row.reported;
    const std::string elbo = paper.elbo == 0 ? "-" : with_sd(paper.elbo, paper.elbo_sd, 1);
    if (!row.result) {
      table.add({paper.example, paper.method, elbo, "not run", "", rounded(paper.weights), "", rounded(paper.inference),
                 "", rounded(paper.amortization), "", ""});
      left_out += "not run: " + paper.example + " " + paper.method + ": " + row.left_out + "\n";
      continue;
    }
    const MethodResult& own = *row.result;
    const Spread spread = spread_of(own.elbo), gap = spread_of(own.gap);
    table.add({paper.example, paper.method, elbo, with_sd(spread.median, spread.sd, 1), with_sd(gap.median, gap.sd, 3),
               rounded(paper.weights), fixed(own.weights, 0), rounded(paper.inference),
               row.amortized ? "-" : fixed(own.cpu_seconds, 1), rounded(paper.amortization),
               row.amortized ? fixed(own.cpu_seconds, 1) : "-", std::to_string(own.failed)});
  }
  return of + "\n\n" + table.to_string() + "\n" + left_out +
         "ELBO and gap (exact log evidence - ELBO), nats: median (sd) over " + std::to_string(effort.seeds) +
         " trainings of each amortized method and " + std::to_string(effort.data_sets) +
         " data sets, which are not the paper's but the same for all methods. Times: CPU s of a training, with " +
         fixed(100 * effort.share, 1) + " % of the paper's steps for amortized methods.\n";
}

std::vector<Row> scaling_rows(const Effort& effort) {
  std::vector<Row> rows;
  for (const char* groups : {"3", "30", "300"}) {
    const auto more = run_example(effort, std::string("G=") + groups, scaling_example(groups), true,
                                  random_effects_methods(), reported_table2());
    rows.insert(rows.end(), more.begin(), more.end());
  }
  return rows;
}

}  // namespace

ModelChoice scaling_example(const std::string& groups) {
  return {model_path("gre"), {"G=" + groups, "sigma_mu=0.5", "sigma_g=0.5", "sigma_x=0.1"}};
}

std::vector<Method> random_effects_methods() {
  return {{"MF-VI", false, "mf_vi_paper.json", {}},
          {"TLSF-NA", false, "gre_tlsf_paper.json", alone(1500, 8)},
          {"NPE-C", true, "gre_tlsf_paper.json", phases("forward_kl", 9375)},
          {"TLSF-A", true, "gre_tlsf_paper.json", {}},
          {"ADAVI", true, "gre_paper.json", {}},
          {own_defaults, true, "", {}}};
}

std::vector<Method> mixture_methods() {
  return {{"MF-VI", false, "mf_vi_paper.json", {}},
          {"TLSF-NA", false, "gm_tlsf_paper.json", alone(1000, 16)},
          {"NPE-C", true, "gm_tlsf_paper.json", phases("forward_kl", 12500)},
          {"TLSF-A", true, "gm_tlsf_paper.json", {}},
          {"ADAVI", true, "gm_paper.json", {}},
          {own_defaults, true, "", {}}};
}

void table1(const Effort& effort) {
  auto rows = run_example(effort, "NC", {model_path("nc"), {}}, true, nonconjugate_methods(), reported_table1());
  const auto more = run_example(effort, "GM", {model_path("gm"), {}}, false, mixture_methods(), reported_table1());
  rows.insert(rows.end(), more.begin(), more.end());
  print(to_text(effort, rows, "Table 1: expressivity (sections 3.2 and 3.4)") +
        "MF-VI: the paper fits the prior's parametric form, here Gaussians in unconstrained space.\n");
}

void table2(const Effort& effort) {
  print(to_text(effort, scaling_rows(effort),
                "Table 2: Gaussian random effects with more and more groups (appendix C.2)"));
}

void table3(const Effort& asked) {
  Effort effort = asked;
  effort.share = 1;  // so few steps are the point
  const Study study(effort, {model_path("gre"), {}}, true);
  TextTable table({"loss", "NaN runs: paper", "here", "200 batches: paper", "here", "1000 batches: paper", "here"},
                  {1, 2, 3, 4, 5, 6});
  for (const ReportedLoss& paper : reported_table3()) {
    std::vector<std::string> cells;
    std::int64_t failed = 0;
    for (const std::int64_t steps : {200, 1000}) {
      json patch = phases(paper.loss.c_str(), steps);
      patch["training"].update({{"simulations", 2000}, {"batch", 10}, {"draws", 10}});
      const MethodResult result = study.run({paper.loss, true, "gre_paper.json", patch});
      failed += result.failed;
      const MeanSummary mean = result.gap.empty() ? MeanSummary{std::nan(""), 0, 0} : summarise_mean(result.gap);
      cells.push_back(with_sd(mean.mean, spread_of(result.gap).sd, 1));
    }
    table.add({paper.loss, std::to_string(paper.nan_runs), std::to_string(failed),
               with_sd(paper.early, paper.early_sd, 1), cells[0], with_sd(paper.late, paper.late_sd, 1), cells[1]});
  }
  print("Table 3: KL divergence from the analytic posterior by loss (appendix C.4), mean (sd)\n\n" + table.to_string() +
        "\nHere: KL(q || p) = exact log evidence - ELBO of the whole posterior, over " + std::to_string(effort.seeds) +
        " trainings and " + std::to_string(effort.data_sets) +
        " data sets, nats; the paper sums the divergences of Gaussians fitted to each factor. NaN runs: of both "
        "lengths here.\n");
}

void figure3(const Effort& effort) {
  const std::vector<Row> rows = scaling_rows(effort);
  Plot weights, quality, time;
  weights = {"Parameterization", "G", "weights", {}, {}, true, true};
  quality = {"Inference quality", "G", "ELBO / G, nats", {}, {}, true, false};
  time = {"Time", "G", "CPU s, amortization or inference", {}, {}, true, true};
  std::size_t colour = 0;
  for (const Method& method : random_effects_methods()) {
    Series series{method.name, {}, {}, plot_colour(colour++), true, !method.amortized};
    Series own_weights = series, own_quality = series, own_time = series;
    for (const Row& row : rows) {
      if (row.reported.method != method.name || !row.result) continue;
      const double groups = std::stod(row.reported.example.substr(2));
      const auto add = [&](Series& to, double y) {
        to.x.push_back(groups);
        to.y.push_back(y);
      };
      add(own_weights, row.result->weights);
      add(own_quality, spread_of(row.result->elbo).median / groups);
      add(own_time, row.result->cpu_seconds);
    }
    weights.series.push_back(own_weights);
    quality.series.push_back(own_quality);
    time.series.push_back(own_time);
  }
  print(to_text(effort, rows, "Figure 3: the numbers of Table 2 (section 3.3)"));
  write_plot(effort, "fig3.svg", svg_of({{weights, quality, time}}));
}

}  // namespace adavi
