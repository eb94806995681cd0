#include <string>
#include <utility>

#include "diagnostics/wording.hpp"
#include "semantics/messages.hpp"

/// Wording of mistakes in the pyramid, and of warnings.
namespace adavi::messages {

using namespace wording;

Diagnostic no_plate(Span model) {
  return error("no-plate", model, "the model has no plate",
               "repeat the observed variable inside 'plate obs[N] { ... }', with N = 1 for a single one");
}

Diagnostic no_observed(Span model) {
  return error("no-observed", model, "the model has no observed variable",
               "write 'observed' before the variable that the data gives, in the innermost plate");
}

Diagnostic colliding_plates(Span span, const Plate& second, const Plate& first) {
  return with_note(error("colliding-plates", span,
                         "plate " + quoted(second.name) + " stands beside plate " + quoted(first.name) +
                             ": a pyramid is a single stack of plates",
                         "nest one in the other; crossed plates are not a pyramid"),
                   first.span, "the first plate is declared here");
}

Diagnostic observed_outside(Span span, const std::string& name, const std::string& place, const Plate& innermost) {
  return with_note(error("observed-outside", span,
                         "observed variable " + quoted(name) + " is declared " +
                             (place.empty() ? "outside every plate" : "in plate " + quoted(place)) +
                             ", but data belongs in the innermost plate, " + quoted(innermost.name),
                         "move it there, or make it a covariate if it is a known input"),
                   innermost.span, "the innermost plate is declared here");
}

Diagnostic latent_in_innermost(Span span, const std::string& name, const Plate& innermost) {
  return with_note(
      error(
          "latent-in-innermost", span,
          quoted(name) + " is a latent in the innermost plate, " + quoted(innermost.name) + ", where the data is",
          "draw it in an outer plate, marginalise it with 'mixture', or put the observed variable into a plate of its "
          "own, 'plate one[1] { ... }'"),
      innermost.span, "the innermost plate is declared here");
}

Diagnostic discrete_latent(Span span, const std::string& name) {
  return error("discrete-latent", span, quoted(name) + " is a discrete latent, which has no density to flow to",
               "marginalise it with 'mixture'");
}

Diagnostic integer_variable(Span span, const std::string& name) {
  return error("integer-variable", span,
               quoted(name) + " cannot be int: int is for constants, covariates and discrete observed variables",
               "declare it real, or in the 'data' block");
}

Diagnostic covariate_depends(Span span, const std::string& name, const Variable& on) {
  return with_note(
      error("covariate-depends", span,
            "covariate " + quoted(name) + " depends on " + quoted(on.name) + ", which is no constant and no covariate",
            "a covariate is known beforehand; what tells about latents is 'observed'"),
      on.span, quoted(on.name) + " is declared here");
}

Diagnostic plate_range(Span span, std::int64_t lower, std::int64_t upper) {
  return error("plate-range", span,
               "the range " + std::to_string(lower) + ":" + std::to_string(upper) + " of the plate is empty",
               "the smaller end comes first");
}

Diagnostic unused_name(Span span, const std::string& what, const std::string& name) {
  return warning("unused", span, what + " " + quoted(name) + " is not used");
}

Diagnostic uninformed_latent(Span span, const std::string& name) {
  return warning("uninformed-latent", span,
                 "no observed variable depends on " + quoted(name) + ": its posterior is its prior");
}

Diagnostic empty_plate(Span span, const std::string& name) {
  return warning("empty-plate", span, "plate " + quoted(name) + " holds nothing of its own",
                 "leave it out, or declare in it what varies with it");
}

Diagnostic support_of_parameter(Span span, const DistributionRow& row, const Parameter& parameter,
                                const Variable& variable) {
  const bool unit = parameter.domain == Domain::unit_interval;
  return with_note(
      warning("parameter-support", span,
              "parameter " + quoted(parameter.name) + " of " + quoted(row.name) + " must be " +
                  (unit ? "between 0 and 1" : "positive") + ", but " + quoted(variable.name) + " may take other values",
              unit ? "declare it 'real<lower=0, upper=1>', or use a distribution on the logit scale"
                   : "declare it 'real<lower=0>'"),
      variable.span, quoted(variable.name) + " is declared here");
}

}  // namespace adavi::messages
