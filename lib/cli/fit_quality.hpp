#pragma once
#include <string>
#include <vector>

namespace adavi {

/// Warnings that name the data sets whose k-hat is above 0.7: the first three, then a count where there are more.
/// `consequence` ends each: ", so they are not resampled".
std::vector<std::string> poor_fit_warnings(const std::vector<std::string>& names, const std::vector<double>& k_hat,
                                           const std::string& consequence = "");

/// Warnings that name the data sets that are farther from the usual than each of 255 simulated ones, likewise;
/// NaN is not known, and no reason to warn.
std::vector<std::string> unusual_data_warnings(const std::vector<std::string>& names, const std::vector<double>& p);

/// "k-hat: median 0.12, largest 0.64, above 0.7 for 0 of 6 data sets" and a newline, of one data set or more.
std::string describe_k_hat(const std::vector<double>& k_hat);

}  // namespace adavi
