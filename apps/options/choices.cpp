#include "options/choices.hpp"

#include <algorithm>

#include "diagnostics/failure.hpp"
#include "diagnostics/suggest.hpp"

namespace adavi {
namespace {

/// An encoder of another size.
void scale_encoder(ArchitectureOptions& architecture, double factor) {
  const auto scale = [&](std::int64_t& size) { size = static_cast<std::int64_t>(factor * static_cast<double>(size)); };
  scale(architecture.embedding);
  scale(architecture.heads);
  scale(architecture.inducing);
}

}  // namespace

std::vector<Choice> all_choices() {
  std::vector<Choice> choices = {{"default", {}}};
  const std::string usual = configuration_json({});
  const auto add = [&](const char* name, auto change) {
    Configuration configuration;
    change(configuration.architecture, configuration.training);
    if (configuration_json(configuration) != usual) choices.push_back({name, configuration});
  };
  using Network = ArchitectureOptions;
  using Training = TrainingOptions;
  add("flow none", [](Network& n, Training&) { n.flow = FlowKind::none; });
  add("flow spline", [](Network& n, Training&) { n.flow = FlowKind::spline; });
  add("flow maf", [](Network& n, Training&) { n.flow = FlowKind::maf; });
  add("flow iaf", [](Network& n, Training&) { n.flow = FlowKind::iaf; });
  add("flow coupling", [](Network& n, Training&) { n.flow = FlowKind::coupling; });
  add("affine diagonal", [](Network& n, Training&) { n.affine = AffineScale::diagonal; });
  add("affine triangular", [](Network& n, Training&) { n.affine = AffineScale::triangular; });
  add("encoder half", [](Network& n, Training&) { scale_encoder(n, 0.5); });
  add("encoder twice", [](Network& n, Training&) { scale_encoder(n, 2); });
  add("attention isab", [](Network& n, Training&) { n.attention = Attention::isab; });
  add("no attention", [](Network& n, Training&) { n.attention = Attention::none; });
  add("no moments", [](Network& n, Training&) { n.moments = false; });
  add("no scoring", [](Network& n, Training&) { n.scoring_steps = 0; });
  add("no messages", [](Network& n, Training&) { n.message_steps = 0; });
  add("no exact", [](Network& n, Training&) { n.exact = false; });
  add("small warm start", [](Network&, Training& t) { t.warm_start_sets = 256; });
  add("learning rate 0.001", [](Network&, Training& t) { t.learning_rate = 1e-3; });
  add("learning rate 0.01", [](Network&, Training& t) { t.learning_rate = 1e-2; });
  add("mean field", [](Network& n, Training&) { n.family = Family::mean_field; });
  return choices;
}

std::vector<Choice> chosen(const std::vector<std::string>& names) {
  const std::vector<Choice> all = all_choices();
  if (names.empty()) return all;
  std::vector<std::string> known;
  for (const Choice& choice : all) known.push_back(choice.name);
  for (const std::string& name : names) {
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    const auto near = did_you_mean(name, known);
    throw Failure(ExitStatus::usage,
                  "--choices: no choice '" + name + "'" + (near ? "; did you mean '" + *near + "'?" : ""));
  }
  std::vector<Choice> result;
  for (const Choice& choice : all) {
    const bool named = std::find(names.begin(), names.end(), choice.name) != names.end();
    if (named || result.empty()) result.push_back(choice);
  }
  return result;
}

}  // namespace adavi
