#pragma once
#include <string>

#include "catalog/distributions.hpp"
#include "catalog/functions.hpp"
#include "catalog/links.hpp"
#include "codegen/descriptors.hpp"
#include "semantics/analyze.hpp"
#include "syntax/parser.hpp"

/// The tables of the language reference (grammar/README.md), from the catalogue.
namespace adavi::testing {

inline std::string code(std::string_view text) { return "`" + std::string(text) + "`"; }

inline std::string constraint_of(Domain domain) {
  switch (domain) {
    case Domain::real:
      return "";
    case Domain::positive:
    case Domain::positive_vector:
      return " > 0";
    case Domain::nonnegative:
    case Domain::nonnegative_integer:
      return " ≥ 0";
    case Domain::positive_integer:
      return " ≥ 1";
    case Domain::unit_interval:
      return " from 0 to 1";
    case Domain::simplex:
      return " simplex";
    case Domain::ordered:
      return " increasing";
    case Domain::positive_definite:
      return " positive definite";
    case Domain::cholesky_factor:
      return " lower triangular with a positive diagonal";
  }
  return "";
}

inline std::string constraints_of(const DistributionRow& row) {
  std::string text;
  for (const Parameter& parameter : row.parameters) {
    const std::string constraint = constraint_of(parameter.domain);
    if (!constraint.empty()) text += (text.empty() ? "" : ", ") + std::string(parameter.name) + constraint;
  }
  return text;
}

inline std::string support_of(const DistributionRow& row) {
  const auto name = [&](std::size_t i) { return std::string(row.parameters[i].name); };
  switch (row.support) {
    case Support::real:
      return "real numbers";
    case Support::positive:
      return "above 0";
    case Support::nonnegative:
      return "from 0";
    case Support::unit_interval:
      return "between 0 and 1";
    case Support::interval:
      return "between " + name(0) + " and " + name(1);
    case Support::lower_bounded:
      return "from " + name(0);
    case Support::circle:
      return "angles between -π and π";
    case Support::real_vector:
      return "vectors";
    case Support::simplex:
      return "simplexes";
    case Support::cholesky_factor_corr:
      return "Cholesky factors of correlation matrices";
    case Support::binary:
      return "0, 1";
    case Support::count:
      return "0, 1, 2, ...";
    case Support::count_up_to:
      return "0 ... " + name(0);
    case Support::category:
      return "1 ... K";
    case Support::multinomial_counts:
      return "K counts with sum " + name(1);
  }
  return "";
}

inline std::string type_of(const DistributionRow& row) {
  if (row.support == Support::multinomial_counts) return "`array[K] int`";
  return code(to_string(row.variate));
}

inline std::string distribution_rows(bool discrete) {
  std::string table = std::string("| distribution | | values | type | parameters |") + (discrete ? "" : " bounds |") +
                      "\n|---|---|---|---|---|" + (discrete ? "" : "---|") + "\n";
  for (const DistributionRow& row : distribution_catalogue()) {
    if (row.discrete != discrete) continue;
    table += "| " + code(signature(row)) + " | " + std::string(row.summary) + " | " + support_of(row) + " | " +
             type_of(row) + " | " + constraints_of(row) + " |" +
             (discrete          ? ""
              : row.truncatable ? " yes |"
                                : " |") +
             "\n";
  }
  return table;
}

inline std::string function_rows(bool operators) {
  std::string table = std::string("| ") + (operators ? "operator" : "function") + " | |\n|---|---|\n";
  for (const FunctionRow& row : function_catalogue()) {
    if (row.is_operator != operators) continue;
    table += "| " + code(row.signature) + " | " + std::string(row.summary) + " |\n";
  }
  return table;
}

/// The link and the number of free coordinates of a latent, as the analysis finds them.
inline std::string link_row(const std::string& declaration) {
  const SourceFile source("links.hbm",
                          "model { " + declaration + " plate obs[2] { observed real y ~ normal(0, 1); } }");
  Diagnostics diagnostics;
  const auto model = analyze(*parse(source, diagnostics), {}, diagnostics);
  const Variable& latent = model->variables.front();
  return "| " + code(declaration) + " | " + support_text(*model, latent) + " | " + code(to_string(latent.link.kind)) +
         " | " + std::to_string(unconstrained_size(latent)) + " |\n";
}

inline std::string link_rows() {
  std::string table = "| latent | values | link | coordinates |\n|---|---|---|---|\n";
  for (const char* declaration :
       {"real a ~ normal(0, 1);", "real<lower=0> a ~ normal(0, 1);", "real a ~ lognormal(0, 1);",
        "real<upper=3> a ~ normal(0, 1);", "real a ~ beta(2, 2);", "real<lower=-1, upper=1> a ~ normal(0, 1);",
        "real a ~ von_mises(0, 1);", "vector[3] a ~ normal(0, 1);", "simplex[3] a ~ dirichlet([1, 1, 1]);",
        "vector[3] a ~ transformed(sqrt_softmax_centered, normal(0, 1));", "ordered[3] a ~ normal(0, 1);",
        "positive_ordered[3] a ~ exponential(1);", "cholesky_factor_corr[3] a ~ lkj_corr_cholesky(2);"}) {
    table += link_row(declaration);
  }
  return table;
}

/// The table of a name; empty for an unknown one.
inline std::string reference_table(const std::string& name) {
  if (name == "continuous") return distribution_rows(false);
  if (name == "discrete") return distribution_rows(true);
  if (name == "operators") return function_rows(true);
  if (name == "functions") return function_rows(false);
  if (name == "links") return link_rows();
  return "";
}

}  // namespace adavi::testing
