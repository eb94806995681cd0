#pragma once
#include "inference/evaluation_context.hpp"
#include "semantics/hbm_model.hpp"

/// What training shows of the data sets that users may have: plates of several sizes, gaps.
namespace adavi {

/// Cardinality of each plate, outermost first.
using Cardinalities = std::vector<std::int64_t>;

bool has_ranges(const HbmModel& model);
/// The least cardinalities, their geometric means with the largest, and the largest: all the same without ranges.
Cardinalities lower_cardinalities(const HbmModel& model);
Cardinalities middle_cardinalities(const HbmModel& model);
Cardinalities upper_cardinalities(const HbmModel& model);
/// These three, or the one that there is without ranges.
std::vector<Cardinalities> spread_of_cardinalities(const HbmModel& model);
std::int64_t innermost_instances(const Cardinalities& cardinalities);
/// How large data sets are next to those of the middle cardinalities, by the root of their instances; 1 without ranges.
/// Losses grow with the plates: were they not divided by it, the largest would be all that training sees.
double relative_size(const HbmModel& model, const VariableValues& values);
/// One cardinality a plate, log-uniform within its range. Plates of a fixed size take no random number.
Cardinalities draw_cardinalities(const HbmModel& model, at::Generator& generator);

/// The first instances of every plate: for instances that are exchangeable, a draw of the smaller model.
VariableValues cut(const HbmModel& model, VariableValues values, const Cardinalities& cardinalities);

/// With `probability` a data set gets gaps: every plate may lose instances, some parents more than others, and
/// each observed variable loses observations at random. NaN marks them. Nothing is drawn for a probability of 0.
void leave_gaps(const HbmModel& model, VariableValues& values, double probability, at::Generator& generator);

/// Every data set is left with cardinalities of its own, log-uniform within the ranges: NaN marks the rest.
void leave_ranges(const HbmModel& model, VariableValues& values, at::Generator& generator);

}  // namespace adavi
