#include "io/posterior_file.hpp"

#include <algorithm>
#include <set>
#include <stdexcept>
#include <utility>

#include "codegen/subset.hpp"
#include "io/netcdf.hpp"

namespace adavi {
namespace {

const std::set<std::string> sample_dimensions = {"chain", "draw", "dataset"};

bool is_sampled(const Variable& variable) {
  return variable.role == ast::Role::latent || variable.role == ast::Role::derived;
}

/// Statistics that are the same for every draw of a data set.
bool by_data_set(const std::string& statistic) {
  return statistic == "k_hat" || statistic == "resampled" || statistic == "prior_predictive_p";
}

/// A variable of `sample_stats`, and its numbers in a batch of draws.
struct Statistic {
  const char* name;
  NdArray<double> PosteriorDraws::*field;
};
const std::vector<Statistic> of_all_latents = {{"log_prior", &PosteriorDraws::log_prior},
                                               {"log_likelihood", &PosteriorDraws::log_likelihood},
                                               {"log_q", &PosteriorDraws::log_q},
                                               {"log_weight", &PosteriorDraws::log_weight},
                                               {"k_hat", &PosteriorDraws::k_hat},
                                               {"resampled", &PosteriorDraws::resampled},
                                               {"prior_predictive_p", &PosteriorDraws::prior_predictive_p}};
const std::vector<Statistic> of_a_subset = {{"log_q", &PosteriorDraws::log_q},
                                            {"prior_predictive_p", &PosteriorDraws::prior_predictive_p}};

/// `name` in the file: readers take a variable that shares the name of a dimension for its coordinate.
std::string variable_name(const std::string& name) { return sample_dimensions.count(name) != 0 ? name + "_bis" : name; }

/// Names and sizes of the axes of each variable.
class Axes {
 public:
  Axes(const HbmModel& model, const PosteriorLayout& layout) : taken_(sample_dimensions) {
    for (const Variable& variable : model.variables) taken_.insert(variable_name(variable.name));
    samples_ = {{"chain", 1, {}}, {"draw", layout.draws, {}}};
    data_set_ = {"dataset", static_cast<std::int64_t>(layout.data_sets.size()), layout.data_sets};
    for (std::size_t i = 0; i < model.plates.size(); ++i) {
      plates_.push_back({claim(model.plates[i].name), layout.cardinalities.at(i), {}});
    }
  }

  std::vector<Dimension> sample() const { return {samples_[0], samples_[1], data_set_}; }

  /// [dataset, plates, event] of a variable, behind [chain, draw] where it is sampled.
  std::vector<Dimension> of(const Variable& variable) {
    std::vector<Dimension> axes;
    if (is_sampled(variable)) axes = samples_;
    axes.push_back(data_set_);
    axes.insert(axes.end(), plates_.begin(), plates_.begin() + variable.depth);
    for (std::size_t i = 0; i < variable.type.shape.size(); ++i) {
      const std::string name = claim(variable_name(variable.name) + "_dim_" + std::to_string(i));
      axes.push_back({name, variable.type.shape[i], {}});
    }
    return axes;
  }

 private:
  std::string claim(std::string name) {
    while (!taken_.insert(name).second) name += "_bis";
    return name;
  }

  std::set<std::string> taken_;
  std::vector<Dimension> samples_;
  Dimension data_set_;
  std::vector<Dimension> plates_;
};

/// The same for every draw.
std::vector<double> repeated(const std::vector<double>& by_data_set, std::int64_t draws) {
  std::vector<double> result;
  for (std::int64_t draw = 0; draw < draws; ++draw) result.insert(result.end(), by_data_set.begin(), by_data_set.end());
  return result;
}

Shape shape_of(const std::vector<Dimension>& dimensions) {
  Shape shape;
  for (const Dimension& dimension : dimensions) shape.push_back(dimension.size);
  return shape;
}

/// A dataset of the file and where its data sets stand.
struct Column {
  std::string name;  ///< in the model
  h5::OutputDataset dataset;
  Shape shape;
  std::size_t data_set_axis;

  /// Writes the data sets from `first` on; `values` without the chain axis.
  template <class T>
  void write(std::int64_t first, std::int64_t count, const std::vector<T>& values) const {
    Shape start(shape.size(), 0), box = shape;
    start[data_set_axis] = first;
    box[data_set_axis] = count;
    if (values.size() != h5::element_count(box)) throw std::logic_error("draws of '" + name + "' have the wrong size");
    dataset.write(start, box, values.data());
  }
};

}  // namespace

struct PosteriorFile::State {
  State(const std::string& path, const HbmModel& model, const PosteriorLayout& source) : layout(source), file(path) {
    h5::write_attribute(file, file.id(), "creator", "adavi " ADAVI_VERSION);
    for (const auto& [name, value] : layout.attributes) h5::write_attribute(file, file.id(), name, value);
    Axes axes(model, layout);
    add_group("posterior", model, axes, ast::Role::latent);
    add_sample_stats(axes);
    add_group("observed_data", model, axes, ast::Role::observed);
    const auto is_covariate = [](const Variable& variable) { return variable.role == ast::Role::covariate; };
    if (std::any_of(model.variables.begin(), model.variables.end(), is_covariate)) {
      add_group("constant_data", model, axes, ast::Role::covariate);
    }
  }

  NetcdfGroup new_group(const std::string& name, bool samples) {
    NetcdfGroup group(file, name);
    group.attribute("inference_library", "adavi");
    group.attribute("inference_library_version", ADAVI_VERSION);
    group.attribute("creation_library", "adavi");
    group.attribute("creation_library_version", ADAVI_VERSION);
    group.attribute("creation_library_language", "C++");
    if (samples) group.attribute("sample_dims", std::vector<std::string>{"chain", "draw"});
    return group;
  }

  /// A group with the variables of a role; derived quantities stand among the latents.
  void add_group(const std::string& name, const HbmModel& model, Axes& axes, ast::Role role) {
    const bool samples = role == ast::Role::latent;
    NetcdfGroup group = new_group(name, samples);
    std::string names;
    const std::vector<int> drawn = drawn_variables(model, layout.left_out);
    for (std::size_t i = 0; i < model.variables.size(); ++i) {
      const Variable& variable = model.variables[i];
      const bool is_drawn = std::find(drawn.begin(), drawn.end(), static_cast<int>(i)) != drawn.end();
      if (samples ? !is_drawn : variable.role != role) continue;
      names += (names.empty() ? "" : " ") + variable_name(variable.name);
      const std::vector<Dimension> dimensions = axes.of(variable);
      const bool integer = variable.type.kind == Kind::integer && !layout.missing;
      const hid_t type = samples ? H5T_IEEE_F32LE : integer ? H5T_STD_I64LE : H5T_IEEE_F64LE;
      add_column(samples ? posterior : data, group, variable.name, type, dimensions, samples ? 2 : 0, false);
    }
    group.attribute("variables", names);
    groups.push_back(std::move(group));
  }

  void add_sample_stats(const Axes& axes) {
    NetcdfGroup group = new_group("sample_stats", true);
    const auto add = [&](const char* name) {
      add_column(statistics, group, name, H5T_IEEE_F64LE, axes.sample(), 2, by_data_set(name));
    };
    if (layout.left_out.empty()) add("lp");
    for (const Statistic& statistic : written_statistics()) add(statistic.name);
    groups.push_back(std::move(group));
  }

  const std::vector<Statistic>& written_statistics() const {
    return layout.left_out.empty() ? of_all_latents : of_a_subset;
  }

  void add_column(std::vector<Column>& columns, NetcdfGroup& group, const std::string& name, hid_t type,
                  const std::vector<Dimension>& dimensions, std::size_t data_set_axis, bool compress) const {
    const Shape shape = shape_of(dimensions);
    std::vector<std::size_t> order;  // cut data sets first, then draws, then what is inside
    for (std::size_t axis = data_set_axis + 1; axis-- > 0;) order.push_back(axis);
    for (std::size_t axis = data_set_axis + 1; axis < shape.size(); ++axis) order.push_back(axis);
    const h5::Storage storage = {h5::chunk_for(shape, H5Tget_size(type), order), compress};
    columns.push_back({name, group.variable(variable_name(name), type, dimensions, storage), shape, data_set_axis});
  }

  PosteriorLayout layout;
  std::int64_t written = 0;
  h5::OutputFile file;
  std::vector<NetcdfGroup> groups;
  std::vector<Column> posterior, statistics, data;
};

PosteriorFile::PosteriorFile(const std::string& path, const HbmModel& model, const PosteriorLayout& layout)
    : state_(std::make_unique<State>(path, model, layout)) {}
PosteriorFile::~PosteriorFile() = default;

void PosteriorFile::append(const PosteriorDraws& draws, const DoubleArrays& data) {
  const std::int64_t count = draws.log_q.shape.at(1);
  const std::int64_t first = state_->written;
  if (first + count > static_cast<std::int64_t>(state_->layout.data_sets.size())) {
    throw std::logic_error("a posterior file is given too many data sets");
  }
  auto column = state_->statistics.begin();
  if (state_->layout.left_out.empty()) {
    std::vector<double> lp = draws.log_prior.values;
    for (std::size_t i = 0; i < lp.size(); ++i) lp[i] += draws.log_likelihood.values.at(i);
    (column++)->write(first, count, lp);
  }
  for (const Statistic& statistic : state_->written_statistics()) {
    const std::vector<double>& values = (draws.*statistic.field).values;
    const bool constant = by_data_set(statistic.name);
    (column++)->write(first, count, constant ? repeated(values, state_->layout.draws) : values);
  }
  for (const Column& column : state_->posterior) column.write(first, count, draws.variables.at(column.name).values);
  for (const Column& column : state_->data) column.write(first, count, data.at(column.name).values);
  state_->written += count;
}

void PosteriorFile::finish() {
  if (state_->written != static_cast<std::int64_t>(state_->layout.data_sets.size())) {
    throw std::logic_error("a posterior file lacks data sets");
  }
  state_->posterior.clear();
  state_->statistics.clear();
  state_->data.clear();
  state_->groups.clear();
  state_->file.finish();
}

}  // namespace adavi
