// Two shares of worlds: are they the same?
#pragma once

#include <cstdint>

namespace plunge {

/// `count` of `trials`.
struct Proportion {
    std::uint64_t count = 0;
    std::uint64_t trials = 0;

    double share() const { return static_cast<double>(count) / static_cast<double>(trials); }
};

/// Probabilities, given the sum of the counts, that b's count is as large as it is or larger, and as small or smaller.
struct FisherTails {
    double upper = 1.0;
    double lower = 1.0;
};

/// Fisher's exact test: given all margins, b's count is hypergeometric where the shares are equal. Exact at any count,
/// which the normal approximation is not far out in its tails.
/// Source: Fisher (1935), The Design of Experiments, section 11 (the tea tasting: 3 of 4 and 1 of 4, one-sided .2429).
FisherTails fisher_tails(const Proportion& a, const Proportion& b);

/// Probability that a fair coin falls at least as unevenly as `heads` and `tails`: the exact test of McNemar, who has
/// pairs that differ one way or the other. Source: McNemar (1947), Psychometrika 12, 153; exact: binomial.
double fair_coin_p_value(std::uint64_t heads, std::uint64_t tails);

/// Standard error of the difference of two shares, were they one and the same: the pooled share's.
double pooled_share_error(const Proportion& a, const Proportion& b);

} // namespace plunge
