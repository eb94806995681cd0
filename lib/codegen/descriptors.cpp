#include "codegen/descriptors.hpp"

#include "catalog/distributions.hpp"
#include "codegen/expression_text.hpp"

namespace adavi {
namespace {

/// Whether a bound says more than `trivial` does ("Exp" alone is Exp with lower = 0).
bool is_number(const HbmModel& model, ExprId id, double trivial) {
  const Expr& expr = model.expression(id);
  return expr.op == ExprOp::literal && expr.values.size() == 1 && expr.values[0] == trivial;
}

std::string bounds_text(const HbmModel& model, const Link& link) {
  std::string text;
  if (link.lower != no_expr && (link.kind == LinkKind::bounded || !is_number(model, link.lower, 0)))
    text += "lower=" + expression_text(model, link.lower);
  if (link.upper != no_expr) text += (text.empty() ? "" : ", ") + ("upper=" + expression_text(model, link.upper));
  return text;
}

std::string interval(const HbmModel& model, ExprId lower, ExprId upper) {
  if (lower == no_expr && upper == no_expr) return "real";
  return "(" + (lower == no_expr ? "-inf" : expression_text(model, lower)) + ", " +
         (upper == no_expr ? "inf" : expression_text(model, upper)) + ")";
}

/// The set of a discrete variate.
std::string discrete_support(const HbmModel& model, const Variable& variable) {
  const DistributionRow* row = variable.distribution ? find_distribution(variable.distribution->name) : nullptr;
  if (row == nullptr) return "integer";
  switch (row->support) {
    case Support::binary:
      return "{0, 1}";
    case Support::count:
      return "{0, 1, ...}";
    case Support::count_up_to:
      return "{0.." + expression_text(model, variable.distribution->arguments.at(0).expression) + "}";
    case Support::category:
      return "{1.." + std::to_string(last_category(model, *variable.distribution)) + "}";
    default:
      return "integer";
  }
}

/// The set that a link maps to.
std::string image(const HbmModel& model, const Link& link) {
  switch (link.kind) {
    case LinkKind::identity:
    case LinkKind::exp:
    case LinkKind::softplus:
    case LinkKind::bounded:
      return interval(model, link.lower, link.upper);
    case LinkKind::circle:
      return "(-pi, pi)";
    case LinkKind::softmax_centered:
      return "simplex";
    case LinkKind::sqrt_softmax_centered:
      return "positive unit vector";
    case LinkKind::ordered:
      return "ordered";
    case LinkKind::positive_ordered:
      return "positive ordered";
    case LinkKind::unit_vector:
      return "unit vector";
    case LinkKind::cov_matrix:
      return "covariance";
    case LinkKind::corr_matrix:
      return "correlation";
    case LinkKind::cholesky_factor_corr:
      return "correlation Cholesky factor";
  }
  return "";
}

}  // namespace

std::vector<int> random_variables(const HbmModel& model) {
  std::vector<int> found;
  for (std::size_t i = 0; i < model.variables.size(); ++i) {
    const ast::Role role = model.variables[i].role;
    if (role == ast::Role::latent || role == ast::Role::observed) found.push_back(static_cast<int>(i));
  }
  return found;
}

std::string plate_label(const HbmModel& model, int plate) { return "P" + std::to_string(model.depth() - 1 - plate); }

std::string cardinality_text(const Plate& plate) {
  const std::string upper = std::to_string(plate.upper);
  return plate.lower == plate.upper ? upper : std::to_string(plate.lower) + ".." + upper;
}

std::string shape_text(const Shape& shape) {
  std::string text;
  for (const auto size : shape) text += (text.empty() ? "" : ", ") + std::to_string(size);
  return "(" + text + (shape.size() == 1 ? ",)" : ")");
}

std::string link_text(const HbmModel& model, const Variable& variable) {
  const Shape latent = {unconstrained_size(variable)};
  const bool scalar = variable.type.shape.empty() && latent[0] == 1;
  const bool reshapes = !scalar && variable.type.shape != latent && variable.type.kind != Kind::integer;
  std::string inside = reshapes ? shape_text(latent) + " -> " + shape_text(variable.type.shape) : "";
  const std::string bounds = bounds_text(model, variable.link);
  inside += (inside.empty() || bounds.empty() ? "" : ", ") + bounds;
  if (inside.empty()) return std::string(to_string(variable.link.kind));
  const bool only_reshapes = variable.link.kind == LinkKind::identity;
  return (only_reshapes ? "Reshape" : std::string(to_string(variable.link.kind))) + "(" + inside + ")";
}

std::string support_text(const HbmModel& model, const Variable& variable) {
  if (variable.role == ast::Role::derived) return "";
  if (variable.type.kind == Kind::integer) return discrete_support(model, variable);
  if (!variable.distribution) return interval(model, variable.declared_lower, variable.declared_upper);
  return image(model, variable.link);
}

std::string role_text(ast::Role role) {
  switch (role) {
    case ast::Role::latent:
      return "latent";
    case ast::Role::observed:
      return "observed";
    case ast::Role::covariate:
      return "covariate";
    case ast::Role::derived:
      return "derived";
  }
  return "";
}

std::string family_text(Family family) {
  return family == Family::structured ? "structured" : family == Family::mean_field ? "mean field" : "total";
}

std::string affine_text(AffineScale scale) {
  return scale == AffineScale::none ? "shift" : scale == AffineScale::diagonal ? "diagonal" : "triangular";
}

std::string flow_text(FlowKind kind) {
  switch (kind) {
    case FlowKind::none:
      return "none";
    case FlowKind::maf:
      return "MAF";
    case FlowKind::iaf:
      return "IAF";
    case FlowKind::spline:
      return "spline";
    case FlowKind::coupling:
      return "coupling";
  }
  return "";
}

std::string transform_text(InputTransform transform) {
  switch (transform) {
    case InputTransform::identity:
      return "";
    case InputTransform::inverse_link:
      return "inverse link";
    case InputTransform::log1p:
      return "log1p";
    case InputTransform::one_hot:
      return "one hot";
  }
  return "";
}

std::string attention_text(Attention attention) {
  return attention == Attention::isab ? "ISAB" : attention == Attention::sab ? "SAB" : "none";
}

std::string scores_text(Scores scores) {
  switch (scores) {
    case Scores::likelihood:
      return "likelihood";
    case Scores::expansion:
      return "expanded likelihood";
    case Scores::message:
      return "messages";
    case Scores::own_data:
      return "own data";
    case Scores::elimination:
      return "elimination";
    case Scores::marginal:
      return "marginal";
    case Scores::none:
      break;
  }
  return "none";
}

}  // namespace adavi
