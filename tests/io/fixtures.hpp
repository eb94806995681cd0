#pragma once
#include <doctest/doctest.h>
#include <unistd.h>

#include <atomic>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>
#include <vector>

#include "diagnostics/failure.hpp"
#include "inference/engine.hpp"
#include "semantics/hbm_model.hpp"

namespace adavi::testing {

/// A folder that is gone when the test is.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    static std::atomic<int> count{0};
    const auto name = "adavi-io-" + std::to_string(::getpid()) + "-" + std::to_string(count++);
    path_ = std::filesystem::temp_directory_path() / name;
    std::filesystem::create_directories(path_);
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  std::string operator/(const std::string& name) const { return (path_ / name).string(); }
  /// Number of files in it, hidden ones too.
  std::size_t files() const {
    const std::filesystem::directory_iterator begin(path_);
    return static_cast<std::size_t>(std::distance(begin, std::filesystem::directory_iterator()));
  }

 private:
  std::filesystem::path path_;
};

inline std::string read_bytes(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

inline void write_bytes(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

/// What a failure says and its status, as "4: message"; empty where nothing failed. `folder` is cut from paths.
inline std::string failure(const TemporaryFolder& folder, const std::function<void()>& work) {
  try {
    work();
  } catch (const Failure& failure) {
    std::string text = std::to_string(static_cast<int>(failure.status())) + ": " + failure.what();
    const std::string prefix = folder / "";
    for (std::size_t at = text.find(prefix); at != std::string::npos; at = text.find(prefix)) {
      text.erase(at, prefix.size());
    }
    return text;
  }
  return {};
}

/// plate group[3] { plate obs[4] { ... } } with one variable of every role:
/// latents mu (vector[2]), tau, mu_g (vector[2], per group); derived total (per group); observed x (vector[2]) and
/// y ~ poisson (int); covariate age (per group, lower = 0).
inline HbmModel example_model() {
  HbmModel model;
  model.plates = {{"group", 3, 3, {}}, {"obs", 4, 4, {}}};
  Expr zero;
  zero.values = {0.0};
  model.expressions = {zero};
  const auto add = [&](const char* name, ast::Role role, Kind kind, const Shape& shape, int depth) -> Variable& {
    Variable variable;
    variable.name = name;
    variable.role = role;
    variable.type = {kind, 0, shape};
    variable.depth = depth;
    return model.variables.emplace_back(variable);
  };
  const auto draw = [](Variable& variable, const char* name) {
    variable.distribution.emplace();
    variable.distribution->name = name;
  };
  add("mu", ast::Role::latent, Kind::vector, {2}, 0);
  add("tau", ast::Role::latent, Kind::real, {}, 0);
  add("mu_g", ast::Role::latent, Kind::vector, {2}, 1);
  add("total", ast::Role::derived, Kind::real, {}, 1);
  add("age", ast::Role::covariate, Kind::real, {}, 1).declared_lower = 0;
  draw(add("x", ast::Role::observed, Kind::vector, {2}, 2), "normal");
  draw(add("y", ast::Role::observed, Kind::integer, {}, 2), "poisson");
  return model;
}

/// Numbers that differ everywhere, never whole.
template <class T>
NdArray<T> numbers(const Shape& shape, double offset) {
  NdArray<T> array{shape, {}};
  std::int64_t count = 1;
  for (const std::int64_t size : shape) count *= size;
  for (std::int64_t i = 0; i < count; ++i) {
    array.values.push_back(static_cast<T>(offset + std::sin(0.7 * static_cast<double>(i) + offset)));
  }
  return array;
}

/// Data of `sets` data sets of the example, the first being number `first`.
inline DoubleArrays example_data(std::int64_t sets, std::int64_t first = 0) {
  const auto start = static_cast<double>(first);
  DoubleArrays data = {{"age", numbers<double>({sets, 3}, 30 + start)}, {"x", numbers<double>({sets, 3, 4, 2}, start)}};
  NdArray<double> counts{{sets, 3, 4}, {}};
  for (std::int64_t i = 0; i < sets * 12; ++i) counts.values.push_back(static_cast<double>((7 * (i + first)) % 11));
  data["y"] = counts;
  return data;
}

/// Draws for them.
inline PosteriorDraws example_draws(std::int64_t draws, std::int64_t sets, std::int64_t first = 0) {
  const auto start = static_cast<double>(first);
  PosteriorDraws result;
  result.variables = {{"mu", numbers<float>({draws, sets, 2}, 1 + start)},
                      {"tau", numbers<float>({draws, sets}, 2 + start)},
                      {"mu_g", numbers<float>({draws, sets, 3, 2}, 3 + start)},
                      {"total", numbers<float>({draws, sets, 3}, 4 + start)}};
  result.log_prior = numbers<double>({draws, sets}, -5 + start);
  result.log_likelihood = numbers<double>({draws, sets}, -50 + start);
  result.log_q = numbers<double>({draws, sets}, -7 + start);
  result.log_weight = numbers<double>({draws, sets}, -8 + start);
  result.k_hat = numbers<double>({sets}, 0.5 + start);
  result.resampled = {{sets}, {}};
  result.prior_predictive_p = {{sets}, {}};
  for (std::int64_t i = 0; i < sets; ++i)
    result.prior_predictive_p.values.push_back(static_cast<double>(i + first + 1) / 256);
  for (std::int64_t i = 0; i < sets; ++i) result.resampled.values.push_back((i + first) % 2 == 0 ? 1.0 : 0.0);
  return result;
}

}  // namespace adavi::testing
