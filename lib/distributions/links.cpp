#include "distributions/links.hpp"

#include "distributions/link_families.hpp"

namespace adavi {

namespace {

LinkMaths maths_of(LinkKind kind) {
  switch (kind) {
    case LinkKind::identity:
      return identity_link();
    case LinkKind::exp:
      return exp_link();
    case LinkKind::softplus:
      return softplus_link();
    case LinkKind::bounded:
      return bounded_link();
    case LinkKind::circle:
      return circle_link();
    case LinkKind::softmax_centered:
      return softmax_centered_link();
    case LinkKind::sqrt_softmax_centered:
      return sqrt_softmax_centered_link();
    case LinkKind::ordered:
      return ordered_link();
    case LinkKind::positive_ordered:
      return positive_ordered_link();
    case LinkKind::unit_vector:
      return unit_vector_link();
    case LinkKind::cov_matrix:
      return cov_matrix_link();
    case LinkKind::corr_matrix:
      return corr_matrix_link();
    case LinkKind::cholesky_factor_corr:
      return cholesky_factor_corr_link();
  }
  return identity_link();
}

}  // namespace

at::Tensor apply_link(const LinkFunction& link, const at::Tensor& z) { return maths_of(link.kind).apply(link, z); }

at::Tensor link_log_det(const LinkFunction& link, const at::Tensor& z) { return maths_of(link.kind).log_det(link, z); }

at::Tensor invert_link(const LinkFunction& link, const at::Tensor& x) { return maths_of(link.kind).invert(link, x); }

int link_rank(LinkKind kind) { return maths_of(kind).rank; }

}  // namespace adavi
