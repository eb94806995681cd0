#pragma once
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "diagnostics/source.hpp"

namespace adavi {

enum class Severity { error, warning };

/// A second place that explains a diagnostic ("plate declared here").
struct Note {
  std::optional<Span> span;
  std::string message;
};

/// One thing to tell the author of a model.
struct Diagnostic {
  Severity severity = Severity::error;
  std::string code;     ///< stable, kebab-case, e.g. "undeclared-name"
  Span span;            ///< where in the model
  std::string message;  ///< what is wrong, lower case, no full stop
  std::vector<Note> notes;
  std::string help;  ///< the way out; empty where there is none
};

/// What the stages collect; a stage that added an error returns nothing.
class Diagnostics {
 public:
  void add(Diagnostic diagnostic) { items_.push_back(std::move(diagnostic)); }
  bool has_errors() const;
  const std::vector<Diagnostic>& items() const { return items_; }
  /// Orders by place, errors and warnings together, and drops exact repeats.
  void sort();

 private:
  std::vector<Diagnostic> items_;
};

}  // namespace adavi
