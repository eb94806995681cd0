#pragma once
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "diagnostics/source.hpp"

namespace adavi {

/// What a name of the model stands for. A broken declaration keeps its name, so that its uses are not errors too.
struct Symbol {
  enum class What { constant, variable, plate, broken };
  What what = What::broken;
  int index = -1;       ///< position in the model's list of constants or variables
  Span span;            ///< of the declaration's name
  std::string plate;    ///< the innermost plate around the declaration; empty outside every plate
  bool visible = true;  ///< false once its plate is closed
  bool used = false;    ///< some expression names it
};

/// A declaration somewhere in the file, known before it is reached.
struct Foretold {
  Span span;
  bool is_constant = false;
  bool is_plate = false;
  std::string plate;  ///< the innermost plate around it
};

/// The names of a model, visible and not. A name means one thing in the whole file, since files are keyed by it.
class Names {
 public:
  /// Enters a plate; what is declared from here on lives in it until it is left.
  void enter(const std::string& plate) { plates_.push_back(plate); }
  void leave();
  /// Declares a name; returns the earlier declaration where there is one. It stays, but of a value declared twice
  /// it is not known what is meant by it.
  const Symbol* declare(const std::string& name, Symbol symbol);
  const Symbol* find(const std::string& name) const;
  void mark_used(const std::string& name);
  bool used(const std::string& name) const;
  /// Names that an expression may use here, for suggestions.
  std::vector<std::string> visible_values() const;

  /// True inside the block of a plate.
  bool entered(const std::string& plate) const;

  /// Notes that the file declares `name` somewhere, the first place counts.
  void foretell(const std::string& name, Foretold declaration) { foretold_.emplace(name, std::move(declaration)); }
  const Foretold* foretold(const std::string& name) const;

 private:
  std::vector<std::string> plates_;
  std::map<std::string, Symbol> symbols_;
  std::map<std::string, Foretold> foretold_;
};

/// True for words with a meaning in the language, beyond those that the parser refuses as names, and for the axes that
/// every output file has.
bool is_reserved(std::string_view name);

}  // namespace adavi
