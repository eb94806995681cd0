#include "cli/progress_display.hpp"

#include <doctest/doctest.h>

#include <cmath>

using namespace adavi;

TEST_CASE("a line of progress says what is known") {
  Progress progress;
  progress.phase = "warm start";
  progress.loss = progress.elbo = progress.gap = progress.seconds_left = NAN;
  CHECK(progress_line(progress) == "warm start");
  progress.phase = "reverse KL";
  progress.step = 50;
  progress.steps = 200;
  progress.loss = -238.1144;
  progress.steps_per_second = 8.26;
  progress.seconds_left = 18;
  CHECK(progress_line(progress) ==
        "reverse KL  [#####...............] step 50/200  loss -238.114  8.3 steps/s  18 s left");
  progress.elbo = -239.02;
  progress.elbo_se = 0.0834;
  progress.steps = 0;
  progress.steps_per_second = 120.4;
  progress.seconds_left = 3000;
  progress.skipped = 2;
  CHECK(progress_line(progress) ==
        "reverse KL  step 50  loss -238.114  ELBO -239.020 +- 0.083  120 steps/s  50 min left  2 skipped");
  progress.gap = -0.01234;
  CHECK(progress_line(progress).find("ELBO -239.020 +- 0.083  gap 0.0123  120 steps/s") != std::string::npos);
}
