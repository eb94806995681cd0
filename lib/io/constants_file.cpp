#include "io/constants_file.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdlib>

#include "io/files.hpp"
#include "io/hdf5.hpp"
#include "io/json.hpp"

namespace adavi {
namespace {

using nlohmann::json;

constexpr std::uint64_t json_limit = 256 << 20;
constexpr std::int64_t exact_integer_limit = std::int64_t{1} << 53;  // beyond it a double skips integers

bool is_name(const std::string& text) {
  const auto part = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; };
  return !text.empty() && std::isalpha(static_cast<unsigned char>(text[0])) != 0 &&
         std::all_of(text.begin(), text.end(), part);
}

/// Does a double hold this integer exactly?
bool is_exact(const json& integer) {
  if (integer.is_number_unsigned()) return integer.get<std::uint64_t>() <= std::uint64_t{exact_integer_limit};
  return integer.get<std::int64_t>() >= -exact_integer_limit;
}

/// Flattens nested lists of one depth and equal lengths.
class ListReader {
 public:
  ListReader(std::string origin, ExitStatus status) : origin_(std::move(origin)), status_(status) {}

  ConstantValue read(const json& value) {
    result_ = {};
    result_.integer = true;
    for (const json* level = &value; level->is_array(); level = &level->front()) {
      result_.shape.push_back(static_cast<std::int64_t>(level->size()));
      if (level->empty()) break;
    }
    visit(value, 0);
    return result_;
  }

 private:
  void visit(const json& value, std::size_t depth) {
    if (!value.is_array()) {
      if (depth != result_.shape.size()) refuse("its lists have different depths");
      return add(value);
    }
    if (depth == result_.shape.size() || static_cast<std::int64_t>(value.size()) != result_.shape[depth]) {
      refuse("its lists have different lengths");
    }
    for (const json& item : value) visit(item, depth + 1);
  }

  void add(const json& value) {
    if (!value.is_number()) refuse("expected a number or a list of numbers, found " + describe_json_value(value));
    const double number = value.get<double>();
    if (value.is_number_integer() && !is_exact(value)) refuse(value.dump() + " is too large to be held exactly");
    result_.integer = result_.integer && value.is_number_integer();
    result_.values.push_back(number);
  }

  [[noreturn]] void refuse(const std::string& message) const { throw Failure(status_, origin_ + ": " + message); }

  std::string origin_;
  ExitStatus status_;
  ConstantValue result_;
};

ConstantValue read_dataset(const h5::InputDataset& dataset, const std::string& path) {
  if (dataset.element() != h5::Element::integer && dataset.element() != h5::Element::real) {
    dataset.refuse("expected numbers, found " + h5::to_string(dataset.shape()) + " of " + dataset.type_name());
  }
  ConstantValue value{dataset.shape(), dataset.read_all(), dataset.element() == h5::Element::integer, path};
  const auto bad = std::find_if(value.values.begin(), value.values.end(), [](double x) { return !std::isfinite(x); });
  if (bad != value.values.end()) {
    dataset.refuse("element " + std::to_string(bad - value.values.begin()) + " (row-major, from 0) is not finite");
  }
  return value;
}

ConstantOverrides read_hdf5(const std::string& path) {
  const h5::InputFile file(path);
  const auto names = file.names();
  if (!names) {
    throw Failure(ExitStatus::mismatch, path +
                                            ": keeps its names in HDF5's dense form, which is not listed here; write "
                                            "it with h5py's defaults, or as JSON");
  }
  ConstantOverrides constants;
  for (const std::string& name : *names) {
    if (file.node("/" + name) == h5::Node::dataset) constants[name] = read_dataset(file.dataset("/" + name), path);
  }
  return constants;
}

/// JSON, or a number as people type it (".5", "1.").
json option_value(const std::string& text, const std::string& origin) {
  char* end = nullptr;
  const bool number_like = !text.empty() && text.find_first_not_of("+-.0123456789eE") == std::string::npos;
  if (number_like && !json::accept(text)) {
    const double number = std::strtod(text.c_str(), &end);
    if (*end == '\0' && std::isfinite(number)) return number;
  }
  return parse_json(text, origin, ExitStatus::usage);
}

}  // namespace

ConstantOverrides read_constants(const std::string& path) {
  readable_file_size(path);
  h5::prepare();
  if (H5Fis_hdf5(path.c_str()) > 0) return read_hdf5(path);
  return parse_constants(read_text_file(path, json_limit), path);
}

ConstantOverrides parse_constants(const std::string& text, const std::string& origin) {
  const json parsed = parse_json(text, origin, ExitStatus::mismatch);
  if (!parsed.is_object()) {
    throw Failure(ExitStatus::mismatch,
                  origin + ": expected an object of constants, found " + describe_json_value(parsed));
  }
  ConstantOverrides constants;
  for (const auto& [name, value] : parsed.items()) {
    constants[name] = ListReader(origin + ": " + name, ExitStatus::mismatch).read(value);
    constants[name].origin = origin;
  }
  return constants;
}

void set_constant(ConstantOverrides& constants, const std::string& option) {
  const std::size_t equals = option.find('=');
  const std::string name = option.substr(0, equals);
  if (equals == std::string::npos || !is_name(name)) {
    throw Failure(ExitStatus::usage, "--set " + option + ": expected NAME=VALUE, e.g. --set sigma=0.5");
  }
  const std::string origin = "--set " + name;
  const auto found = constants.find(name);
  if (found != constants.end() && found->second.origin == origin) {
    throw Failure(ExitStatus::usage, origin + ": is given twice");
  }
  ConstantValue value = ListReader(origin, ExitStatus::usage).read(option_value(option.substr(equals + 1), origin));
  value.origin = origin;
  constants[name] = std::move(value);
}

namespace {

json nested(const ConstantValue& constant, std::size_t axis, std::size_t& position) {
  if (axis == constant.shape.size()) {
    const double value = constant.values[position++];
    return constant.integer ? json(static_cast<std::int64_t>(value)) : json(value);
  }
  json list = json::array();
  for (std::int64_t i = 0; i < constant.shape[axis]; ++i) list.push_back(nested(constant, axis + 1, position));
  return list;
}

}  // namespace

std::string constants_json(const ConstantOverrides& constants) {
  json object = json::object();
  for (const auto& [name, constant] : constants) {
    std::size_t position = 0;
    object[name] = nested(constant, 0, position);
  }
  return object.dump();
}

}  // namespace adavi
