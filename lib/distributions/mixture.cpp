#include "distributions/mixture.hpp"

#include "distributions/numerics.hpp"

namespace adavi {

at::Tensor log_mix(const at::Tensor& weights, const at::Tensor& log_densities, std::int64_t dim) {
  return log_sum_exp(log_or_minus_infinity(weights) + log_densities, dim);
}

}  // namespace adavi
