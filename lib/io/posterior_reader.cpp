#include "io/posterior_reader.hpp"

#include <algorithm>
#include <map>
#include <sstream>

#include "diagnostics/failure.hpp"
#include "io/files.hpp"
#include "io/hdf5.hpp"

namespace adavi {
namespace {

constexpr std::size_t sample_axes = 3;  // chain, draw, dataset

std::vector<std::string> words(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> found;
  for (std::string word; stream >> word;) found.push_back(word);
  return found;
}

bool holds_draws(const std::vector<std::string>& dims) {
  return dims.size() >= sample_axes && dims[0] == "chain" && dims[1] == "draw" && dims[2] == "dataset";
}

}  // namespace

struct PosteriorReader::State {
  explicit State(const std::string& path) : file(path) {
    if (file.node("/posterior") != h5::Node::group) {
      throw Failure(ExitStatus::mismatch, path + ": is not a posterior file: it has no group 'posterior'");
    }
    const std::vector<std::string> names = words(file.attribute("/posterior", "variables"));
    if (names.empty()) {
      throw Failure(ExitStatus::mismatch,
                    path + ": is not a posterior file of `adavi infer`: its group 'posterior' names no variables");
    }
    for (const std::string& name : names) open_variable(name);
    read_names();
    read_k_hat();
  }

  void open_variable(const std::string& name) {
    h5::InputDataset dataset = file.dataset("/posterior/" + name);
    std::vector<std::string> dims = words(dataset.attribute("dims"));
    const Shape& shape = dataset.shape();
    if (!holds_draws(dims) || dataset.element() != h5::Element::real || shape.size() != dims.size() ||
        h5::element_count(shape) == 0) {
      dataset.refuse("expected draws over (" + dataset.attribute("dims") + "), found " + h5::to_string(shape) + " of " +
                     dataset.type_name());
    }
    const Shape samples(shape.begin(), shape.begin() + sample_axes);
    if (variables.empty()) sample_shape = samples;
    if (samples != sample_shape) {
      dataset.refuse("has " + h5::to_string(samples) + " chains, draws and data sets, others " +
                     h5::to_string(sample_shape));
    }
    dims.erase(dims.begin(), dims.begin() + sample_axes);
    variables.push_back({name, std::move(dims), Shape(shape.begin() + sample_axes, shape.end())});
    datasets.emplace(name, std::move(dataset));
  }

  void read_names() {
    const h5::InputDataset dataset = file.dataset("/posterior/dataset");
    if (dataset.element() != h5::Element::text || dataset.shape() != Shape{sample_shape[2]}) {
      dataset.refuse("expected " + h5::to_string({sample_shape[2]}) + " of string, found " +
                     h5::to_string(dataset.shape()) + " of " + dataset.type_name());
    }
    names = dataset.read_strings();
    if (!std::all_of(names.begin(), names.end(), is_utf8)) dataset.refuse("holds names that are not UTF-8");
  }

  void read_k_hat() {
    if (file.node("/sample_stats/k_hat") == h5::Node::none) return;  // a subset of the latents has none
    const h5::InputDataset dataset = file.dataset("/sample_stats/k_hat");
    if (dataset.element() != h5::Element::real || dataset.shape() != sample_shape) {
      dataset.refuse("expected " + h5::to_string(sample_shape) + " of float, found " + h5::to_string(dataset.shape()) +
                     " of " + dataset.type_name());
    }
    k_hat.resize(static_cast<std::size_t>(sample_shape[2]));
    dataset.read({0, 0, 0}, {1, 1, sample_shape[2]}, k_hat.data());
  }

  h5::InputFile file;
  Shape sample_shape;  ///< [chain, draw, dataset]
  std::vector<PosteriorVariable> variables;
  std::map<std::string, h5::InputDataset> datasets;
  std::vector<std::string> names;
  std::vector<double> k_hat;
};

PosteriorReader::PosteriorReader(const std::string& path) : state_(std::make_unique<State>(path)) {}
PosteriorReader::PosteriorReader(PosteriorReader&&) noexcept = default;
PosteriorReader& PosteriorReader::operator=(PosteriorReader&&) noexcept = default;
PosteriorReader::~PosteriorReader() = default;

const std::vector<PosteriorVariable>& PosteriorReader::variables() const { return state_->variables; }
const std::vector<std::string>& PosteriorReader::data_sets() const { return state_->names; }
const std::vector<double>& PosteriorReader::k_hat() const { return state_->k_hat; }

std::int64_t PosteriorReader::draws() const { return state_->sample_shape[0] * state_->sample_shape[1]; }

NdArray<double> PosteriorReader::read(const std::string& variable, std::int64_t data_set, std::int64_t first,
                                      std::int64_t count) const {
  const h5::InputDataset& dataset = state_->datasets.at(variable);
  Shape start(dataset.shape().size(), 0), box = dataset.shape();
  start[2] = data_set;
  box[2] = 1;
  if (count >= 0 && box.size() > sample_axes) {
    start[sample_axes] = first;
    box[sample_axes] = count;
  }
  NdArray<double> array;
  array.shape = {draws()};
  array.shape.insert(array.shape.end(), box.begin() + sample_axes, box.end());
  array.values.resize(h5::element_count(box));
  dataset.read(start, box, array.values.data());
  return array;
}

}  // namespace adavi
