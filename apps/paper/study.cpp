#include "paper/study.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "cli/terminal.hpp"
#include "diagnostics/failure.hpp"
#include "io/files.hpp"
#include "io/json.hpp"
#include "reference/reference_model.hpp"
#include "report/summary_statistics.hpp"
#include "running/simulated_file.hpp"

namespace adavi {
namespace {

constexpr std::uint64_t longest_configuration = 1 << 20;
constexpr std::int64_t fewest_steps = 20;

}  // namespace

Spread spread_of(std::vector<double> values) {
  if (values.empty()) return {std::nan(""), std::nan("")};
  const ScalarSummary summary = summarise(std::move(values));
  return {summary.q50, std::isfinite(summary.sd) ? summary.sd : 0};
}

Study::Study(const Effort& effort, ModelChoice model, bool has_exact) : effort_(effort), model_(std::move(model)) {
  for (std::int64_t i = 0; i < effort.data_sets; ++i) {
    data_.push_back(work_ / ("data" + std::to_string(i) + ".h5"));
    simulate(effort.adavi, model_, 1, held_out_seed + static_cast<std::uint64_t>(i), data_.back());
    if (!has_exact) continue;
    const SimulatedFile file = open_simulated(data_.back());
    exact_.push_back(reference::reference_method(file.model)(file.data.read(0, 1)).log_evidence);
  }
}

std::string Study::configured(const Method& method) const {
  if (method.config.empty() && method.patch.is_null()) return "";
  auto config = nlohmann::json::object();
  if (!method.config.empty()) {
    const std::string path = ADAVI_MODELS "/" + method.config;
    config = parse_json(read_text_file(path, longest_configuration), path, ExitStatus::failed);
  }
  if (!method.patch.is_null()) config.merge_patch(method.patch);
  for (auto& phase : config["training"]["phases"]) {
    const double steps = (method.amortized ? effort_.share : 1) * phase["steps"].get<double>();
    phase["steps"] = std::max(fewest_steps, static_cast<std::int64_t>(std::lround(steps)));
  }
  const std::string path = work_ / "config.json";
  write_text(path, config.dump());
  return path;
}

Training Study::train_once(const Method& method, std::uint64_t seed, const std::string& artifact,
                           std::size_t data_set) const {
  const std::string config = configured(method);
  return method.amortized ? train(effort_.adavi, model_, config, seed, artifact)
                          : fit(effort_.adavi, model_, config, seed, artifact, data_[data_set]);
}

void Study::score(const std::string& artifact, std::size_t first, std::size_t count, std::uint64_t seed,
                  MethodResult& result) const {
  bool broken = false;
  for (std::size_t i = first; i < first + count; ++i) {
    const double elbo = evaluate(effort_.adavi, artifact, data_[i], effort_.draws, seed).at(0).elbo;
    broken = broken || !std::isfinite(elbo);
    if (!std::isfinite(elbo)) continue;
    result.elbo.push_back(elbo);
    if (!exact_.empty()) result.gap.push_back(exact_[i] - elbo);
  }
  if (broken) ++result.failed;
}

MethodResult Study::run(const Method& method) const {
  MethodResult result;
  const std::string artifact = work_ / "model.adavi";
  const std::size_t trainings = method.amortized ? effort_.seeds : data_.size();
  std::size_t trained = 0;
  for (std::size_t i = 0; i < trainings; ++i) {
    note("  " + method.name + ", " + std::to_string(i + 1) + " of " + std::to_string(trainings) + " ...\n");
    try {
      const Training training = train_once(method, i, artifact, i);
      result.weights = static_cast<double>(training.weights);
      result.cpu_seconds += training.command.cpu_seconds;
      ++trained;
      score(artifact, method.amortized ? 0 : i, method.amortized ? data_.size() : 1, i, result);
    } catch (const Failure& failure) {
      note("  " + std::string(failure.what()) + "\n");
      ++result.failed;
    }
  }
  if (trained > 0) result.cpu_seconds /= static_cast<double>(trained);
  return result;
}

std::string rounded(double number) {
  if (number == 0 || !std::isfinite(number)) return "-";
  const double unit = std::pow(10, std::max(0.0, std::floor(std::log10(std::abs(number))) - 1));
  std::string text = fixed(std::round(number / unit) * unit, std::abs(number) < 10 ? 1 : 0);
  const std::size_t begin = text[0] == '-' ? 1 : 0, end = std::min(text.find('.'), text.size());
  for (std::size_t at = end; at > begin + 3; at -= 3) text.insert(at - 3, ",");
  return text;
}

void write_plot(const Effort& effort, const std::string& name, const std::string& svg) {
  std::error_code ignored;
  std::filesystem::create_directories(effort.folder, ignored);
  const std::string path = effort.folder + "/" + name;
  write_text(path, svg);
  print("wrote " + path + "\n");
}

}  // namespace adavi
