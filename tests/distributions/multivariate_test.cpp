#include <cmath>

#include "distributions/links.hpp"
#include "goodness_of_fit.hpp"

using namespace adavi;
using namespace adavi::testing;

namespace {

const Arguments& gaussian() {
  static const Arguments arguments{vector({1, -2, 0.5}), matrix(3, {2, 0.6, -0.3, 0.6, 1, 0.2, -0.3, 0.2, 0.5})};
  return arguments;
}

/// The same Gaussian as each of the three rows takes it.
Arguments gaussian_of(const std::string& name, const at::Tensor& covariance) {
  if (name == "multi_normal") return {gaussian()[0], covariance};
  if (name == "multi_normal_prec") return {gaussian()[0], at::linalg_inv(covariance)};
  return {gaussian()[0], at::linalg_cholesky(covariance)};
}

/// The density's integral by importance sampling from logistic z through the link of its support: mean weight and its
/// standard error.
std::pair<double, double> integral(const DistributionImplementation& row, const Arguments& arguments, LinkKind kind,
                                   std::int64_t free) {
  at::Generator generator = seeded(41);
  const at::Tensor u = at::rand({40000, free}, generator, at::TensorOptions(at::kDouble));
  const at::Tensor z = at::log(u) - at::log1p(-u);
  const at::Tensor log_q = (at::log(u) + at::log1p(-u)).sum(-1);
  const LinkFunction link{kind, {}, {}};
  at::Tensor log_det = link_log_det(link, z);
  if (link_rank(kind) == 0) log_det = log_det.sum(-1);
  const at::Tensor log_p = row.log_density(apply_link(link, z), arguments) + log_det;
  const at::Tensor weight = at::exp(log_p - log_q);
  return {weight.mean().item<double>(), weight.std().item<double>() / 200};
}

/// P(beta(a, b) <= x), elementwise, by the midpoint rule on (0, x).
at::Tensor beta_cdf(const at::Tensor& x, double a, double b) {
  const at::Tensor nodes = (at::arange(200, at::kDouble) + 0.5) / 200;
  const at::Tensor points = x.unsqueeze(-1) * nodes;
  const at::Tensor density = at::exp(row_of("beta").log_density(points, {scalar(a), scalar(b)}));
  return density.mean(-1) * x;
}

}  // namespace

TEST_CASE("multivariate densities integrate to one under the links' measures") {
  const auto check = [](const std::string& name, const Arguments& arguments, LinkKind kind, std::int64_t free) {
    CAPTURE(name);
    CAPTURE(arguments);
    const auto [mean, error] = integral(row_of(name), arguments, kind, free);
    CHECK(error < 0.03);
    CHECK(std::abs(mean - 1) < 4 * error);
  };
  check("dirichlet", {vector({1, 1, 1})}, LinkKind::softmax_centered, 2);
  check("dirichlet", {vector({0.7, 2, 3, 1.5})}, LinkKind::softmax_centered, 3);
  check("lkj_corr_cholesky", {scalar(1)}, LinkKind::cholesky_factor_corr, 1);
  check("lkj_corr_cholesky", {scalar(2)}, LinkKind::cholesky_factor_corr, 3);
  check("lkj_corr_cholesky", {scalar(0.8)}, LinkKind::cholesky_factor_corr, 6);
  for (const char* name : {"multi_normal", "multi_normal_cholesky", "multi_normal_prec"}) {
    check(name, gaussian_of(name, gaussian()[1]), LinkKind::identity, 3);
  }
}

TEST_CASE("draws of Gaussian vectors are standard once they are whitened") {
  at::Generator generator = seeded(42);
  const at::Tensor factor = at::linalg_cholesky(gaussian()[1]);
  for (const char* name : {"multi_normal", "multi_normal_cholesky", "multi_normal_prec"}) {
    CAPTURE(name);
    const at::Tensor x = row_of(name).sample({3000, 3}, gaussian_of(name, gaussian()[1]), generator);
    const at::Tensor z = at::linalg_solve_triangular(factor, (x - gaussian()[0]).t(), false);
    for (std::int64_t i = 0; i < 3; ++i) CHECK(kolmogorov_distance(at::special_ndtr(z[i])) < kolmogorov_limit(3000));
    CHECK(kolmogorov_distance(at::special_ndtr(z.sum(0) / std::sqrt(3.))) < kolmogorov_limit(3000));
    CHECK(kolmogorov_distance(at::special_ndtr((z[0] - z[1]) / std::sqrt(2.))) < kolmogorov_limit(3000));
  }
}

TEST_CASE("Dirichlet draws have beta marginals and lie on the simplex") {
  at::Generator generator = seeded(43);
  const at::Tensor x = row_of("dirichlet").sample({2000, 3}, {vector({1.2, 2, 4})}, generator);
  CHECK(largest(x.sum(-1) - 1) < 1e-12);
  CHECK(kolmogorov_distance(beta_cdf(x.select(-1, 0), 1.2, 6)) < kolmogorov_limit(2000));
  CHECK(kolmogorov_distance(beta_cdf(x.select(-1, 1), 2, 5.2)) < kolmogorov_limit(2000));
  CHECK(kolmogorov_distance(beta_cdf(x.select(-1, 2), 4, 3.2)) < kolmogorov_limit(2000));
  // Tiny concentrations: one coordinate takes all, the others stay positive.
  const at::Tensor spiky = row_of("dirichlet").sample({500, 4}, {at::full({4}, 0.01, at::kFloat)}, generator);
  CHECK((spiky > 0).all().item<bool>());
  CHECK(finite(row_of("dirichlet").log_density(spiky, {at::full({4}, 0.01, at::kFloat)})));
}

TEST_CASE("every correlation of LKJ draws is a beta variate") {
  at::Generator generator = seeded(44);
  constexpr double eta = 1.5, n = 4;
  const at::Tensor factor = row_of("lkj_corr_cholesky").sample({2000, 4, 4}, {scalar(eta)}, generator);
  const at::Tensor correlation = at::matmul(factor, factor.mT());
  CHECK(largest(at::diagonal(correlation, 0, -2, -1) - 1) < 1e-12);
  const double shape = eta - 1 + n / 2;
  for (std::int64_t i = 1; i < 4; ++i) {
    for (std::int64_t j = 0; j < i; ++j) {
      const at::Tensor r = correlation.select(-2, i).select(-1, j);
      CHECK(kolmogorov_distance(beta_cdf((r + 1) / 2, shape, shape)) < kolmogorov_limit(2000));
    }
  }
}

TEST_CASE("multinomial counts: probabilities sum to one and draws follow them") {
  const DistributionImplementation& row = row_of("multinomial");
  const Arguments arguments{vector({0.2, 0, 0.5, 0.3}), scalar(5)};
  std::vector<at::Tensor> all;
  for (int i = 0; i <= 5; ++i) {
    for (int j = 0; i + j <= 5; ++j) all.push_back(vector({double(i), 0, double(j), double(5 - i - j)}));
  }
  const at::Tensor outcomes = at::stack(all), p = at::exp(row.log_density(outcomes, arguments));
  CHECK(p.sum().item<double>() == doctest::Approx(1));
  CHECK(row.log_density(vector({1, 1, 2, 1}), arguments).item<double>() == -INFINITY);
  CHECK(row.log_density(vector({1, 0, 2, 1}), arguments).item<double>() == -INFINITY);
  at::Generator generator = seeded(45);
  const at::Tensor x = row.sample({3000, 4}, arguments, generator);
  CHECK(largest(x.sum(-1) - 5) == 0);
  const at::Tensor counts = (x.unsqueeze(1) == outcomes).all(-1).sum(0).to(at::kDouble);
  check_chi_square(counts, 3000 * p);
}

TEST_CASE("multivariate gradients are those of finite differences") {
  at::Generator generator = seeded(46);
  const auto check = [&](const std::function<at::Tensor(const at::Tensor&)>& f, const at::Tensor& point) {
    const at::Tensor leaf = leaves({point})[0];
    f(leaf).backward();
    const at::Tensor expected = finite_difference(f, point);
    CHECK(largest((leaf.grad() - expected) / (1 + expected.abs())) < 1e-5);
  };
  const at::Tensor x = vector({0.3, -1, 2}), root = at::linalg_cholesky(gaussian()[1]);
  for (const std::string name : {"multi_normal", "multi_normal_cholesky", "multi_normal_prec"}) {
    CAPTURE(name);
    const DistributionImplementation& row = row_of(name);
    const auto with = [&](const at::Tensor& l) { return gaussian_of(name, at::matmul(l, l.mT())); };
    check([&](const at::Tensor& v) { return row.log_density(v, with(root)); }, x);
    check([&](const at::Tensor& v) { return row.log_density(x, {v, with(root)[1]}); }, gaussian()[0]);
    check([&](const at::Tensor& v) { return row.log_density(x, with(v.tril())); }, root);
  }
  const at::Tensor p = vector({0.2, 0.5, 0.3}), alpha = vector({0.5, 2, 30});
  check([&](const at::Tensor& v) { return row_of("dirichlet").log_density(v, {alpha}); }, p);
  check([&](const at::Tensor& v) { return row_of("dirichlet").log_density(p, {v}); }, alpha);
  const at::Tensor counts = vector({3, 0, 7});
  check([&](const at::Tensor& v) { return row_of("multinomial").log_density(counts, {v, scalar(10)}); }, p);
  const at::Tensor factor = row_of("lkj_corr_cholesky").sample({3, 3}, {scalar(2)}, generator);
  check([&](const at::Tensor& v) { return row_of("lkj_corr_cholesky").log_density(v, {scalar(2)}); }, factor);
  check([&](const at::Tensor& v) { return row_of("lkj_corr_cholesky").log_density(factor, {v}); }, scalar(2));
}

TEST_CASE("matrices that are not positive definite give -inf, not an exception, and leave the others alone") {
  const at::Tensor covariance = at::stack({at::eye(2, at::kDouble), matrix(2, {1, 2, 2, 1})});
  for (const char* name : {"multi_normal", "multi_normal_prec"}) {
    const Arguments arguments = leaves({vector({0, 0}), covariance});
    const at::Tensor value = row_of(name).log_density(vector({0.1, 0.2}), arguments);
    CHECK(finite(value[0]));
    CHECK(value[1].item<double>() == -INFINITY);
    value[0].backward();
    CHECK(finite(arguments[1].grad()));
  }
}
