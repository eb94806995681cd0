#include "report/calibration_report.hpp"

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "codegen/text_table.hpp"
#include "evaluation/uniform_ranks.hpp"

namespace adavi {
namespace {

std::string formatted(const char* format, double number) {
  char text[64];
  std::snprintf(text, sizeof text, format, number);
  return text;
}

std::string percent(double share, const char* format = "%.1f") { return formatted(format, 100 * share); }

std::string p_value(double p) { return p < 1e-4 ? "<0.0001" : formatted("%.4f", p); }

/// The verdict on a row in words.
std::string in_words(Misfit misfit) {
  switch (misfit) {
    case Misfit::none:
      return "ok";
    case Misfit::too_low:
      return "draws too low";
    case Misfit::too_high:
      return "draws too high";
    case Misfit::too_narrow:
      return "too narrow (over-confident)";
    case Misfit::too_wide:
      return "too wide (under-confident)";
    case Misfit::misshapen:
      return "wrong shape";
    case Misfit::not_finite:
      return "not finite";
  }
  return "";
}

std::string verdict(const CalibrationReport& report) {
  const std::string level = formatted("%g", 100 * report.level) + " %";
  if (report.rows.empty()) return "nothing to calibrate: no latent was inferred\n";
  if (report.calibrated())
    return "calibrated: the ranks of the true values are uniform within simultaneous " + level + " bands\n";
  const auto failed = std::count_if(report.rows.begin(), report.rows.end(),
                                    [&](const auto& row) { return report.misfit(row) != Misfit::none; });
  return "NOT calibrated: " + std::to_string(failed) + " of " + std::to_string(report.rows.size()) +
         (report.rows.size() == 1 ? " row" : " rows") + " outside simultaneous " + level + " bands (p up to " +
         formatted("%.2g", report.threshold()) + ")\n";
}

nlohmann::ordered_json to_json(const CalibrationReport& report, const CalibrationReport::Row& row) {
  const LatentScores& scores = row.scores;
  const Misfit misfit = report.misfit(row);
  nlohmann::ordered_json json = {{"name", row.name},
                                 {"instances", row.instances},
                                 {"n", scores.data_sets},
                                 {"not_finite", scores.not_finite},
                                 {"p_value", scores.p_value},
                                 {"calibrated", misfit == Misfit::none},
                                 {"verdict", in_words(misfit)},
                                 {"coverage", nlohmann::ordered_json::array()},
                                 {"z_score", {{"mean", scores.z_mean}, {"sd", scores.z_sd}}},
                                 {"contraction", scores.contraction},
                                 {"recovery", {{"correlation", scores.correlation}, {"rmse", scores.rmse}}}};
  for (const Coverage& coverage : scores.coverage)
    json["coverage"].push_back({{"nominal", coverage.nominal}, {"share", coverage.share}, {"se", coverage.se}});
  json["ranks"] = scores.ranks;
  if (scores.data_sets > 0)
    json["ecdf"] = UniformRanks(scores.data_sets, report.draws).distribution_function(scores.ranks);
  return json;
}

}  // namespace

double CalibrationReport::threshold() const {
  return (1 - level) / static_cast<double>(std::max<std::size_t>(1, rows.size()));
}

Misfit CalibrationReport::misfit(const Row& row) const { return adavi::misfit(row.scores, draws, threshold()); }

bool CalibrationReport::calibrated() const {
  return std::all_of(rows.begin(), rows.end(), [&](const Row& row) { return misfit(row) == Misfit::none; });
}

std::string to_text(const CalibrationReport& report) {
  std::vector<std::string> heading = {"", "p"};
  if (!report.rows.empty())
    for (const Coverage& coverage : report.rows.front().scores.coverage)
      heading.push_back(percent(coverage.nominal, "%.3g") + "%");
  for (const char* name : {"z mean", "z sd", "contraction", "correlation", "RMSE", "verdict"})
    heading.emplace_back(name);
  TextTable table(heading, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10});
  for (const auto& row : report.rows) {
    const LatentScores& scores = row.scores;
    std::vector<std::string> cells = {row.name, p_value(scores.p_value)};
    for (const Coverage& coverage : scores.coverage) cells.push_back(percent(coverage.share));
    for (const double number : {scores.z_mean, scores.z_sd, scores.contraction, scores.correlation})
      cells.push_back(formatted("%.3f", number));
    cells.push_back(formatted("%.3g", scores.rmse));
    cells.push_back(in_words(report.misfit(row)));
    table.add(cells);
  }
  const std::string gaps = report.missing > 0 ? " (" + percent(report.missing, "%g") + " % with gaps)" : "";
  return std::to_string(report.n) + " data sets simulated from the model" + gaps + ", " + std::to_string(report.draws) +
         " draws each, " + formatted("%.2f", report.seconds) + " s\n\n" + table.to_string() + "\n" + verdict(report);
}

std::string to_json(const CalibrationReport& report) {
  nlohmann::ordered_json document = {{"model", report.model},           {"n", report.n},
                                     {"draws", report.draws},           {"seed", report.seed},
                                     {"missing", report.missing},       {"level", report.level},
                                     {"threshold", report.threshold()}, {"calibrated", report.calibrated()}};
  const RankBand band = UniformRanks(report.n, report.draws).band(1 - report.threshold());
  document["band"] = {{"position", band.position}, {"lower", band.lower}, {"upper", band.upper}};
  document["latents"] = nlohmann::ordered_json::array();
  for (const auto& row : report.rows) document["latents"].push_back(to_json(report, row));
  document["seconds"] = report.seconds;
  return document.dump(2) + "\n";
}

}  // namespace adavi
