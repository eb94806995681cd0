#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <optional>

#include "cli/commands.hpp"
#include "cli/common_options.hpp"
#include "cli/fit_quality.hpp"
#include "cli/fitting.hpp"
#include "cli/interrupt.hpp"
#include "cli/output.hpp"
#include "cli/pieces.hpp"
#include "cli/terminal.hpp"
#include "cli/trained_model.hpp"
#include "diagnostics/failure.hpp"
#include "io/data_sets.hpp"
#include "io/posterior_file.hpp"

namespace adavi {
namespace {

struct InferOptions {
  CommonOptions common;
  std::string artifact;
  std::string data;
  std::string output;
  std::int64_t draws = 1000;
  std::int64_t refine = 0;
  std::optional<bool> resample;  ///< nothing: where there are weights to resample by
};

PosteriorLayout layout_of(const InferOptions& options, const TrainedModel& trained, const DataSets& data) {
  const Artifact& metadata = trained.metadata();
  return {options.draws,
          data.names(),
          data.cardinalities(),
          {{"model", metadata.model},
           {"constants", metadata.constants},
           {"configuration", metadata.configuration},
           {"seed", std::to_string(options.common.engine.seed)}},
          data.has_missing(),
          trained.left_out()};
}

/// How far the draws of every data set are to be trusted.
struct Quality {
  std::vector<double> k_hat, prior_predictive_p;
};

/// Draws for every data set, piece by piece.
Quality write_posterior(const InferOptions& options, const TrainedModel& trained, const DataSets& data) {
  const InterruptGuard interrupt("interrupted");
  PosteriorFile file(options.output, trained.model(), layout_of(options, trained, data));
  const auto posterior = trained.load(options.common.engine);
  posterior->set_refinement(options.refine);
  const std::int64_t piece = piece_size(trained.model(), data.cardinalities(), options.draws, data.size());
  Quality quality;
  for (std::int64_t first = 0; first < data.size(); first += piece) {
    const DoubleArrays block = data.read(first, std::min(piece, data.size() - first));
    PosteriorDraws draws = posterior->draw(block, options.draws, options.resample.value_or(true));
    draws.prior_predictive_p = {{draws.log_q.shape.at(1)}, posterior->prior_predictive_p(block)};
    file.append(draws, block);
    const auto add = [](std::vector<double>& to, const NdArray<double>& from) {
      to.insert(to.end(), from.values.begin(), from.values.end());
    };
    add(quality.k_hat, draws.k_hat);
    add(quality.prior_predictive_p, draws.prior_predictive_p);
    interrupt.stop_if_requested();
  }
  file.finish();
  return quality;
}

void run_infer(InferOptions options) {
  const TrainedModel trained(options.artifact);
  const DataSets data(options.data, trained.model());
  if (options.output.empty()) options.output = with_extension(options.data, ".nc");
  check_output(options.output, {options.artifact, options.data});
  if (options.resample.value_or(false)) require_all_latents(trained, "--resample");
  if (options.refine > 0) require_all_latents(trained, "--refine");
  check_fitted(trained, data, options.common.quiet);
  if (!options.common.quiet) warn_of_untrained(trained, data);
  const Quality quality = write_posterior(options, trained, data);
  const std::string consequence = options.resample.value_or(true) ? ", so they are not resampled" : "";
  if (!options.common.quiet) {
    for (const std::string& warning : poor_fit_warnings(data.names(), quality.k_hat, consequence)) warn(warning);
    for (const std::string& warning : unusual_data_warnings(data.names(), quality.prior_predictive_p)) warn(warning);
  }
  print("wrote " + options.output + ": " + counted(options.draws, "draw") + " for each of " +
        counted(data.size(), "data set") + "\n" + (quality.k_hat.empty() ? "" : describe_k_hat(quality.k_hat)));
}

}  // namespace

void setup_infer(CLI::App& program) {
  auto options = std::make_shared<InferOptions>();
  CLI::App* command = program.add_subcommand("infer", "Posterior draws for every data set of a file");
  command->add_option("MODEL", options->artifact, "Trained model (.adavi)")->required()->type_name("");
  command->add_option("DATA", options->data, "Data file (HDF5)")->required()->type_name("");
  command->add_option("-o,--output", options->output, "NetCDF-4 file to write (beside DATA, with .nc)")
      ->type_name("FILE");
  command->add_option("--draws", options->draws, "Draws for each data set (1000)")
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{10'000'000}).description(""))
      ->type_name("N");
  add_refine_option(*command, options->refine);
  add_resample_option(*command, options->resample);
  add_common_options(*command, options->common);
  add_example(*command, "adavi infer gre.adavi data/gre.h5 -o posterior.nc");
  command->callback([options] { run_infer(*options); });
}

}  // namespace adavi
