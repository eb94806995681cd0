#include "inference/functions.hpp"

#include <stdexcept>
#include <string>
#include <unordered_map>

#include "distributions/links.hpp"

namespace adavi {
namespace {

using Tensor = at::Tensor;

/// Puts axes of size 1 behind a scalar (or a lower rank) so that it meets each element of a container.
Tensor widen(const FunctionArgument& argument, std::int64_t rank) {
  auto value = argument.value;
  for (auto r = argument.rank; r < rank; ++r) value = value.unsqueeze(-1);
  return value;
}

/// The event axes of an argument as one.
Tensor flat_event(const FunctionArgument& argument) {
  if (argument.rank == 0) return argument.value.unsqueeze(-1);
  return argument.rank == 1 ? argument.value : argument.value.flatten(-argument.rank);
}

using Unary = Tensor (*)(const Tensor&);
using Binary = Tensor (*)(const Tensor&, const Tensor&);

const std::unordered_map<std::string_view, Unary>& elementwise() {
  static const std::unordered_map<std::string_view, Unary> map = {
      {"negate", [](const Tensor& x) { return at::neg(x); }},
      {"exp", [](const Tensor& x) { return at::exp(x); }},
      {"log", [](const Tensor& x) { return at::log(x); }},
      {"log1p", [](const Tensor& x) { return at::log1p(x); }},
      {"expm1", [](const Tensor& x) { return at::expm1(x); }},
      {"sqrt", [](const Tensor& x) { return at::sqrt(x); }},
      {"square", [](const Tensor& x) { return at::square(x); }},
      {"inv", [](const Tensor& x) { return at::reciprocal(x); }},
      {"abs", [](const Tensor& x) { return at::abs(x); }},
      {"tanh", [](const Tensor& x) { return at::tanh(x); }},
      {"inv_logit", [](const Tensor& x) { return at::sigmoid(x); }},
      {"logit", [](const Tensor& x) { return at::log(x) - at::log1p(-x); }},
      {"Phi", [](const Tensor& x) { return at::special_ndtr(x); }},
      {"lgamma", [](const Tensor& x) { return at::lgamma(x); }},
      // at::softplus turns linear at 20 with an error of 2e-9; logaddexp is exact.
      {"softplus", [](const Tensor& x) { return at::logaddexp(x, at::zeros_like(x)); }},
  };
  return map;
}

const std::unordered_map<std::string_view, Binary>& elementwise_binary() {
  static const std::unordered_map<std::string_view, Binary> map = {
      {"add", [](const Tensor& a, const Tensor& b) { return a + b; }},
      {"subtract", [](const Tensor& a, const Tensor& b) { return a - b; }},
      {"multiply", [](const Tensor& a, const Tensor& b) { return a * b; }},
      {"elt_multiply", [](const Tensor& a, const Tensor& b) { return a * b; }},
      {"divide", [](const Tensor& a, const Tensor& b) { return a / b; }},
      {"elt_divide", [](const Tensor& a, const Tensor& b) { return a / b; }},
      {"power", [](const Tensor& a, const Tensor& b) { return at::pow(a, b); }},
      {"pow", [](const Tensor& a, const Tensor& b) { return at::pow(a, b); }},
  };
  return map;
}

const std::unordered_map<std::string_view, Unary>& reductions() {
  static const std::unordered_map<std::string_view, Unary> map = {
      {"sum", [](const Tensor& x) { return x.sum(-1); }},
      {"mean", [](const Tensor& x) { return x.mean(-1); }},
      {"prod", [](const Tensor& x) { return x.prod(-1); }},
      {"min", [](const Tensor& x) { return x.amin(-1); }},
      {"max", [](const Tensor& x) { return x.amax(-1); }},
      {"dot_self", [](const Tensor& x) { return x.square().sum(-1); }},
      {"log_sum_exp", [](const Tensor& x) { return at::logsumexp(x, -1); }},
  };
  return map;
}

const std::unordered_map<std::string_view, Unary>& on_vectors() {
  static const std::unordered_map<std::string_view, Unary> map = {
      {"softmax", [](const Tensor& x) { return at::softmax(x, -1); }},
      {"log_softmax", [](const Tensor& x) { return at::log_softmax(x, -1); }},
      {"cumulative_sum", [](const Tensor& x) { return at::cumsum(x, -1); }},
      {"softmax_centered",
       [](const Tensor& x) {
         return apply_link({LinkKind::softmax_centered, {}, {}}, x);
       }},
      {"sqrt_softmax_centered",
       [](const Tensor& x) {
         return apply_link({LinkKind::sqrt_softmax_centered, {}, {}}, x);
       }},
      {"inv_softmax_centered",
       [](const Tensor& x) {
         return invert_link({LinkKind::softmax_centered, {}, {}}, x);
       }},
      {"inv_sqrt_softmax_centered",
       [](const Tensor& x) {
         return invert_link({LinkKind::sqrt_softmax_centered, {}, {}}, x);
       }},
      {"diag_matrix", [](const Tensor& x) { return at::diag_embed(x); }},
  };
  return map;
}

/// Makes the axes before the event equal, so that events can stand side by side.
std::vector<Tensor> with_common_batch(const std::vector<FunctionArgument>& arguments, std::int64_t rank) {
  std::vector<std::int64_t> batch;
  for (const auto& a : arguments) {
    const auto sizes = a.value.sizes();
    batch = at::infer_size(batch, sizes.slice(0, sizes.size() - static_cast<std::size_t>(a.rank)));
  }
  std::vector<Tensor> result;
  for (const auto& a : arguments) {
    auto shape = batch;
    const auto sizes = a.value.sizes();
    shape.insert(shape.end(), sizes.end() - a.rank, sizes.end());
    auto value = a.value.expand(shape);
    if (a.rank < rank) value = value.unsqueeze(-1);  // a scalar among vectors
    result.push_back(value);
  }
  return result;
}

Tensor matmul(const FunctionArgument& a, const FunctionArgument& b) {
  if (b.rank == 2) return at::matmul(a.value, b.value);
  return at::matmul(a.value, b.value.unsqueeze(-1)).squeeze(-1);
}

/// The value repeated over new event axes in front of its own.
Tensor repeat(const FunctionArgument& argument, std::int64_t rank, at::IntArrayRef shape) {
  auto sizes = argument.value.sizes().vec();
  const auto batch = sizes.size() - static_cast<std::size_t>(argument.rank);
  auto widened = sizes;
  widened.insert(widened.begin() + static_cast<std::ptrdiff_t>(batch), static_cast<std::size_t>(rank - argument.rank),
                 1);
  std::vector<std::int64_t> full(sizes.begin(), sizes.begin() + static_cast<std::ptrdiff_t>(batch));
  full.insert(full.end(), shape.begin(), shape.end());
  return argument.value.reshape(widened).expand(full);
}

/// Elements in Stan's order: a matrix column by column.
Tensor to_vector(const FunctionArgument& argument) {
  if (argument.rank == 2) return argument.value.transpose(-1, -2).flatten(-2);
  return flat_event(argument);
}

Tensor stack(const std::vector<FunctionArgument>& arguments) {
  const auto rank = arguments.front().rank;
  return at::stack(with_common_batch(arguments, rank), -rank - 1);
}

}  // namespace

Tensor apply_function(std::string_view name, const std::vector<FunctionArgument>& arguments, std::int64_t rank,
                      at::IntArrayRef shape) {
  const auto& first = arguments.front();
  if (const auto f = elementwise().find(name); f != elementwise().end()) return f->second(first.value);
  if (const auto f = elementwise_binary().find(name); f != elementwise_binary().end()) {
    return f->second(widen(first, rank), widen(arguments[1], rank));
  }
  if (const auto f = reductions().find(name); f != reductions().end()) return f->second(flat_event(first));
  if (const auto f = on_vectors().find(name); f != on_vectors().end()) return f->second(first.value);
  if (name == "matmul") return matmul(first, arguments[1]);
  if (name == "dot_product") return (first.value * arguments[1].value).sum(-1);
  if (name == "rep_vector" || name == "rep_array") return repeat(first, rank, shape);
  if (name == "to_vector") return to_vector(first);
  if (name == "append_row") return at::cat(with_common_batch(arguments, rank), -rank);
  if (name == "multiply_lower_tri_self_transpose") {
    const auto lower = first.value.tril();
    return at::matmul(lower, lower.transpose(-1, -2));
  }
  if (name == "diag_pre_multiply") return first.value.unsqueeze(-1) * arguments[1].value;
  if (name == "stack") return stack(arguments);
  throw std::logic_error("function without an implementation: " + std::string(name));
}

}  // namespace adavi
