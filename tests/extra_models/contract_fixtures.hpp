// Examples of this folder's models for the contract tests of their families.
#pragma once

#include "tests/contract/fixtures.hpp"

namespace plunge::test {

template <> struct Fixture<PowerLawImpact> {
    static PowerLawImpact::Params params() { return {.depth = {{5e6, 2e4}}, .exponent = 0.6}; }
    static PowerLawImpact make() { return {params(), impact_market}; }
};

} // namespace plunge::test
