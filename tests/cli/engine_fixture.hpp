#pragma once
#include <doctest/doctest.h>

#include <string>

#include "program.hpp"

namespace adavi::testing {

/// mu ~ N(0, 1); five measurements x ~ N(mu, 1): conjugate, so posterior and evidence are known.
inline const char* const conjugate_model =
    "data {\n  int<lower=1> N = 5;\n}\n"
    "model {\n  real mu ~ normal(0, 1);\n  plate obs[N] {\n    observed real x ~ normal(mu, 1);\n  }\n}\n";

/// A folder with that model and a configuration that trains for `steps` small steps.
struct Workshop {
  /// `exact`: whether conditionals known in closed form are used; they leave nothing to train here.
  explicit Workshop(int steps = 20, bool exact = true) {
    write_file(folder / "model.hbm", conjugate_model);
    write_file(folder / "config.json", std::string(R"({"estimator": {"trunk": [8], "flow": "none", "exact": )") +
                                           (exact ? "true" : "false") +
                                           R"(}, "training": {"batch": 8, "draws": 4,
                  "warm_start_sets": 512, "validation_sets": 16, "validation_draws": 8, "check_every": 10,
                  "phases": [{"loss": "reverse_kl", "steps": )" +
                                           std::to_string(steps) + "}]}}");
  }
  std::string operator/(const std::string& name) const { return folder / name; }
  std::vector<std::string> train_words(const std::string& output) const {
    return {"train",  folder / "model.hbm", "-o", folder / output, "--config", folder / "config.json", "--threads", "1",
            "--quiet"};
  }
  /// Trains, and requires that it works.
  void train(const std::string& output = "model.adavi") const {
    const Outcome outcome = run(train_words(output));
    REQUIRE_MESSAGE(outcome.status == 0, outcome.err);
  }
  void simulate(const std::string& output, const std::string& n, const std::string& seed = "1") const {
    const Outcome outcome = run({"simulate", folder / "model.hbm", "-o", folder / output, "-n", n, "--seed", seed});
    REQUIRE_MESSAGE(outcome.status == 0, outcome.err);
  }

  Folder folder;
};

}  // namespace adavi::testing
