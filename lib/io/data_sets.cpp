#include "io/data_sets.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "diagnostics/failure.hpp"
#include "diagnostics/suggest.hpp"
#include "io/files.hpp"
#include "io/hdf5.hpp"
#include "io/value_rules.hpp"

namespace adavi {
namespace {

constexpr std::int64_t checking_budget = 64 << 20;

/// One observed variable or covariate and the dataset that holds it.
struct Known {
  std::string name;
  h5::InputDataset dataset;
  bool leading = true;  ///< the dataset has an axis of data sets
  Shape shape;          ///< of one data set: [plates, event]
  std::size_t depth;    ///< how many of its axes are plates
  bool observed;
  ValueRule rule;

  std::int64_t sets() const { return leading ? dataset.shape().front() : 1; }
};

bool is_known(const Variable& variable) {
  return variable.role == ast::Role::observed || variable.role == ast::Role::covariate;
}

[[noreturn]] void refuse(const std::string& path, const std::string& message) {
  throw Failure(ExitStatus::mismatch, path + ": " + message);
}

/// "[*, group=3, obs=50, 2] of float"
std::string expected_text(const HbmModel& model, const Variable& variable, bool integer) {
  std::string text = "[*";
  for (int depth = 0; depth < variable.depth; ++depth) {
    const Plate& plate = model.plates[static_cast<std::size_t>(depth)];
    text += ", " + plate.name + "=" + std::to_string(plate.lower);
    if (plate.upper != plate.lower) text += ":" + std::to_string(plate.upper);
  }
  for (const std::int64_t size : variable.type.shape) text += ", " + std::to_string(size);
  return text + "] of " + (integer ? "int" : "float");
}

/// Do the axes of a dataset from `offset` on fit the plates and the event?
bool shape_fits(const HbmModel& model, const Variable& variable, const Shape& found, std::size_t offset) {
  const auto depth = static_cast<std::size_t>(variable.depth);
  if (found.size() != offset + depth + variable.type.shape.size()) return false;
  for (std::size_t axis = 0; axis < depth; ++axis) {
    const Plate& plate = model.plates[axis];
    // A network trained over a range may be asked for sizes beyond it.
    if (plate.lower < plate.upper ? found[offset + axis] < 1 : found[offset + axis] != plate.upper) return false;
  }
  const auto event = found.begin() + static_cast<std::ptrdiff_t>(offset + depth);
  return std::equal(event, found.end(), variable.type.shape.begin());
}

/// The message for a name that the file lacks.
std::string missing_text(const h5::InputFile& file, const std::string& name) {
  std::string text = "no dataset '" + name + "'";
  const auto names = file.names();
  if (!names) return text;
  const std::vector<std::string>& found = *names;
  if (const auto near = did_you_mean(name, found)) return text + "; did you mean '" + *near + "'?";
  if (found.empty()) return text + "; the file holds none";
  text += "; the file holds ";
  const std::size_t shown = std::min<std::size_t>(found.size(), 10);
  for (std::size_t i = 0; i < shown; ++i) text += (i == 0 ? "'" : ", '") + found[i] + "'";
  return text + (shown < found.size() ? ", ..." : "");
}

Known open_known(const h5::InputFile& file, const HbmModel& model, const Variable& variable) {
  const std::string path = "/" + variable.name;
  if (file.node(path) == h5::Node::none) refuse(file.path(), missing_text(file, variable.name));
  h5::InputDataset dataset = file.dataset(path);
  const ValueRule rule = value_rule(model, variable);
  const Shape& found = dataset.shape();
  const std::size_t rank = static_cast<std::size_t>(variable.depth) + variable.type.shape.size();
  const bool leading = found.size() == rank + 1;
  const bool numbers = dataset.element() == h5::Element::integer || dataset.element() == h5::Element::real;
  if (!numbers || !shape_fits(model, variable, found, leading ? 1 : 0)) {
    dataset.refuse("expected " + expected_text(model, variable, rule.integer) + ", found " + h5::to_string(found) +
                   " of " + dataset.type_name());
  }
  if (leading && found.front() == 0) dataset.refuse("holds no data set: its first axis is empty");
  const Shape shape(found.begin() + (leading ? 1 : 0), found.end());
  const bool observed = variable.role == ast::Role::observed;
  return Known{variable.name, std::move(dataset), leading, shape, static_cast<std::size_t>(variable.depth), observed,
               rule};
}

/// "[3, 0, 12]": the place of a number, counted from 0 as HDF5's tools do, from its position in a piece.
std::string place(const Known& known, std::int64_t first, std::size_t position) {
  Shape index(known.shape.size());
  auto rest = static_cast<std::int64_t>(position);
  for (std::size_t axis = known.shape.size(); axis-- > 0;) {
    index[axis] = rest % known.shape[axis];
    rest /= known.shape[axis];
  }
  if (known.leading) index.insert(index.begin(), first + rest);
  return index.empty() ? "" : h5::to_string(index);
}

NdArray<double> read_piece(const Known& known, std::int64_t first, std::int64_t count) {
  NdArray<double> array;
  array.shape = known.shape;
  array.shape.insert(array.shape.begin(), count);
  array.values.resize(h5::element_count(array.shape));
  Shape start(known.dataset.shape().size(), 0);
  if (known.leading) start.front() = first;
  known.dataset.read(start, known.leading ? array.shape : known.shape, array.values.data());
  return array;
}

std::string dimension_conflict(const Known& one, const Known& other, const HbmModel& model, std::size_t axis) {
  return "/" + other.name + ": plate " + model.plates[axis].name + " has " + std::to_string(other.shape[axis]) +
         " elements, but " + std::to_string(one.shape[axis]) + " in /" + one.name;
}

}  // namespace

struct DataSets::State {
  State(const std::string& path, const HbmModel& model) : file(path) {
    open_all(model);
    check_agreement(model);
    read_names();
    check_values();
  }

  void open_all(const HbmModel& model) {
    std::string problems;
    for (const Variable& variable : model.variables) {
      if (!is_known(variable)) continue;
      try {
        known.push_back(open_known(file, model, variable));
      } catch (const Failure& failure) {
        problems += (problems.empty() ? "" : "\n") + std::string(failure.what());
      }
    }
    if (!problems.empty()) throw Failure(ExitStatus::mismatch, problems);
  }

  /// All variables must have the same number of data sets and the same cardinalities.
  void check_agreement(const HbmModel& model) {
    const Known& one = known.front();
    size = one.sets();
    const Known* deepest = &one;
    for (const Known& other : known) {
      if (other.sets() != size) {
        refuse(file.path(), "/" + other.name + ": holds " + std::to_string(other.sets()) + " data sets, but /" +
                                one.name + " holds " + std::to_string(size));
      }
      if (other.depth > deepest->depth) deepest = &other;
    }
    cardinalities.assign(deepest->shape.begin(), deepest->shape.begin() + static_cast<std::ptrdiff_t>(deepest->depth));
    for (const Known& other : known) {
      for (std::size_t axis = 0; axis < other.depth; ++axis) {
        if (other.shape[axis] != cardinalities[axis]) {
          refuse(file.path(), dimension_conflict(*deepest, other, model, axis));
        }
      }
    }
  }

  void read_names() {
    const auto is_dataset = [](const Known& item) { return item.name == "dataset"; };
    const bool taken = std::any_of(known.begin(), known.end(), is_dataset);
    if (taken || file.node("/dataset") == h5::Node::none) {
      for (std::int64_t i = 0; i < size; ++i) names.push_back(std::to_string(i));
      return;
    }
    const h5::InputDataset dataset = file.dataset("/dataset");
    const std::int64_t found = static_cast<std::int64_t>(h5::element_count(dataset.shape()));
    if (dataset.element() != h5::Element::text || dataset.shape().size() > 1 || found != size) {
      dataset.refuse("expected [" + std::to_string(size) + "] of string, the names of the data sets, found " +
                     h5::to_string(dataset.shape()) + " of " + dataset.type_name());
    }
    names = dataset.read_strings();
    const auto control = [](char c) { return static_cast<unsigned char>(c) < 0x20; };
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (is_utf8(names[i]) && std::none_of(names[i].begin(), names[i].end(), control)) continue;
      dataset.refuse("name " + std::to_string(i) + " is not printable UTF-8");
    }
  }

  std::int64_t bytes_per_set() const {
    std::int64_t bytes = 0;
    for (const Known& item : known) bytes += static_cast<std::int64_t>(8 * h5::element_count(item.shape));
    return std::max<std::int64_t>(bytes, 1);
  }

  void check_values() {
    const std::int64_t step = std::clamp<std::int64_t>(checking_budget / bytes_per_set(), 1, size);
    std::vector<const Known*> gaps;  // covariates with NaN
    for (const Known& item : known) {
      bool nan = false;
      for (std::int64_t first = 0; first < size; first += step) {
        const NdArray<double> piece = read_piece(item, first, std::min(step, size - first));
        if (const auto offence = find_offence(item.rule, piece.values.data(), piece.values.size())) {
          refuse(file.path(), "/" + item.name + place(item, first, offence->position) + " " + offence->message);
        }
        nan = nan || std::any_of(piece.values.begin(), piece.values.end(), [](double x) { return std::isnan(x); });
      }
      if (nan && !item.observed) gaps.push_back(&item);
      missing = missing || (nan && item.observed);
    }
    if (!gaps.empty()) check_gaps(gaps, step);
  }

  /// A covariate may be missing where everything observed that uses it is.
  void check_gaps(const std::vector<const Known*>& gaps, std::int64_t step) const {
    for (std::int64_t first = 0; first < size; first += step) {
      const std::int64_t count = std::min(step, size - first);
      const std::vector<char> observed = observed_instances(first, count);
      for (const Known* item : gaps) {
        const NdArray<double> piece = read_piece(*item, first, count);
        const std::size_t below = observed.size() / instances(item->depth, count);
        const std::size_t event = piece.values.size() / instances(item->depth, count);
        for (std::size_t i = 0; i < piece.values.size(); ++i) {
          const auto begin = observed.begin() + static_cast<std::ptrdiff_t>(i / event * below);
          const bool used = std::find(begin, begin + static_cast<std::ptrdiff_t>(below), 1) !=
                            begin + static_cast<std::ptrdiff_t>(below);
          if (!std::isnan(piece.values[i]) || !used) continue;
          refuse(file.path(), "/" + item->name + place(*item, first, i) +
                                  " is NaN, but observations that use it are there: a covariate may be missing only "
                                  "where they all are");
        }
      }
    }
  }

  /// Instances of the plates down to `depth` in `count` data sets.
  std::size_t instances(std::size_t depth, std::int64_t count) const {
    auto total = static_cast<std::size_t>(count);
    for (std::size_t axis = 0; axis < depth; ++axis) total *= static_cast<std::size_t>(cardinalities[axis]);
    return total;
  }

  /// Of each instance of the innermost plate, whether anything is observed there.
  std::vector<char> observed_instances(std::int64_t first, std::int64_t count) const {
    std::vector<char> result(instances(cardinalities.size(), count), 0);
    for (const Known& item : known) {
      if (!item.observed) continue;
      const NdArray<double> piece = read_piece(item, first, count);
      const std::size_t event = piece.values.size() / result.size();
      for (std::size_t i = 0; i < result.size(); ++i) {
        const auto begin = piece.values.begin() + static_cast<std::ptrdiff_t>(i * event);
        const auto end = begin + static_cast<std::ptrdiff_t>(event);
        if (std::none_of(begin, end, [](double x) { return std::isnan(x); })) result[i] = 1;
      }
    }
    return result;
  }

  h5::InputFile file;
  std::vector<Known> known;
  std::int64_t size = 0;
  std::vector<std::string> names;
  Shape cardinalities;
  bool missing = false;
};

DataSets::DataSets(const std::string& path, const HbmModel& model) : state_(std::make_unique<State>(path, model)) {}
DataSets::DataSets(DataSets&&) noexcept = default;
DataSets& DataSets::operator=(DataSets&&) noexcept = default;
DataSets::~DataSets() = default;

const std::string& DataSets::path() const { return state_->file.path(); }
std::int64_t DataSets::size() const { return state_->size; }
const std::vector<std::string>& DataSets::names() const { return state_->names; }
const Shape& DataSets::cardinalities() const { return state_->cardinalities; }

bool DataSets::has_missing() const { return state_->missing; }

std::int64_t DataSets::bytes_per_set() const { return state_->bytes_per_set(); }

std::int64_t DataSets::piece(std::int64_t bytes) const {
  return std::clamp<std::int64_t>(bytes / std::max<std::int64_t>(bytes_per_set(), 1), 1, size());
}

DoubleArrays DataSets::read(std::int64_t first, std::int64_t count) const {
  DoubleArrays arrays;
  for (const Known& item : state_->known) arrays[item.name] = read_piece(item, first, count);
  return arrays;
}

}  // namespace adavi
