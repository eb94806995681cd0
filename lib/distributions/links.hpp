#pragma once
#include <ATen/ATen.h>

#include "catalog/links.hpp"
#include "catalog/types.hpp"

namespace adavi {

/// A link with its bounds at hand. `lower`/`upper` are undefined tensors where open, else broadcast against the event.
struct LinkFunction {
  LinkKind kind = LinkKind::identity;
  at::Tensor lower, upper;
};

/// l(z): unconstrained [batch..., S...] -> event space [batch..., event...] (eq. 2). Elementwise kinds keep the shape;
/// others work on the last axis (vectors) or map a last axis of free numbers to the last two (matrices), repeated over
/// all axes before. No overflow for |z| up to 1e3.
at::Tensor apply_link(const LinkFunction& link, const at::Tensor& z);

/// log |det dl/dz| at z, summed over what one application of the link covers: elementwise kinds keep z's shape,
/// vector and matrix kinds lose z's last axis. With respect to the reference measure under which the catalogue's
/// densities of that support are normalised (simplex: the first n - 1 coordinates; cholesky_factor_corr: the strict
/// lower triangle).
at::Tensor link_log_det(const LinkFunction& link, const at::Tensor& z);

/// l^-1(x), clamped away from the boundary so that the result is finite.
at::Tensor invert_link(const LinkFunction& link, const at::Tensor& x);

/// Trailing axes of z that one application covers: 0 for elementwise kinds, 1 for vector and matrix kinds.
int link_rank(LinkKind kind);

}  // namespace adavi
