#include "nn/set_transformer.hpp"

#include <algorithm>
#include <cmath>

#include "random_weights.hpp"

using namespace adavi;
using namespace adavi::testing;

namespace {

at::Tensor linear(const Parameters& p, const std::string& name, const at::Tensor& x) {
  return at::matmul(x, weight(p, name + ".weight").t()) + weight(p, name + ".bias");
}

at::Tensor norm(const Parameters& p, const std::string& name, const at::Tensor& x) {
  const auto centred = x - x.mean(-1, true);
  const auto variance = centred.square().mean(-1, true);
  return centred / (variance + 1e-5).sqrt() * weight(p, name + ".gain") + weight(p, name + ".shift");
}

/// Multihead attention and the rest of a MAB as the paper writes them, one set, one head and one query at a time.
at::Tensor naive_block(const Parameters& p, const std::string& name, std::int64_t heads, const at::Tensor& x,
                       const at::Tensor& y) {
  const auto q = linear(p, name + ".query", x), k = linear(p, name + ".key", y), v = linear(p, name + ".value", y);
  const auto size = x.size(-1), width = size / heads;
  std::vector<at::Tensor> sets;
  for (std::int64_t s = 0; s < y.size(0); ++s) {
    std::vector<at::Tensor> queries;
    for (std::int64_t i = 0; i < x.size(1); ++i) {
      std::vector<at::Tensor> parts;
      for (std::int64_t h = 0; h < heads; ++h) {
        const auto of_head = [&](const at::Tensor& t) { return t.narrow(-1, h * width, width); };
        const auto scores = at::mv(of_head(k[s]), of_head(q[s][i])) / std::sqrt(static_cast<double>(size));
        const auto weights = at::exp(scores) / at::exp(scores).sum();
        parts.push_back(at::mv(of_head(v[s]).t(), weights));
      }
      queries.push_back(at::cat(parts));
    }
    sets.push_back(at::stack(queries));
  }
  const auto h = norm(p, name + ".inner_norm", q + at::stack(sets));
  return norm(p, name + ".outer_norm", h + at::relu(linear(p, name + ".output", h)));
}

struct Block {
  Block(std::int64_t size, std::int64_t heads) : parameters(10000, at::kDouble) {
    auto generator = seeded(1);
    block = AttentionBlock(parameters, "b", size, heads, generator);
    perturb(parameters, 0.5, 2);
  }
  Parameters parameters;
  AttentionBlock block;
};

struct Net {
  explicit Net(std::int64_t inducing, std::int64_t blocks = 1) : parameters(10000, at::kDouble) {
    auto generator = seeded(3);
    net = SetTransformer(parameters, "t", 5, 8, 2, inducing, blocks, generator);
    perturb(parameters, 0.2, 4);
  }
  Parameters parameters;
  SetTransformer net;
};

bool ends_with(const std::string& text, const std::string& end) {
  return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

}  // namespace

TEST_CASE("an attention block is softmax attention as the paper writes it") {
  for (const std::int64_t heads : {1, 2, 4}) {
    for (const std::int64_t elements : {1, 2, 6}) {
      CAPTURE(heads);
      CAPTURE(elements);
      const Block own(8, heads);
      const auto x = normal({3, 4, 8}, 5), y = normal({3, elements, 8}, 6);
      CHECK(largest((own.block(x, y) - naive_block(own.parameters, "b", heads, x, y)).detach()) < 1e-10);
    }
  }
}

TEST_CASE("queries that all sets share give what they give one by one") {
  for (const std::int64_t heads : {1, 2, 4}) {
    for (const std::int64_t elements : {1, 2, 6}) {
      CAPTURE(heads);
      CAPTURE(elements);
      const Block own(8, heads);
      const auto queries = normal({4, 8}, 7), y = normal({3, elements, 8}, 8);
      CHECK(largest((own.block.shared(queries, y) - own.block(queries.expand({3, 4, 8}), y)).detach()) < 1e-10);
    }
  }
}

TEST_CASE("the order of a set does not matter, its elements do") {
  for (const std::int64_t inducing : {0, 3}) {
    CAPTURE(inducing);
    const Net own(inducing, 2);
    const auto set = normal({4, 6, 5}, 9);
    const auto summary = own.net(set).detach();
    CHECK(summary.sizes().vec() == std::vector<std::int64_t>{4, 8});
    const auto order = at::tensor({4, 2, 0, 5, 1, 3}, at::kLong);
    CHECK(largest((own.net(set.index_select(1, order)) - summary).detach()) < 1e-10);
    auto changed = set.clone();
    changed.select(0, 2).select(0, 5).add_(0.5);
    const auto difference = (own.net(changed) - summary).detach().abs().amax(1);
    CHECK(difference[2].item<double>() > 1e-3);
    CHECK(largest(difference.index_select(0, at::tensor({0, 1, 3}, at::kLong))) < 1e-12);  // other sets do not see it
  }
}

TEST_CASE("equivariance of an attention block over its queries, invariance over what they attend to") {
  const Block own(8, 2);
  const auto x = normal({2, 5, 8}, 10), y = normal({2, 4, 8}, 11);
  const auto order = at::tensor({3, 1, 4, 0, 2}, at::kLong), other = at::tensor({2, 0, 3, 1}, at::kLong);
  const auto expected = own.block(x, y).index_select(1, order);
  CHECK(largest((own.block(x.index_select(1, order), y.index_select(1, other)) - expected).detach()) < 1e-10);
}

TEST_CASE("elements that are not there leave no trace") {
  for (const std::int64_t inducing : {0, 3}) {
    CAPTURE(inducing);
    const Net own(inducing);
    const auto set = normal({3, 6, 5}, 12);
    const auto left = at::tensor({0, 2, 3}, at::kLong);
    auto present = at::zeros({3, 6}, at::kBool);
    present.index_fill_(1, left, 1);
    present[2].fill_(true);
    const auto smaller = own.net(set.index_select(1, left)), complete = own.net(set);
    const auto summary = own.net(set, present);
    CHECK(largest((summary - smaller).narrow(0, 0, 2).detach()) < 1e-10);
    CHECK(largest((summary - complete).narrow(0, 2, 1).detach()) < 1e-10);
    present[0].fill_(false);  // an empty set
    const auto again = own.net(set, present);
    CHECK(at::isfinite(again).all().item<bool>());
    CHECK(largest((again - summary).narrow(0, 1, 2).detach()) < 1e-12);
  }
}

TEST_CASE("gradients reach every weight of a set transformer that can matter") {
  for (const std::int64_t inducing : {0, 3}) {
    CAPTURE(inducing);
    // A unit of a relu may be off for all inputs of one network, not of all networks.
    std::map<std::string, at::Tensor> reached;
    for (std::uint64_t seed = 0; seed < 24; ++seed) {
      Net own(inducing);
      perturb(own.parameters, 0.5, 100 + seed);
      functional(own.net(normal({40, 4, 5}, 200 + seed))).backward();
      for (const auto& [name, tensor] : own.parameters.weights()) {
        const auto gradient = tensor.grad().abs();
        reached[name] = reached.count(name) > 0 ? at::maximum(reached[name], gradient) : gradient.clone();
      }
    }
    for (const auto& [name, gradient] : reached) {
      CAPTURE(name);
      // A key's bias shifts all scores of a query alike, and the last block attends to one element with weight 1.
      const bool idle = ends_with(name, ".key.bias") || name == "t.last.key.weight";
      if (idle) {
        CHECK(gradient.max().item<double>() < 1e-10);
      } else {
        CHECK(gradient.min().item<double>() > 1e-9);
      }
    }
  }
}
