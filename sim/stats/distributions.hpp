// Tails and quantiles of the distributions that tests and intervals refer to.
#pragma once

namespace plunge {

/// z with P(Z <= z) = probability, Z standard normal. \param probability  inside (0, 1).
double normal_quantile(double probability);

/// P(|Z| >= |z|); 0 for infinite z.
double normal_two_sided(double z);

/// t with P(T <= t) = probability, T Student's with these degrees of freedom, which need not be whole.
double student_quantile(double probability, double degrees_of_freedom);

/// P(|T| >= |t|); 0 for infinite t.
double student_two_sided(double t, double degrees_of_freedom);

} // namespace plunge
