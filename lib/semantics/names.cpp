#include "semantics/names.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace adavi {

void Names::leave() {
  for (auto& [name, symbol] : symbols_) {
    if (symbol.plate == plates_.back() && symbol.what != Symbol::What::plate) symbol.visible = false;
  }
  plates_.pop_back();
}

const Symbol* Names::declare(const std::string& name, Symbol symbol) {
  if (!plates_.empty()) symbol.plate = plates_.back();
  const auto [place, inserted] = symbols_.emplace(name, std::move(symbol));
  if (inserted) return nullptr;
  if (place->second.what != Symbol::What::plate) place->second.what = Symbol::What::broken;
  return &place->second;
}

const Symbol* Names::find(const std::string& name) const {
  const auto found = symbols_.find(name);
  return found == symbols_.end() ? nullptr : &found->second;
}

void Names::mark_used(const std::string& name) {
  const auto found = symbols_.find(name);
  if (found != symbols_.end()) found->second.used = true;
}

bool Names::used(const std::string& name) const {
  const Symbol* symbol = find(name);
  return symbol != nullptr && symbol->used;
}

std::vector<std::string> Names::visible_values() const {
  std::vector<std::string> names;
  for (const auto& [name, symbol] : symbols_) {
    if (symbol.visible && symbol.what != Symbol::What::plate) names.push_back(name);
  }
  return names;
}

bool Names::entered(const std::string& plate) const {
  return plate.empty() || std::find(plates_.begin(), plates_.end(), plate) != plates_.end();
}

const Foretold* Names::foretold(const std::string& name) const {
  const auto found = foretold_.find(name);
  return found == foretold_.end() ? nullptr : &found->second;
}

bool is_reserved(std::string_view name) {
  static constexpr std::array<std::string_view, 10> words = {
      "lower", "upper", "chain", "draw", "mixture", "transformed", "dataset", "offset", "multiplier", "row_vector"};
  return std::find(words.begin(), words.end(), name) != words.end();
}

}  // namespace adavi
