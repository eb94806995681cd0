#include "inference/dual_family.hpp"
#include "inference/presence.hpp"

/// Family::total.
namespace adavi {

void DualFamily::place(const std::vector<at::Tensor>& z, FamilyDraw& draw) const {
  draw.z = z;
  draw.starts.resize(z.size());
  for (std::size_t i = 0; i < z.size(); ++i) {
    const auto constrained = constrain(i, z[i], draw.values);
    draw.values[static_cast<std::size_t>(plan_.estimators[i].variable)] = constrained.value;
    if (constrained.log_det.defined()) draw.log_q = draw.log_q - per_data_set(constrained.log_det);
  }
}

FamilyDraw DualFamily::draw_total(const Encodings& encodings, const Observation& observation, std::int64_t draws,
                                  at::Generator& generator) const {
  const auto context = total_->context(encodings);
  const auto u = at::empty({draws, context.size(1), plan_.total->size}, model_.options().device(at::kCPU))
                     .normal_(0, 1, generator)
                     .to(model_.options().device());
  const auto flow = total_->estimator().draw({context}, u);
  FamilyDraw result;
  result.values = observation.values;
  result.log_q = flow.log_q;
  place(total_->split(flow.z, encodings), result);
  return result;
}

VariableValues DualFamily::modes_of_total(const Encodings& encodings, const Observation& observation) const {
  const auto mode = total_->estimator().shift({total_->context(encodings)});
  FamilyDraw result;
  result.values = observation.values;
  result.log_q = at::zeros({1, 1}, model_.options());
  place(total_->split(mode, encodings), result);
  return result.values;
}

}  // namespace adavi
