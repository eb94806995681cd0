#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <limits>
#include <memory>
#include <optional>

#include "cli/calibration_rows.hpp"
#include "cli/commands.hpp"
#include "cli/common_options.hpp"
#include "cli/component_order.hpp"
#include "cli/engine_library.hpp"
#include "cli/fitting.hpp"
#include "cli/interrupt.hpp"
#include "cli/pieces.hpp"
#include "cli/progress_display.hpp"
#include "cli/seeds.hpp"
#include "cli/terminal.hpp"
#include "cli/trained_model.hpp"
#include "diagnostics/failure.hpp"
#include "report/calibration_report.hpp"

namespace adavi {
namespace {

struct CalibrateOptions {
  CommonOptions common;
  std::string artifact;
  std::int64_t n = 300;
  std::int64_t draws = 199;      // a true value then has one of 200 ranks
  std::optional<bool> resample;  ///< nothing: where there are weights to resample by
  double level = 0.99;
};

void show_progress(ProgressDisplay& display, std::int64_t done, std::int64_t n, double seconds) {
  Progress progress;
  progress.phase = "calibration";
  progress.step = done;
  progress.steps = n;
  progress.loss = progress.elbo = std::numeric_limits<double>::quiet_NaN();
  progress.seconds_left = seconds / static_cast<double>(done) * static_cast<double>(n - done);
  display.update(progress);
}

/// Simulates data sets piece by piece, with gaps in a share of `missing`, draws their posteriors and hands both to the
/// rows. Returns the seconds it took.
double calibrate(const CalibrateOptions& options, const TrainedModel& trained, double missing, CalibrationRows& rows) {
  using Clock = std::chrono::steady_clock;
  const InterruptGuard interrupt("interrupted");
  const HbmModel& model = trained.model();
  const auto posterior = trained.load(options.common.engine);
  ProgressDisplay display(options.common.quiet);
  const std::int64_t piece = piece_size(model, largest_cardinalities(model), options.draws, options.n);
  EngineOptions settings = options.common.engine;
  double seconds = 0;
  const auto start = Clock::now();
  for (std::int64_t done = 0, stream = 0; done < options.n; ++stream) {
    settings.seed = stream_seed(options.common.engine.seed, held_out_stream + static_cast<std::uint64_t>(stream));
    const std::int64_t data_sets = std::min(piece, options.n - done);
    DoubleArrays truth = engine().simulate(model, data_sets, settings);
    settings.seed = stream_seed(options.common.engine.seed, gap_stream + static_cast<std::uint64_t>(stream));
    engine().leave_gaps(model, truth, missing, settings);
    const DoubleArrays known = known_variables(model, truth);
    for (const int index : trained.left_out()) truth.erase(model.variables[static_cast<std::size_t>(index)].name);
    FloatArrays draws = posterior->draw(known, options.draws, options.resample.value_or(true)).variables;
    order_components(model, 1, truth);
    order_components(model, 2, draws);
    rows.add(truth, draws);
    interrupt.stop_if_requested();
    done += data_sets;
    seconds = std::chrono::duration<double>(Clock::now() - start).count();
    if (done < options.n) show_progress(display, done, options.n, seconds);
  }
  return seconds;
}

void run_calibrate(const CalibrateOptions& options) {
  const TrainedModel trained(options.artifact);
  require_amortized(trained, "calibration needs posteriors of simulated data sets");
  if (options.resample.value_or(false)) require_all_latents(trained, "--resample");
  CalibrationRows rows(trained.model(), options.draws, options.common.engine.seed);
  CalibrationReport report;
  report.missing = trained.configuration().training.missing;
  report.seconds = calibrate(options, trained, report.missing, rows);
  report.model = options.artifact;
  report.n = options.n;
  report.draws = options.draws;
  report.seed = options.common.engine.seed;
  report.level = options.level;
  report.rows = rows.finish();
  print(options.common.json ? to_json(report) : to_text(report));
  if (!report.calibrated()) throw Failure(ExitStatus::not_calibrated, "");
}

}  // namespace

void setup_calibrate(CLI::App& program) {
  auto options = std::make_shared<CalibrateOptions>();
  CLI::App* command = program.add_subcommand(
      "calibrate", "Whether posteriors say how sure they may be: ranks of true values, coverage, recovery");
  command->add_option("MODEL", options->artifact, "Trained model (.adavi)")->required()->type_name("");
  command->add_option("-n", options->n, "Number of simulated data sets (300)")
      ->check(CLI::Range(std::int64_t{10}, std::int64_t{100'000}).description(""))
      ->type_name("N");
  command->add_option("--draws", options->draws, "Draws for each data set (199)")
      ->check(CLI::Range(std::int64_t{9}, std::int64_t{100'000}).description(""))
      ->type_name("N");
  command->add_option("--level", options->level, "Probability that exact posteriors pass (0.99)")
      ->check(CLI::Range(0.5, 0.999999).description(""))
      ->type_name("P");
  add_resample_option(*command, options->resample);
  add_json_option(*command, options->common);
  add_common_options(*command, options->common);
  add_example(*command, "adavi calibrate gre.adavi -n 1000");
  command->callback([options] { run_calibrate(*options); });
}

}  // namespace adavi
