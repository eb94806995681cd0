#pragma once
#include "paper/study.hpp"

namespace adavi {

/// The paper's tables, each printed with the paper's numbers beside ours.
void table1(const Effort& effort);
void table2(const Effort& effort);
void table3(const Effort& effort);
/// Table 2's numbers as the three plots of Figure 3.
void figure3(const Effort& effort);

/// The methods that adavi has for Gaussian random effects; the last one is adavi with its defaults.
std::vector<Method> random_effects_methods();
std::vector<Method> mixture_methods();
/// Gaussian random effects with the scales of Table 2.
ModelChoice scaling_example(const std::string& groups);

}  // namespace adavi
