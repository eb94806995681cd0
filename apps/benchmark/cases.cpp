#include "benchmark/cases.hpp"

namespace adavi {
namespace {

/// Gaussian random effects with the scales of the paper's Table 2.
ModelChoice random_effects(const std::string& groups) {
  return {model_path("gre"), {"G=" + groups, "sigma_mu=0.5", "sigma_g=0.5", "sigma_x=0.1"}};
}

}  // namespace

std::vector<BenchmarkCase> benchmark_cases() {
  const std::string gre = ADAVI_MODELS "/gre_paper.json", nc = ADAVI_MODELS "/nc_paper.json";
  return {
      {"gre3", random_effects("3"), 0.01, 5, gre, "ELBO about 225, 11,000 CPU s"},
      {"gre30", random_effects("30"), 0.02, 20, gre, "gap about 120 nats, 140,000 CPU s"},
      {"gre300", random_effects("300"), 0.1, 120, gre, "gap about 2,000 nats, 1,300,000 CPU s"},
      {"nc", {model_path("nc"), {}}, 0.05, 60, nc, "ELBO about -17.6, 1,000 CPU s"},
      {"eight_schools", {model_path("eight_schools"), {}}, 0.05, 40, "", ""},
      {"logistic", {model_path("logistic"), {}}, 0.05, 40, "", ""},
      {"poisson", {model_path("poisson"), {}}, 0.05, 40, "", ""},
  };
}

}  // namespace adavi
