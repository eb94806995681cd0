#pragma once
#include "distributions/links.hpp"

/// The three faces of one kind of link; `links.cpp` chooses by kind.
namespace adavi {

struct LinkMaths {
  int rank;  ///< trailing axes of z that one application covers
  at::Tensor (*apply)(const LinkFunction& link, const at::Tensor& z);
  at::Tensor (*log_det)(const LinkFunction& link, const at::Tensor& z);
  at::Tensor (*invert)(const LinkFunction& link, const at::Tensor& x);
};

LinkMaths identity_link();
LinkMaths exp_link();
LinkMaths softplus_link();
LinkMaths bounded_link();
LinkMaths circle_link();
LinkMaths softmax_centered_link();
LinkMaths sqrt_softmax_centered_link();
LinkMaths ordered_link();
LinkMaths positive_ordered_link();
LinkMaths unit_vector_link();
LinkMaths cov_matrix_link();
LinkMaths corr_matrix_link();
LinkMaths cholesky_factor_corr_link();

}  // namespace adavi
