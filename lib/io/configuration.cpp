#include "io/configuration.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <sstream>
#include <stdexcept>
#include <utility>
#include <vector>

#include "diagnostics/suggest.hpp"
#include "io/files.hpp"
#include "io/json.hpp"

namespace adavi {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

constexpr std::uint64_t text_limit = 1 << 20;

template <class Enum>
using Names = std::vector<std::pair<const char*, Enum>>;

const Names<Family> families = {
    {"structured", Family::structured}, {"mean_field", Family::mean_field}, {"total", Family::total}};
const Names<Attention> attentions = {
    {"auto", Attention::automatic}, {"none", Attention::none}, {"sab", Attention::sab}, {"isab", Attention::isab}};
const Names<AffineScale> affine_scales = {
    {"none", AffineScale::none}, {"diagonal", AffineScale::diagonal}, {"triangular", AffineScale::triangular}};
const Names<FlowKind> flows = {
    {"none", FlowKind::none},     {"maf", FlowKind::maf},           {"iaf", FlowKind::iaf},
    {"spline", FlowKind::spline}, {"coupling", FlowKind::coupling},
};
const Names<Loss> losses = {{"reverse_kl", Loss::reverse_kl},
                            {"forward_kl", Loss::forward_kl},
                            {"unregularized_elbo", Loss::unregularized_elbo},
                            {"map", Loss::map}};

/// Fills fields from one JSON object and refuses what is left over.
class Reader {
 public:
  Reader(const json& object, std::string path, std::string origin)
      : object_(object), path_(std::move(path)), origin_(std::move(origin)) {
    if (!object.is_object()) refuse("", "expected an object, found " + describe_json_value(object));
  }

  template <class Enum>
  void choice(const char* key, Enum& field, const Names<Enum>& names) {
    const json* value = find(key);
    if (value == nullptr) return;
    std::vector<std::string> spellings;
    for (const auto& [name, option] : names) {
      spellings.emplace_back(name);
      if (*value == name) {
        field = option;
        return;
      }
    }
    refuse_choice(key, *value, spellings);
  }

  void flag(const char* key, bool& field) {
    const json* value = find(key);
    if (value == nullptr) return;
    if (!value->is_boolean()) refuse(key, "expected true or false, found " + describe_json_value(*value));
    field = value->get<bool>();
  }

  void integer(const char* key, std::int64_t& field, std::int64_t lower, std::int64_t upper) {
    if (const json* value = find(key)) field = checked_integer(key, *value, lower, upper);
  }

  void integers(const char* key, std::vector<std::int64_t>& field, std::int64_t lower, std::int64_t upper) {
    const json* value = find(key);
    if (value == nullptr) return;
    if (!value->is_array() || value->size() > 64) {
      refuse(key, "expected a list of at most 64 integers, found " + describe_json_value(*value));
    }
    field.clear();
    for (const json& item : *value) field.push_back(checked_integer(key, item, lower, upper));
  }

  void names(const char* key, std::vector<std::string>& field) {
    const json* value = find(key);
    if (value == nullptr) return;
    const auto is_name = [](const json& item) { return item.is_string(); };
    if (!value->is_array() || value->empty() || !std::all_of(value->begin(), value->end(), is_name))
      refuse(key, "expected a list of one name or more, found " + describe_json_value(*value));
    field = value->get<std::vector<std::string>>();
  }

  void real(const char* key, double& field, double lower, double upper) {
    const json* value = find(key);
    if (value == nullptr) return;
    const double number = value->is_number() ? value->get<double>() : std::nan("");
    if (!(number >= lower && number <= upper)) {
      std::ostringstream expected;
      expected << "expected a number in [" << lower << ", " << upper << "], found " << describe_json_value(*value);
      refuse(key, expected.str());
    }
    field = number;
  }

  template <class Fields>
  void section(const char* key, Fields fields) {
    const json* value = find(key);
    if (value == nullptr) return;
    Reader inner(*value, path_ + key + ".", origin_);
    fields(inner);
    inner.finish();
  }

  template <class Item, class Fields>
  void list(const char* key, std::vector<Item>& items, Fields fields) {
    const json* value = find(key);
    if (value == nullptr) return;
    if (!value->is_array() || value->empty() || value->size() > 64) {
      refuse(key, "expected a list of 1 to 64 objects, found " + describe_json_value(*value));
    }
    items.clear();
    for (std::size_t i = 0; i < value->size(); ++i) {
      Reader inner((*value)[i], path_ + key + "[" + std::to_string(i) + "].", origin_);
      fields(inner, items.emplace_back());
      inner.finish();
    }
  }

  /// Refuses keys that no field has asked for.
  void finish() const {
    for (const auto& [key, value] : object_.items()) {
      if (key == "$schema" || key == "comment") continue;
      if (std::find(known_.begin(), known_.end(), key) != known_.end()) continue;
      const auto near = did_you_mean(key, known_);
      refuse(key, "unknown key" + (near ? "; did you mean '" + *near + "'?" : ""));
    }
  }

 private:
  const json* find(const char* key) {
    known_.emplace_back(key);
    const auto found = object_.find(key);
    return found == object_.end() ? nullptr : &*found;
  }

  std::int64_t checked_integer(const char* key, const json& value, std::int64_t lower, std::int64_t upper) const {
    const bool held = value.is_number_integer() && value.get<double>() >= static_cast<double>(lower) &&
                      value.get<double>() <= static_cast<double>(upper);
    if (!held) {
      refuse(key, "expected an integer in [" + std::to_string(lower) + ", " + std::to_string(upper) + "], found " +
                      describe_json_value(value));
    }
    return value.get<std::int64_t>();
  }

  [[noreturn]] void refuse_choice(const char* key, const json& value, const std::vector<std::string>& names) const {
    std::string text = "expected one of";
    for (const std::string& name : names) text += (name == names.front() ? " '" : ", '") + name + "'";
    const auto near = value.is_string() ? did_you_mean(value.get<std::string>(), names) : std::nullopt;
    refuse(key, text + ", found " + describe_json_value(value) + (near ? "; did you mean '" + *near + "'?" : ""));
  }

  [[noreturn]] void refuse(const std::string& key, const std::string& message) const {
    std::string path = path_ + key;
    if (!path.empty() && path.back() == '.') path.pop_back();
    throw Failure(ExitStatus::usage, origin_ + ": " + (path.empty() ? "" : path + ": ") + message);
  }

  const json& object_;
  std::string path_, origin_;
  std::vector<std::string> known_;
};

/// Writes the same fields.
class Writer {
 public:
  template <class Enum>
  void choice(const char* key, Enum field, const Names<Enum>& names) {
    const auto is_field = [&](const auto& item) { return item.second == field; };
    const auto found = std::find_if(names.begin(), names.end(), is_field);
    if (found == names.end()) throw std::logic_error(std::string("no spelling for the value of ") + key);
    object_[key] = found->first;
  }
  void flag(const char* key, bool field) { object_[key] = field; }
  void integer(const char* key, std::int64_t field, std::int64_t, std::int64_t) { object_[key] = field; }
  void integers(const char* key, const std::vector<std::int64_t>& field, std::int64_t, std::int64_t) {
    object_[key] = field;
  }
  /// None at all mean what a missing key does.
  void names(const char* key, const std::vector<std::string>& field) {
    if (!field.empty()) object_[key] = field;
  }
  void real(const char* key, double field, double, double) { object_[key] = field; }
  template <class Fields>
  void section(const char* key, Fields fields) {
    Writer inner;
    fields(inner);
    object_[key] = inner.object_;
  }
  template <class Item, class Fields>
  void list(const char* key, const std::vector<Item>& items, Fields fields) {
    if (items.empty()) return;
    object_[key] = ordered_json::array();
    for (Item item : items) {
      Writer inner;
      fields(inner, item);
      object_[key].push_back(inner.object_);
    }
  }
  std::string text() const { return object_.dump(2); }

 private:
  ordered_json object_ = ordered_json::object();
};

constexpr std::int64_t width_limit = 1 << 16;
constexpr std::int64_t count_limit = std::int64_t{1} << 40;

/// The keys of a configuration, once for reading and writing.
template <class Visitor>
void visit(Visitor& v, Configuration& configuration) {
  ArchitectureOptions& a = configuration.architecture;
  TrainingOptions& t = configuration.training;
  v.names("latents", a.latents);
  v.choice("family", a.family, families);
  v.section("encoder", [&](auto& s) {
    s.flag("free", a.free);
    s.choice("attention", a.attention, attentions);
    s.integer("embedding", a.embedding, 1, width_limit);
    s.integer("heads", a.heads, 1, width_limit);
    s.integer("inducing", a.inducing, 1, width_limit);
    s.integer("blocks", a.blocks, 1, 64);
    s.flag("moments", a.moments);
    s.integer("message_steps", a.message_steps, 0, 100);
  });
  v.section("estimator", [&](auto& s) {
    s.integers("trunk", a.trunk, 1, width_limit);
    s.choice("affine", a.affine, affine_scales);
    s.choice("flow", a.flow, flows);
    s.integers("flow_hidden", a.flow_hidden, 1, width_limit);
    s.integer("spline_bins", a.spline_bins, 2, 256);
    s.integer("scoring_steps", a.scoring_steps, 0, 100);
    s.flag("exact", a.exact);
  });
  v.section("training", [&](auto& s) {
    s.list("phases", t.phases, [](auto& p, Phase& phase) {
      p.choice("loss", phase.loss, losses);
      p.integer("steps", phase.steps, 0, count_limit);
    });
    s.integer("batch", t.batch, 0, 1 << 20);
    s.integer("reuse", t.reuse, 0, 1 << 20);
    s.integer("draws", t.draws, 1, 1 << 20);
    s.real("learning_rate", t.learning_rate, 0, 10);
    s.flag("schedule", t.schedule);
    s.real("clip_norm", t.clip_norm, 0, 1e12);
    s.flag("path_gradient", t.path_gradient);
    s.flag("warm_start", t.warm_start);
    s.integer("warm_start_sets", t.warm_start_sets, 2, 1 << 30);
    s.integer("simulations", t.simulations, 0, count_limit);
    s.real("missing", t.missing, 0, 1);
    s.integer("validation_sets", t.validation_sets, 1, 1 << 20);
    s.integer("validation_draws", t.validation_draws, 1, 1 << 20);
    s.integer("check_every", t.check_every, 0, count_limit);
    s.integer("max_steps", t.max_steps, 1, count_limit);
    s.real("time_limit", t.time_limit, 0, 1e9);
  });
}

/// What fields must satisfy together.
void check_together(const Configuration& configuration, const std::string& origin) {
  const ArchitectureOptions& a = configuration.architecture;
  if (a.attention != Attention::none && a.embedding % a.heads != 0) {
    throw Failure(ExitStatus::usage, origin + ": encoder: embedding (" + std::to_string(a.embedding) +
                                         ") must be a multiple of heads (" + std::to_string(a.heads) + ")");
  }
  if (a.attention == Attention::none && !a.moments) {
    throw Failure(ExitStatus::usage, origin + ": encoder: without attention, moments must be on");
  }
}

}  // namespace

Configuration parse_configuration(const std::string& text, const std::string& origin) {
  Configuration configuration;
  const json parsed = parse_json(text, origin, ExitStatus::usage);
  Reader reader(parsed, "", origin);
  visit(reader, configuration);
  reader.finish();
  check_together(configuration, origin);
  return configuration;
}

Configuration read_configuration(const std::string& path) {
  return parse_configuration(read_text_file(path, text_limit, ExitStatus::usage), path);
}

std::string configuration_json(const Configuration& configuration) {
  Configuration copy = configuration;
  Writer writer;
  visit(writer, copy);
  return writer.text();
}

}  // namespace adavi
