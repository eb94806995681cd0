#pragma once
#include "paper/study.hpp"

namespace adavi {

/// The paper's other figures, as plots and the numbers behind them.
void figure2a(const Effort& effort);
void figure_c1(const Effort& effort);
void figure_c2(const Effort& effort);
void figure_d3(const Effort& effort);

}  // namespace adavi
