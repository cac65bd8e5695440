// What is random in a path: the normals and the jumps of its steps, by whatever way worlds are drawn.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "models/common/values.hpp"
#include "models/price/path_source.hpp"
#include "models/price/quasi_path.hpp"
#include "models/price/student_copula.hpp"
#include "models/price/tilt.hpp"
#include "models/random/philox.hpp"

namespace plunge {

/// Times at which something jumps, a Poisson process. Every arrival brings a normal for each of its assets.
struct JumpClock {
    double arrivals_per_step = 0.0;
    std::uint32_t time_index = 0; ///< names its stream of arrivals
    std::uint32_t size_index = 0; ///< names its streams of sizes: of asset a, `size_index` + a
    std::vector<std::size_t> assets;
};

/// Joins the normals of a step: they come out correlated, with a Student-t copula.
struct JointNormals {
    SquareMatrix factor;
    StudentCopula copula;
};

/// What a process asks of chance.
struct Drivers {
    std::size_t assets = 0;
    std::size_t normals = 0; ///< standard normals per step, independent unless `joint`
    std::optional<JointNormals> joint;
    std::vector<JumpClock> clocks;
};

/// One arrival.
struct Jump {
    std::size_t step;  ///< of the block, from 0
    std::size_t clock; ///< among those of the process
    std::size_t sizes; ///< where its normals are
};

/// The innovations of some steps in a row. Step k of a path leads from prices at k to those at k + 1.
struct InnovationBlock {
    std::size_t first_step = 0;
    std::size_t steps = 0;
    std::span<const Jump> jumps; ///< clock after clock, each in order of time

    /// Normals of one driver, `steps` of them.
    const double* normals(std::size_t driver) const { return normals_ + driver * stride_; }
    /// Normals of a jump, [assets]; those of assets that the clock does not name mean nothing.
    const double* sizes(const Jump& jump) const { return sizes_ + jump.sizes; }

  private:
    friend class Innovations;
    const double* normals_ = nullptr;
    std::size_t stride_ = 0;
    const double* sizes_ = nullptr;
};

/// The innovations of one path. Every draw is a function of (seed, world, stream, step, index) alone, so any steps can
/// be asked for, in any order, as often as one likes. Whatever changes the way in which worlds are drawn acts here, and
/// on every process alike: antithetic pairs, sums taken from quasi-random points, other laws (tilting) with the moments
/// that their likelihood ratios need, the copula, and branches, which take the numbers of other worlds from a step on.
/// Holds its memory from path to path.
class Innovations {
  public:
    /// From now on the innovations of this path.
    /// \param drivers   of the process; must outlive the path, as `source.quasi`
    /// \param branches  in order, the first from step 1 on
    /// \param tilting   draws from another law; moments are counted of every step that is drawn, so each may be drawn
    ///                  once
    void begin(const Drivers& drivers, const PathSource& source, std::span<const PathBranch> branches,
               Tilting* tilting = nullptr);

    /// Where to cut: the end of a block that is quick to draw, at most `limit`. It does not cross into another branch.
    std::size_t block_end(std::size_t first_step, std::size_t limit);

    /// The innovations of steps [first_step, first_step + steps), which are of one branch. They do not depend on how a
    /// path is cut.
    /// \return valid until the next call
    const InnovationBlock& draw(std::size_t first_step, std::size_t steps);

    /// The end of the branch that a step is of, at most `limit`.
    std::size_t branch_end(std::size_t step, std::size_t limit);

    /// Normals of the basis of a wrapped asset, over steps of one branch. Pseudo-random, of the scenario's own law.
    /// \return valid until the next call
    const double* basis_normals(std::size_t asset, std::size_t first_step, std::size_t steps);

  private:
    // How far the arrivals of a clock have been drawn.
    struct Cursor {
        std::uint32_t number = 0; // of the next arrival
        double arrival = 0.0;     // its time, in steps
    };

    void enter_branch_of(std::size_t step);
    std::uint64_t normals_world() const;
    double sign() const;
    void impose(std::size_t begin, std::size_t end);
    void tilt(std::size_t offset, std::size_t steps);
    void join(std::size_t offset, std::size_t first_step, std::size_t steps);
    void draw_jumps(std::size_t first_step, std::size_t steps);
    void draw_arrivals(std::size_t clock_number, std::size_t first_step, std::size_t steps);
    double gap(const JumpClock& clock, std::uint32_t number, double rate) const;

    const Drivers* drivers_ = nullptr;
    PathSource source_;
    std::vector<PathBranch> branches_;
    Tilting* tilting_ = nullptr;

    std::size_t branch_ = 0; // that the last draw was of
    ImposedSums imposed_;    // of its world, where paths are quasi-random
    std::vector<Cursor> cursors_;
    std::size_t jumps_from_ = 0; // the cursors know the arrivals from this step on

    std::size_t padded_ = 0;      // steps that `normals_` has room for, per driver
    std::vector<double> normals_; // [drivers x padded]
    std::vector<double> basis_normals_;
    std::vector<double> joint_; // of one step
    std::vector<Jump> jumps_;
    std::vector<double> sizes_; // [jumps x assets]
    InnovationBlock block_;
};

} // namespace plunge
