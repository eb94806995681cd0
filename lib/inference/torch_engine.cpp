#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <malloc.h>
#include <torch/version.h>

#include <nlohmann/json.hpp>
#include <set>
#include <thread>

#include "diagnostics/failure.hpp"
#include "inference/data_patterns.hpp"
#include "inference/engine.hpp"
#include "inference/tensors.hpp"
#include "inference/torch_posterior.hpp"
#include "inference/trainer.hpp"

namespace adavi {
namespace {

/// Applies what an engine option says of the machine.
at::TensorOptions set_up(const EngineOptions& options) {
  // Keeps freed tensors in the process: a training step allocates the same sizes again and again.
  mallopt(M_TRIM_THRESHOLD, 1 << 30);
  mallopt(M_MMAP_THRESHOLD, 1 << 30);
  const auto cores = std::max(1U, std::thread::hardware_concurrency());
  at::set_num_threads(options.threads > 0 ? options.threads : static_cast<int>(cores));
  if (options.device == "cuda") {
    if (!at::hasCUDA())
      throw Failure(ExitStatus::usage, "--device cuda: this LibTorch has no CUDA, or no GPU is visible");
  } else if (options.device != "auto" && options.device != "cpu") {
    throw Failure(ExitStatus::usage, "--device " + options.device + ": expected auto, cpu or cuda");
  }
  const bool cuda = options.device != "cpu" && at::hasCUDA();
  return at::TensorOptions(at::kFloat).device(cuda ? at::kCUDA : at::kCPU);
}

/// One field of LibTorch's description of itself.
std::string field(const std::string& description, const std::string& key) {
  const auto at = description.find(key);
  if (at == std::string::npos) return "unknown";
  const auto begin = at + key.size();
  return description.substr(begin, description.find_first_of(",\n", begin) - begin);
}

std::string environment(const at::TensorOptions& options) {
  const std::string description = at::show_config();
  nlohmann::ordered_json json;
  json["libtorch"] = TORCH_VERSION;
  json["instruction_set"] = field(description, "CPU capability usage: ");
  json["blas"] = field(description, "BLAS_INFO=");
  json["threads"] = at::get_num_threads();
  json["device"] = options.device().str();
  return json.dump();
}

class TorchEngine : public Engine {
 public:
  using Engine::simulate;
  DoubleArrays simulate(const HbmModel& model, std::int64_t n, const EngineOptions& options,
                        const Shape& cardinalities) override {
    const GenerativeModel generative(model, set_up(options).device(at::kCPU));
    auto generator = at::detail::createCPUGenerator(options.seed);
    const auto values = generative.simulate(n, generator, cardinalities);
    DoubleArrays arrays;
    for (std::size_t i = 0; i < values.size(); ++i) {
      auto shape = values[i].sizes().vec();
      shape[1] = n;
      for (int d = 0; d < model.variables[i].depth; ++d) {
        shape[static_cast<std::size_t>(d) + 2] = cardinalities[static_cast<std::size_t>(d)];
      }
      arrays[model.variables[i].name] = to_double_array(values[i].expand(shape).squeeze(0));
    }
    return arrays;
  }

  void leave_gaps(const HbmModel& model, DoubleArrays& data, double missing, const EngineOptions& options) override {
    VariableValues values(model.variables.size());
    const auto observed = [&](std::size_t i) { return model.variables[i].role == ast::Role::observed; };
    for (std::size_t i = 0; i < values.size(); ++i)
      if (observed(i)) values[i] = to_tensor(data.at(model.variables[i].name)).unsqueeze(0);
    auto generator = at::detail::createCPUGenerator(options.seed);
    adavi::leave_gaps(model, values, missing, generator);
    for (std::size_t i = 0; i < values.size(); ++i)
      if (observed(i)) data[model.variables[i].name] = to_double_array(values[i].squeeze(0));
  }

  TrainingResult train(const HbmModel& model, const DualPlan& plan, const TrainingRequest& request) override {
    const auto options = set_up(request.engine);
    DualFamily family(GenerativeModel(model, options), plan, request.engine.seed);
    auto result = adavi::train(family, request);
    result.environment = environment(options);
    return result;
  }

  std::map<std::string, Shape> expected_tensors(const HbmModel& model, const DualPlan& plan) override {
    // Layers name and size their weights themselves; a family of the plan says them all.
    const DualFamily family(GenerativeModel(model, at::kFloat), plan, 0);
    std::map<std::string, Shape> shapes;
    for (const auto& [name, weight] : family.parameters().weights()) shapes[name] = weight.sizes().vec();
    for (const auto& [name, buffer] : family.parameters().buffers()) shapes[name] = buffer.sizes().vec();
    return shapes;
  }

  std::unique_ptr<Posterior> load(const HbmModel& model, const DualPlan& plan, const Tensors& tensors,
                                  const EngineOptions& options) override {
    auto family = std::make_unique<DualFamily>(GenerativeModel(model, set_up(options)), plan, 0);
    load_tensors(family->parameters(), tensors);
    return std::make_unique<TorchPosterior>(std::move(family), options.seed);
  }
};

}  // namespace
}  // namespace adavi

extern "C" adavi::Engine* adavi_engine() {
  static adavi::TorchEngine engine;
  return &engine;
}
