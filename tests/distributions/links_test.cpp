#include "distributions/links.hpp"

#include <cmath>

#include "tensors.hpp"

using namespace adavi;
using namespace adavi::testing;

namespace {

struct LinkCase {
  std::string name;
  LinkFunction link;
  std::int64_t size;  ///< of z
};

std::vector<LinkCase> link_cases() {
  const at::Tensor none;
  return {{"identity", {LinkKind::identity, none, none}, 3},
          {"exp", {LinkKind::exp, none, none}, 3},
          {"exp, lower", {LinkKind::exp, scalar(-2), none}, 3},
          {"exp, upper", {LinkKind::exp, none, vector({1, 2, 3})}, 3},
          {"softplus", {LinkKind::softplus, scalar(0), none}, 3},
          {"softplus, upper", {LinkKind::softplus, none, scalar(5)}, 3},
          {"bounded", {LinkKind::bounded, scalar(-1), vector({1, 2, 30})}, 3},
          {"circle", {LinkKind::circle, none, none}, 3},
          {"softmax_centered", {LinkKind::softmax_centered, none, none}, 3},
          {"sqrt_softmax_centered", {LinkKind::sqrt_softmax_centered, none, none}, 3},
          {"ordered", {LinkKind::ordered, none, none}, 4},
          {"positive_ordered", {LinkKind::positive_ordered, none, none}, 4},
          {"unit_vector", {LinkKind::unit_vector, none, none}, 3},
          {"cov_matrix", {LinkKind::cov_matrix, none, none}, 6},
          {"corr_matrix", {LinkKind::corr_matrix, none, none}, 6},
          {"cholesky_factor_corr", {LinkKind::cholesky_factor_corr, none, none}, 6}};
}

/// d l(z) / d z by autograd: [entries of l(z), entries of z].
at::Tensor jacobian(const LinkFunction& link, const at::Tensor& z) {
  std::vector<at::Tensor> rows;
  const std::int64_t entries = apply_link(link, z).numel();
  for (std::int64_t i = 0; i < entries; ++i) {
    const at::Tensor leaf = z.detach().clone().set_requires_grad(true);
    apply_link(link, leaf).reshape({-1})[i].backward();
    rows.push_back(leaf.grad());
  }
  return at::stack(rows);
}

/// Coordinates that the reference measure of a kind is about; undefined: all, measured by area.
at::Tensor coordinates(LinkKind kind, std::int64_t size) {
  const auto triangle = [](std::int64_t n, std::int64_t offset) {
    const at::Tensor indices = at::tril_indices(n, n, offset);
    return indices[0] * n + indices[1];
  };
  switch (kind) {
    case LinkKind::cov_matrix:
      return triangle(3, 0);
    case LinkKind::corr_matrix:
    case LinkKind::cholesky_factor_corr:
      return triangle(4, -1);
    case LinkKind::unit_vector:
    case LinkKind::sqrt_softmax_centered:
      return {};
    default:
      return at::arange(size);
  }
}

double log_volume(const LinkFunction& link, const at::Tensor& z) {
  const at::Tensor all = jacobian(link, z);
  const at::Tensor kept = coordinates(link.kind, z.numel());
  if (kept.defined()) return at::log(at::linalg_det(all.index_select(0, kept)).abs()).item<double>();
  return 0.5 * at::log(at::linalg_det(at::matmul(all.t(), all))).item<double>();
}

LinkFunction in_float(const LinkFunction& link) {
  const auto narrow = [](const at::Tensor& t) { return t.defined() ? t.to(at::kFloat) : t; };
  return {link.kind, narrow(link.lower), narrow(link.upper)};
}

}  // namespace

TEST_CASE("links: inverse undoes the link") {
  at::Generator generator = seeded(10);
  for (const LinkCase& c : link_cases()) {
    CAPTURE(c.name);
    const at::Tensor z = 1.5 * at::randn({2, 5, c.size}, generator, at::TensorOptions(at::kDouble));
    const at::Tensor x = apply_link(c.link, z);
    const at::Tensor back = invert_link(c.link, x);
    REQUIRE(back.sizes() == z.sizes());
    CHECK(largest(back - z) < 1e-7);
    CHECK(largest(apply_link(c.link, back) - x) < 1e-7);
  }
}

TEST_CASE("links: log determinant is that of the Jacobian") {
  at::Generator generator = seeded(11);
  for (const LinkCase& c : link_cases()) {
    CAPTURE(c.name);
    const at::Tensor z = at::randn({4, c.size}, generator, at::TensorOptions(at::kDouble));
    at::Tensor log_det = link_log_det(c.link, z);
    if (link_rank(c.link.kind) == 0) {
      REQUIRE(log_det.sizes() == z.sizes());
      log_det = log_det.sum(-1);
    }
    REQUIRE(log_det.sizes() == at::IntArrayRef({4}));
    for (std::int64_t i = 0; i < 4; ++i) {
      CHECK(log_det[i].item<double>() == doctest::Approx(log_volume(c.link, z[i])).epsilon(1e-9));
    }
  }
}

TEST_CASE("links: values lie in the event space") {
  at::Generator generator = seeded(12);
  const at::Tensor z = 3 * at::randn({50, 6}, generator, at::TensorOptions(at::kDouble));
  const auto image = [&](LinkKind kind) { return apply_link({kind, {}, {}}, z); };
  CHECK((image(LinkKind::exp) > 0).all().item<bool>());
  CHECK((image(LinkKind::circle).abs() < 3.1415927).all().item<bool>());
  CHECK(image(LinkKind::softmax_centered).size(-1) == 7);
  CHECK(largest(image(LinkKind::softmax_centered).sum(-1) - 1) < 1e-12);
  CHECK(largest(image(LinkKind::sqrt_softmax_centered).square().sum(-1) - 1) < 1e-12);
  CHECK(largest(image(LinkKind::unit_vector).square().sum(-1) - 1) < 1e-12);
  CHECK((image(LinkKind::ordered).diff() > 0).all().item<bool>());
  CHECK((image(LinkKind::positive_ordered) > 0).all().item<bool>());
  const at::Tensor correlation = image(LinkKind::corr_matrix), factor = image(LinkKind::cholesky_factor_corr);
  CHECK(correlation.sizes() == at::IntArrayRef({50, 4, 4}));
  CHECK(largest(at::diagonal(correlation, 0, -2, -1) - 1) < 1e-12);
  CHECK(largest(at::triu(factor, 1)) == 0);
  CHECK((at::diagonal(factor, 0, -2, -1) > 0).all().item<bool>());
  CHECK(image(LinkKind::cov_matrix).sizes() == at::IntArrayRef({50, 3, 3}));
  CHECK(largest(std::get<1>(at::linalg_cholesky_ex(image(LinkKind::cov_matrix)))) == 0);
}

TEST_CASE("links: extremes stay finite, inside, and with finite gradients, in both precisions") {
  at::Generator generator = seeded(13);
  for (std::size_t i = 0; i < 2 * link_cases().size(); ++i) {
    const bool narrow = i % 2 == 0;
    const LinkCase c = link_cases()[i / 2];
    CAPTURE(c.name);
    CAPTURE(narrow);
    const LinkFunction link = narrow ? in_float(c.link) : c.link;
    const at::Tensor signs =
        at::randn({40, c.size}, generator, at::TensorOptions(narrow ? at::kFloat : at::kDouble)).sign();
    for (const double magnitude : {30., 100., 1000.}) {
      CAPTURE(magnitude);
      const at::Tensor z = (magnitude * signs).set_requires_grad(true);
      const at::Tensor x = apply_link(link, z), log_det = link_log_det(link, z);
      CHECK(finite(x));
      CHECK(finite(log_det));
      (x.sum() + log_det.sum()).backward();
      CHECK(finite(z.grad()));
      CHECK(finite(invert_link(link, x.detach())));
      if (link.lower.defined()) CHECK((x > link.lower).all().item<bool>());
      if (link.upper.defined()) CHECK((x < link.upper).all().item<bool>());
    }
  }
}

TEST_CASE("links: the inverse of a boundary value is finite") {
  for (const at::ScalarType dtype : {at::kFloat, at::kDouble}) {
    const at::Tensor zero = at::zeros({1}, dtype), one = at::ones({1}, dtype);
    CHECK(finite(invert_link({LinkKind::exp, zero, {}}, zero)));
    CHECK(finite(invert_link({LinkKind::softplus, zero, {}}, zero)));
    CHECK(finite(invert_link({LinkKind::bounded, zero, one}, at::cat({zero, one}))));
    CHECK(finite(invert_link({LinkKind::softmax_centered, {}, {}}, at::cat({zero, one, zero}))));
    CHECK(finite(invert_link({LinkKind::ordered, {}, {}}, at::cat({zero, zero, one}))));
    CHECK(finite(invert_link({LinkKind::unit_vector, {}, {}}, at::cat({zero, one}))));
    CHECK(finite(invert_link({LinkKind::corr_matrix, {}, {}}, at::ones({3, 3}, dtype))));
  }
}

TEST_CASE("links: gradients reach the bounds") {
  const at::Tensor lower = scalar(2).set_requires_grad(true), upper = scalar(3).set_requires_grad(true);
  apply_link({LinkKind::bounded, lower, upper}, scalar(0)).backward();
  CHECK(lower.grad().item<double>() == doctest::Approx(0.5));
  CHECK(upper.grad().item<double>() == doctest::Approx(0.5));
}
