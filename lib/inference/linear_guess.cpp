#include "inference/linear_guess.hpp"

#include <tuple>

#include "nn/parameters.hpp"

namespace adavi {

LinearGuess::LinearGuess(Parameters& parameters, const std::string& name, std::int64_t numbers, std::int64_t features)
    : weight(parameters.add_buffer(name + ".weight", {numbers, features}, 0)),
      intercept(parameters.add_buffer(name + ".intercept", {numbers}, 0)),
      reach(parameters.add_buffer(name + ".reach", {numbers}, 1)),
      lowest(parameters.add_buffer(name + ".lowest", {numbers}, -1e30)),
      highest(parameters.add_buffer(name + ".highest", {numbers}, 1e30)) {}

at::Tensor LinearGuess::operator()(const Context& context, std::int64_t count) const {
  const auto guess = affine_map(context, weight.narrow(0, 0, count), intercept.narrow(0, 0, count));
  return at::minimum(at::maximum(guess, lowest.narrow(0, 0, count)), highest.narrow(0, 0, count));
}

void LinearGuess::fit(const Regression& regression) {
  constexpr double beyond = 0.25;  // of the range of the truths
  const auto robust = fit_robustly(regression.features, regression.targets);
  const auto kept = static_cast<std::int64_t>(regression.columns.size());
  const auto type = weight.scalar_type();
  weight.zero_();
  weight.index_copy_(1, at::tensor(regression.columns, at::kLong), robust.coefficients.narrow(0, 0, kept).t().to(type));
  intercept.copy_(robust.coefficients.select(0, kept).to(type));
  reach.copy_((robust_scale(robust.residuals) + 1e-6).to(type));
  const auto [least, most] = at::aminmax(regression.targets, 0);
  const auto margin = beyond * (most - least);
  lowest.copy_((least - margin).to(type));
  highest.copy_((most + margin).to(type));
}

}  // namespace adavi
