#include <string>
#include <utility>

#include "diagnostics/wording.hpp"
#include "semantics/format_number.hpp"
#include "semantics/messages.hpp"

/// Wording of mistakes in distributions.
namespace adavi::messages {

using namespace wording;

namespace {

std::string_view in_words(Domain domain) {
  switch (domain) {
    case Domain::real:
      return "finite";
    case Domain::positive:
      return "positive";
    case Domain::nonnegative:
      return "at least 0";
    case Domain::unit_interval:
      return "between 0 and 1";
    case Domain::nonnegative_integer:
      return "an int of at least 0";
    case Domain::positive_integer:
      return "an int of at least 1";
    case Domain::simplex:
      return "a simplex: nonnegative, with sum 1";
    case Domain::positive_vector:
      return "positive in every entry";
    case Domain::ordered:
      return "increasing";
    case Domain::positive_definite:
      return "symmetric and positive definite";
    case Domain::cholesky_factor:
      return "lower triangular with a positive diagonal";
  }
  return "";
}

/// What a parameter takes beside what its signature says.
std::string fitting_types(const DistributionRow& row, const Parameter& parameter, const Type& argument,
                          const Type& variate) {
  if (parameter.kind == Kind::vector && argument.is_scalar()) return "; 'rep_vector(x, n)' repeats a number";
  const bool number = parameter.kind == Kind::real && event_rank(row) == 0;
  return number && !variate.is_scalar() ? "; for each entry its own: " + to_string(variate) : "";
}

}  // namespace

Diagnostic wrong_argument_count(Span span, const DistributionRow& row, std::size_t found) {
  const std::size_t expected = row.parameters.size();
  return error("wrong-argument-count", span,
               quoted(row.name) + " takes " + std::to_string(expected) + (expected == 1 ? " argument" : " arguments") +
                   ", not " + std::to_string(found),
               "its signature is " + signature(row));
}

Diagnostic argument_type(Span span, const DistributionRow& row, const Parameter& parameter, const Type& argument,
                         const std::string& variable, const Type& variate) {
  return error("argument-type", span,
               to_string(argument) + " does not fit parameter " + quoted(parameter.name) + " of " + quoted(row.name) +
                   " for " + quoted(variable) + ", which is " + to_string(variate),
               "its signature is " + signature(row) + fitting_types(row, parameter, argument, variate));
}

Diagnostic argument_size(Span span, const Parameter& parameter, const Type& argument, const std::string& variable,
                         const Type& variate, const std::string& link) {
  const bool inside = !link.empty();
  return error("argument-size", span,
               "sizes differ: parameter " + quoted(parameter.name) + " is " + to_string(argument) + ", " +
                   (inside ? "what " + quoted(link) + " turns into " : "") + quoted(variable) + " is " +
                   to_string(variate),
               inside ? "'inv_" + link + "(...)' takes a value of the kind of " + quoted(variable) + " there" : "");
}

Diagnostic argument_domain(Span span, const DistributionRow& row, const Parameter& parameter, double value) {
  return error("argument-domain", span,
               "parameter " + quoted(parameter.name) + " of " + quoted(row.name) + " must be " +
                   std::string(in_words(parameter.domain)) + ", not " + format_number(value));
}

Diagnostic argument_domain_structure(Span span, const DistributionRow& row, const Parameter& parameter,
                                     const std::string& reason) {
  return error("argument-domain", span,
               "parameter " + quoted(parameter.name) + " of " + quoted(row.name) + " must be " +
                   std::string(in_words(parameter.domain)) + ": " + reason);
}

Diagnostic uniform_bounds(Span span, double lower, double upper) {
  return error("argument-domain", span,
               "'uniform' needs alpha < beta, not " + format_number(lower) + " and " + format_number(upper));
}

Diagnostic variate_type(Span span, const std::string& distribution, const std::string& draws,
                        const std::string& variable, const Type& declared, const std::string& help) {
  return error(
      "variate-type", span,
      quoted(distribution) + " draws " + draws + ", but " + quoted(variable) + " is declared " + to_string(declared),
      help);
}

Diagnostic no_closed_normaliser(Span span, const std::string& distribution, const std::string& variable,
                                std::optional<double> last) {
  const std::string range = last ? "its values go to " + format_number(*last) + " here; " : "";
  return error("no-closed-normaliser", span,
               "the bounds of " + quoted(variable) + " truncate " + quoted(distribution) +
                   ", which has no closed normaliser there",
               range + "drop the bound, or choose a distribution with that support");
}

Diagnostic bounds_outside_support(Span span, const std::string& distribution, const std::string& variable) {
  return error("bounds-outside-support", span,
               "the bounds of " + quoted(variable) + " leave nothing of the support of " + quoted(distribution));
}

Diagnostic bounds_undecided(Span span, const std::string& distribution, const std::string& variable) {
  return error("bounds-undecided", span,
               "whether this bound of " + quoted(variable) + " is tighter than the support of " + quoted(distribution) +
                   " is not known before the run",
               "drop the bound, or write the same expression in both places");
}

Diagnostic too_small_to_infer(Span span, const std::string& variable, const Type& type) {
  return error("too-small-to-infer", span,
               quoted(variable) + " is " + to_string(type) + ", which leaves nothing to infer: it has one value");
}

Diagnostic ordered_not_iid(Span span, const std::string& distribution, const std::string& variable, Kind kind) {
  return error("ordered-not-iid", span,
               "the elements of " + quoted(variable) + ", which is " + std::string(to_string(kind)) +
                   ", must have one distribution: no argument of " + quoted(distribution) + " may vary among them",
               "with arguments that vary the density has no closed normaliser");
}

Diagnostic ordered_support(Span span, const std::string& distribution, const std::string& variable, Kind kind) {
  return error("ordered-support", span,
               quoted(variable) + " is " + std::string(to_string(kind)) + ", but the support of " +
                   quoted(distribution) + " is not " +
                   (kind == Kind::ordered ? "all real numbers" : "all positive numbers"));
}

Diagnostic combinator_arguments(Span span, const std::string& name) {
  const bool mixture = name == "mixture";
  return error("combinator-arguments", span,
               mixture ? "'mixture' takes weights and one or more distributions"
                       : "'transformed' takes a link and a distribution",
               mixture ? "write 'mixture(weights, normal(mu, sigma))', where mu has one entry a component"
                       : "write 'transformed(sqrt_softmax_centered, normal(eta, kappa))'");
}

Diagnostic mixture_list(Span span) {
  return error("mixture-list", span, "the distributions of a mixture stand one behind the other, not in a list",
               "write 'mixture(weights, normal(mu, 1), normal(0, sigma))'");
}

Diagnostic mixture_weights(Span span, const Type& found) {
  return error("mixture-weights", span, "the weights of a mixture must be simplex or vector, not " + to_string(found));
}

Diagnostic mixture_count(Span span, std::int64_t weights, std::size_t components) {
  return error(
      "mixture-count", span,
      "the mixture has " + std::to_string(weights) + " weights, but " + std::to_string(components) + " distributions");
}

Diagnostic mixture_nested(Span span) {
  return error("mixture-nested", span, "a mixture of mixtures is one mixture: multiply the weights");
}

Diagnostic mixture_without_axis(Span span, std::int64_t weights) {
  return error(
      "mixture-without-axis", span,
      "all components are the same: no argument has a leading axis of " + std::to_string(weights) + " components",
      "give an argument as an array (or, for a scalar variable, a vector) with one entry a component");
}

Diagnostic component_count(Span span, const Type& argument, std::int64_t weights) {
  return error("component-count", span,
               "the mixture has " + std::to_string(weights) + " weights, but this argument is " + to_string(argument));
}

Diagnostic mixture_supports(Span span, const std::string& variable) {
  return error("mixture-supports", span,
               "the support of " + quoted(variable) + " differs between components or entries",
               "a latent needs one support");
}

Diagnostic unknown_transformation(Span span, const std::string& name, const Suggestion& suggestion) {
  return error("unknown-link", span, "there is no link " + quoted(name),
               meant_or(suggestion, "the links are exp, softplus, softmax_centered and sqrt_softmax_centered"));
}

Diagnostic transformation_base(Span span, const std::string& link) {
  return error("transformation-base", span,
               "the distribution under " + quoted(link) + " must have all real vectors as its support",
               "draw the vector as a variable of its own and apply " + quoted(link) + " with '='");
}

}  // namespace adavi::messages
