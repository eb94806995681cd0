#include "cli/component_order.hpp"

#include <algorithm>
#include <map>
#include <numeric>
#include <string>
#include <vector>

namespace adavi {
namespace {

/// A variable's values within one entry of the leading axes: instances, each with one part a component.
struct Layout {
  std::size_t entries = 1, instances = 1, components = 1, part = 1;
  std::size_t place(std::size_t entry, std::size_t instance, std::size_t component) const {
    return ((entry * instances + instance) * components + component) * part;
  }
};

Layout layout_of(const Variable& variable, const Shape& shape, std::size_t leading, std::int64_t components) {
  const auto size = [](auto begin, auto end) {
    return static_cast<std::size_t>(std::accumulate(begin, end, std::int64_t{1}, std::multiplies<>()));
  };
  Layout layout;
  const auto plates = shape.begin() + static_cast<std::ptrdiff_t>(leading);
  layout.entries = size(shape.begin(), plates);
  layout.instances = size(plates, plates + variable.depth);
  layout.components = static_cast<std::size_t>(components);
  layout.part = size(plates + variable.depth, shape.end()) / layout.components;
  return layout;
}

using Order = std::vector<std::size_t>;

template <class T>
Order order_of(const NdArray<T>& values, const Layout& layout, std::size_t entry) {
  std::vector<double> keys(layout.components, 0);
  for (std::size_t instance = 0; instance < layout.instances; ++instance) {
    for (std::size_t l = 0; l < layout.components; ++l) keys[l] += values.values[layout.place(entry, instance, l)];
  }
  Order order(layout.components);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return keys[a] < keys[b]; });
  return order;
}

template <class T>
void permute(NdArray<T>& values, const Layout& layout, const std::vector<Order>& orders) {
  std::vector<T> old(layout.components * layout.part);
  for (std::size_t entry = 0; entry < layout.entries; ++entry) {
    for (std::size_t instance = 0; instance < layout.instances; ++instance) {
      const auto begin = values.values.begin() + static_cast<std::ptrdiff_t>(layout.place(entry, instance, 0));
      std::copy_n(begin, old.size(), old.begin());
      for (std::size_t l = 0; l < layout.components; ++l) {
        const auto from = old.begin() + static_cast<std::ptrdiff_t>(orders[entry][l] * layout.part);
        std::copy_n(from, layout.part, begin + static_cast<std::ptrdiff_t>(l * layout.part));
      }
    }
  }
}

template <class Arrays>
void order(const HbmModel& model, const ExchangeableSet& set, std::size_t leading, Arrays& values) {
  const auto at = [&](int index) -> const Variable& { return model.variables[static_cast<std::size_t>(index)]; };
  const Variable* key = nullptr;
  for (const int member : set.members) {
    if (at(member).role != ast::Role::latent || values.count(at(member).name) == 0) continue;
    if (key == nullptr || at(member).depth < key->depth) key = &at(member);
  }
  if (key == nullptr) return;
  const auto layout = [&](const Variable& variable) {
    return layout_of(variable, values.at(variable.name).shape, leading, set.size);
  };
  const Layout of_key = layout(*key);
  std::vector<Order> orders;
  for (std::size_t entry = 0; entry < of_key.entries; ++entry)
    orders.push_back(order_of(values.at(key->name), of_key, entry));
  for (const int member : set.members) {
    if (values.count(at(member).name) > 0) permute(values.at(at(member).name), layout(at(member)), orders);
  }
}

}  // namespace

void order_components(const HbmModel& model, std::size_t leading, DoubleArrays& values) {
  for (const ExchangeableSet& set : model.exchangeable) order(model, set, leading, values);
}

void order_components(const HbmModel& model, std::size_t leading, FloatArrays& values) {
  for (const ExchangeableSet& set : model.exchangeable) order(model, set, leading, values);
}

}  // namespace adavi
