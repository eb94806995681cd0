#pragma once
#include <string>
#include <vector>

namespace adavi {

/// A row of the paper's Table 1 or 2. Zero stands for a number that the table does not have. The weights of MF-VI with
/// G = 30, illegible in our copy, follow from its description in F.2.
struct ReportedRow {
  std::string example;  ///< NC, GM, or GRE with its G
  std::string method;
  double elbo = 0, elbo_sd = 0;  ///< median and standard deviation, nats
  double weights = 0;
  double inference = 0;     ///< CPU s for one data set, non-amortized methods
  double amortization = 0;  ///< CPU s, amortized ones
};

/// Table 1: "Expressivity comparison on the non-conjugate (NC) and Gaussian mixture (GM) examples" (section 3.2, 3.4).
std::vector<ReportedRow> reported_table1();
/// Table 2: "Scaling comparison on the Gaussian random effects example" (appendix C.2), whose ELBOs are in hundreds.
std::vector<ReportedRow> reported_table2();

/// A row of Table 3 (appendix C.4): mean and sd of the KL divergence from the analytic posterior.
struct ReportedLoss {
  std::string loss;
  int nan_runs = 0;
  double early = 0, early_sd = 0;  ///< after 200 batches
  double late = 0, late_sd = 0;    ///< after 1000 batches
};
std::vector<ReportedLoss> reported_table3();

}  // namespace adavi
