#include "models/price/innovations.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "models/random/elementary.hpp"
#include "models/random/normal_block.hpp"
#include "models/random/variates.hpp"

namespace plunge {
namespace {

constexpr std::size_t block_steps = 512;
constexpr std::size_t no_step = std::numeric_limits<std::size_t>::max();

// sqrt(nu / chi2_nu), one per step, common to all assets.
double mixing_scale(std::uint64_t seed, std::uint64_t world, std::size_t step, double dof) {
    PhiloxEngine engine({.seed = seed, .world = world, .stream = Stream::tail_mixing},
                        static_cast<std::uint32_t>(step));
    return std::sqrt(0.5 * dof / draw_gamma(engine, 0.5 * dof)); // chi-squared is twice a gamma of half the dof
}

std::size_t group_begin(std::size_t step) { return step / normal_group * normal_group; }

std::size_t groups_between(std::size_t begin, std::size_t end) {
    return (end - begin + normal_group - 1) / normal_group;
}

} // namespace

void Innovations::begin(const Drivers& drivers, const PathSource& source, std::span<const PathBranch> branches,
                        Tilting* tilting) {
    drivers_ = &drivers;
    source_ = source;
    branches_.assign(branches.begin(), branches.end());
    tilting_ = tilting;
    branch_ = branches_.size();
    cursors_.resize(drivers.clocks.size());
}

// Of the world that a step belongs to: the sums that are imposed, and the arrivals from its start on.
void Innovations::enter_branch_of(std::size_t step) {
    std::size_t b = branches_.size() - 1;
    while (b > 0 && branches_[b].first_step > step + 1) --b;
    if (b == branch_) return;
    branch_ = b;
    if (source_.quasi != nullptr) source_.quasi->draw(branches_[b].world, imposed_);
    jumps_from_ = no_step;
}

std::uint64_t Innovations::normals_world() const {
    const std::uint64_t world = branches_[branch_].world;
    return source_.antithetic ? world & ~std::uint64_t{1} : world;
}

double Innovations::sign() const { return source_.antithetic && (branches_[branch_].world & 1U) != 0 ? -1.0 : 1.0; }

std::size_t Innovations::branch_end(std::size_t step, std::size_t limit) {
    enter_branch_of(step);
    return branch_ + 1 < branches_.size() ? std::min(limit, branches_[branch_ + 1].first_step - 1) : limit;
}

std::size_t Innovations::block_end(std::size_t first_step, std::size_t limit) {
    const std::size_t end = source_.quasi != nullptr ? source_.quasi->end_of_block(first_step, block_steps)
                                                     : first_step + block_steps;
    return std::min(end, branch_end(first_step, limit));
}

const InnovationBlock& Innovations::draw(std::size_t first_step, std::size_t steps) {
    enter_branch_of(first_step);
    // Whole groups of normals, and whole intervals of those whose sums are imposed: the intervals that begin in this
    // branch.
    std::size_t begin = group_begin(first_step);
    std::size_t end = first_step + steps;
    if (source_.quasi != nullptr) {
        const std::size_t interval = source_.quasi->interval_begin(first_step);
        if (interval >= group_begin(branches_[branch_].first_step - 1)) begin = interval;
        end = source_.quasi->end_of_block(first_step, steps);
    }
    const std::size_t groups = groups_between(begin, end);
    padded_ = groups * normal_group;
    normals_.resize(drivers_->normals * padded_);
    const StreamKey stream{.seed = source_.seed, .world = normals_world(), .stream = Stream::diffusion};
    for (std::size_t d = 0; d < drivers_->normals; ++d) {
        double* normals = normals_.data() + d * padded_;
        fill_normals(stream, static_cast<std::uint32_t>(d), begin / normal_group, groups, normals);
        if (source_.quasi != nullptr) imposed_.impose(d, begin, end - begin, normals);
    }
    const std::size_t offset = first_step - begin;
    if (tilting_ != nullptr) tilt(offset, steps);
    if (sign() < 0.0) {
        for (double& z : normals_) z = -z;
    }
    if (drivers_->joint) join(offset, first_step, steps);
    draw_jumps(first_step, steps);
    block_.first_step = first_step;
    block_.steps = steps;
    block_.jumps = jumps_;
    block_.normals_ = normals_.data() + offset;
    block_.stride_ = padded_;
    block_.sizes_ = sizes_.data();
    return block_;
}

void Innovations::tilt(std::size_t offset, std::size_t steps) {
    PathMoments& moments = tilting_->moments;
    moments.steps += static_cast<double>(steps);
    moments.normal_sum.resize(drivers_->normals);
    for (std::size_t d = 0; d < drivers_->normals; ++d) {
        double* normals = normals_.data() + d * padded_ + offset;
        const double shift = tilting_->tilt.shift_of(d);
        double sum = 0.0;
        for (std::size_t t = 0; t < steps; ++t) sum += normals[t] += shift;
        moments.normal_sum[d] += sum;
    }
}

void Innovations::join(std::size_t offset, std::size_t first_step, std::size_t steps) {
    const JointNormals& joint = *drivers_->joint;
    const std::uint64_t world = normals_world();
    const std::size_t n = drivers_->normals;
    joint_.resize(n);
    for (std::size_t t = 0; t < steps; ++t) {
        double* normals = normals_.data() + offset + t;
        const double scale = mixing_scale(source_.seed, world, first_step + t, joint.copula.dof());
        for (std::size_t a = 0; a < n; ++a) {
            double z = 0.0;
            for (std::size_t b = 0; b <= a; ++b) z += joint.factor(a, b) * normals[b * padded_];
            joint_[a] = joint.copula.to_normal(z * scale);
        }
        for (std::size_t a = 0; a < n; ++a) normals[a * padded_] = joint_[a];
    }
}

void Innovations::draw_jumps(std::size_t first_step, std::size_t steps) {
    jumps_.clear();
    sizes_.clear();
    if (tilting_ != nullptr) tilting_->moments.clocks.resize(drivers_->clocks.size());
    for (std::size_t c = 0; c < drivers_->clocks.size(); ++c) draw_arrivals(c, first_step, steps);
    jumps_from_ = first_step + steps;
}

double Innovations::gap(const JumpClock& clock, std::uint32_t number, double rate) const {
    const StreamKey times{.seed = source_.seed, .world = branches_[branch_].world, .stream = Stream::jump_time};
    const PhiloxWords words = philox_words(times, number, clock.time_index);
    return det_log(uniform_open(words[0], words[1])) / rate;
}

// Arrivals are exponential gaps counted from time zero, so that they do not depend on how the horizon is cut.
void Innovations::draw_arrivals(std::size_t clock_number, std::size_t first_step, std::size_t steps) {
    const JumpClock& clock = drivers_->clocks[clock_number];
    PathMoments::Clock* moments = tilting_ != nullptr ? &tilting_->moments.clocks[clock_number] : nullptr;
    double rate = clock.arrivals_per_step;
    if (moments != nullptr) {
        rate *= tilting_->tilt.rate_factor(clock_number);
        moments->expected += clock.arrivals_per_step * static_cast<double>(steps);
        moments->size_sum.resize(drivers_->assets);
    }
    if (rate <= 0.0) return;
    const StreamKey sizes{.seed = source_.seed, .world = branches_[branch_].world, .stream = Stream::jump_size};
    Cursor& next = cursors_[clock_number];
    if (first_step < jumps_from_) next = {0, 0.0 - gap(clock, 0, rate)};
    for (; next.arrival < static_cast<double>(first_step + steps);
         ++next.number, next.arrival -= gap(clock, next.number, rate)) {
        if (next.arrival < static_cast<double>(first_step)) continue;
        const std::size_t at = sizes_.size();
        jumps_.push_back({static_cast<std::size_t>(next.arrival) - first_step, clock_number, at});
        sizes_.resize(at + drivers_->assets);
        for (const std::size_t a : clock.assets) {
            double& z = sizes_[at + a];
            z = normal_of(philox_words(sizes, next.number, clock.size_index + static_cast<std::uint32_t>(a)));
            if (moments == nullptr) continue;
            z += tilting_->tilt.size_shift(clock_number, a);
            moments->size_sum[a] += z;
        }
        if (moments != nullptr) moments->arrivals += 1.0;
    }
}

const double* Innovations::basis_normals(std::size_t asset, std::size_t first_step, std::size_t steps) {
    enter_branch_of(first_step);
    const std::size_t begin = group_begin(first_step);
    const std::size_t groups = groups_between(begin, first_step + steps);
    basis_normals_.resize(groups * normal_group);
    fill_normals({.seed = source_.seed, .world = normals_world(), .stream = Stream::basis},
                 static_cast<std::uint32_t>(asset), begin / normal_group, groups, basis_normals_.data());
    if (sign() < 0.0) {
        for (double& z : basis_normals_) z = -z;
    }
    return basis_normals_.data() + (first_step - begin);
}

} // namespace plunge
