#pragma once
#include <optional>
#include <string>
#include <vector>

#include "catalog/distributions.hpp"
#include "catalog/functions.hpp"
#include "catalog/types.hpp"
#include "diagnostics/diagnostics.hpp"
#include "semantics/hbm_model.hpp"
#include "semantics/names.hpp"

/// The wording of every mistake that the analysis finds: one constructor a mistake, and no other place that words one.
namespace adavi::messages {

using Suggestion = std::optional<std::string>;

// Names.
Diagnostic undeclared_name(Span span, const std::string& name, const Suggestion& suggestion);
Diagnostic used_before_declared(Span span, const std::string& name, Span declaration);
Diagnostic used_in_own_declaration(Span span, const std::string& name);
Diagnostic out_of_plate(Span span, const std::string& name, const std::string& plate, Span declaration);
Diagnostic plate_as_value(Span span, const std::string& name, Span declaration);
Diagnostic duplicate_name(Span span, const std::string& name, Span first);
Diagnostic reserved_name(Span span, const std::string& name);
Diagnostic unknown_function(Span span, const std::string& name, const Suggestion& suggestion);
Diagnostic unknown_distribution(Span span, const std::string& name, const Suggestion& suggestion);
Diagnostic distribution_as_function(Span span, const std::string& name);
Diagnostic function_as_distribution(Span span, const std::string& name);
Diagnostic distribution_expected(Span span);

// Types and sizes.
Diagnostic wrong_size_count(Span span, const std::string& type, int expected, std::size_t found);
Diagnostic size_not_integer(Span span, const Type& found);
Diagnostic size_not_constant(Span span);
Diagnostic size_not_positive(Span span, const std::string& what, double value);
Diagnostic too_large(Span span, const std::string& what, std::int64_t limit);
Diagnostic constants_too_large(Span span);
Diagnostic too_many_operations(Span span);
Diagnostic too_many_variables(Span span);
Diagnostic too_many_expressions(Span span);
Diagnostic too_many_errors(Span span);
Diagnostic nested_too_deeply(Span span);
Diagnostic bounds_on_constrained(Span span, Kind kind);
Diagnostic bound_type(Span span, const Type& bound, const Type& variable);
Diagnostic empty_bounds(Span span, double lower, double upper);

// Expressions.
Diagnostic operand_types(Span span, const std::string& symbol, const Type& left, const Type& right,
                         const std::string& help);
Diagnostic size_mismatch(Span span, const Type& left, const Type& right);
Diagnostic wrong_function_arity(Span span, const FunctionRow& row, std::size_t found);
Diagnostic function_types(Span span, const FunctionRow& row, const std::vector<Type>& found);
Diagnostic list_types(Span span, const Type& first, const Type& other);
Diagnostic list_nesting(Span span, const Type& entry);
Diagnostic integer_overflow(Span span);
Diagnostic inexact_division(Span span);
Diagnostic integer_division(Span span);
Diagnostic division_by_zero(Span span);
Diagnostic too_many_indices(Span span, const Type& base, std::size_t found);
/// `name` is a scalar variable of `plate`; both are empty where something else is indexed.
Diagnostic scalar_indexed(Span span, const Type& base, const std::string& name, const std::string& plate);
Diagnostic index_not_integer(Span span, const Type& found);
Diagnostic range_not_constant(Span span);
Diagnostic index_out_of_bounds(Span span, std::int64_t index, std::int64_t size);
Diagnostic empty_range(Span span, std::int64_t lower, std::int64_t upper);

// Constants.
Diagnostic constant_depends(Span span, const std::string& on, Span declaration);
Diagnostic missing_constant(Span span, const std::string& name);
Diagnostic unused_override(Span block, const std::string& origin, const std::string& name,
                           const Suggestion& suggestion);
Diagnostic override_shape(Span span, const std::string& origin, const Type& expected, const Shape& found);
Diagnostic override_not_integer(Span span, const std::string& origin, const std::string& name);
Diagnostic value_type(Span span, const std::string& name, const Type& declared, const Type& found);
Diagnostic not_finite(Span span, const std::string& origin, const std::string& name);
Diagnostic out_of_bounds(Span span, const std::string& origin, const std::string& name, double value,
                         const std::string& bound);
Diagnostic not_of_kind(Span span, const std::string& origin, const std::string& name, Kind kind,
                       const std::string& reason);

// Distributions.
Diagnostic wrong_argument_count(Span span, const DistributionRow& row, std::size_t found);
Diagnostic argument_type(Span span, const DistributionRow& row, const Parameter& parameter, const Type& argument,
                         const std::string& variable, const Type& variate);
/// `link`: of the `transformed` whose base it is, where that changes the size of the variate.
Diagnostic argument_size(Span span, const Parameter& parameter, const Type& argument, const std::string& variable,
                         const Type& variate, const std::string& link);
Diagnostic argument_domain(Span span, const DistributionRow& row, const Parameter& parameter, double value);
Diagnostic argument_domain_structure(Span span, const DistributionRow& row, const Parameter& parameter,
                                     const std::string& reason);
Diagnostic uniform_bounds(Span span, double lower, double upper);
/// `declared` is the type of a variable that `distribution` does not draw.
Diagnostic variate_type(Span span, const std::string& distribution, const std::string& draws,
                        const std::string& variable, const Type& declared, const std::string& help);
/// `last`: the greatest value of a count or category, where that is known.
Diagnostic no_closed_normaliser(Span span, const std::string& distribution, const std::string& variable,
                                std::optional<double> last);
Diagnostic bounds_outside_support(Span span, const std::string& distribution, const std::string& variable);
Diagnostic bounds_undecided(Span span, const std::string& distribution, const std::string& variable);
Diagnostic too_small_to_infer(Span span, const std::string& variable, const Type& type);
Diagnostic ordered_not_iid(Span span, const std::string& distribution, const std::string& variable, Kind kind);
Diagnostic ordered_support(Span span, const std::string& distribution, const std::string& variable, Kind kind);
Diagnostic combinator_arguments(Span span, const std::string& name);
Diagnostic mixture_list(Span span);
Diagnostic mixture_weights(Span span, const Type& found);
Diagnostic mixture_count(Span span, std::int64_t weights, std::size_t components);
Diagnostic mixture_nested(Span span);
Diagnostic mixture_without_axis(Span span, std::int64_t weights);
Diagnostic component_count(Span span, const Type& argument, std::int64_t weights);
Diagnostic mixture_supports(Span span, const std::string& variable);
Diagnostic unknown_transformation(Span span, const std::string& name, const Suggestion& suggestion);
Diagnostic transformation_base(Span span, const std::string& link);

// The pyramid.
Diagnostic no_plate(Span model);
Diagnostic no_observed(Span model);
Diagnostic colliding_plates(Span span, const Plate& second, const Plate& first);
Diagnostic observed_outside(Span span, const std::string& name, const std::string& place, const Plate& innermost);
Diagnostic latent_in_innermost(Span span, const std::string& name, const Plate& innermost);
Diagnostic discrete_latent(Span span, const std::string& name);
Diagnostic integer_variable(Span span, const std::string& name);
Diagnostic covariate_depends(Span span, const std::string& name, const Variable& on);
Diagnostic plate_range(Span span, std::int64_t lower, std::int64_t upper);

// Warnings.
Diagnostic unused_name(Span span, const std::string& what, const std::string& name);
Diagnostic uninformed_latent(Span span, const std::string& name);
Diagnostic empty_plate(Span span, const std::string& name);
Diagnostic support_of_parameter(Span span, const DistributionRow& row, const Parameter& parameter,
                                const Variable& variable);

}  // namespace adavi::messages
