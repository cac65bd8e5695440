// Bounds on profit times leverage of those who hold a side of an asset, many at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "sim/engine/parts/accounts.hpp"

namespace plunge {

/// A row that was seen once bounds its leverage at other marks. Of one that has a position in one asset alone, notional
/// and wealth follow from the price; of others, where no price is further from what it was then than by a share d, up
/// or down, gross notional is larger by that share at most, and wealth smaller by d times the exposure. Bounds are a
/// filter and no part of any result: single precision will do, with room for it.
class WinnerBounds {
  public:
    explicit WinnerBounds(std::size_t assets) : columns_{assets + 1}, seen_at_(assets), sides_(2 * assets) {}

    /// Nothing is known of so many rows.
    void begin_world(std::size_t rows);

    /// Marks of now.
    void observe(const std::vector<double>& mark);

    /// What a row has now.
    void note(const Accounts& accounts, std::uint32_t row, const Accounts::Worth& worth);
    /// What is known of a row is not true any more.
    void forget(std::uint32_t row);

    /// A holder and the most that its score can be.
    struct Bound {
        float score;
        std::uint32_t row;
        std::uint32_t place;
        bool operator<(const Bound& other) const { return score < other.score; }
    };
    /// Those with a profit who may have a score of `least` or more, at the marks of now.
    /// \param side  positive: longs win; negative: shorts
    void list(Accounts& accounts, std::size_t asset, double side, double least, std::vector<Bound>& listed);

    /// Who was listed, and has nothing on this side any more.
    void drop(std::size_t asset, double side, std::uint32_t place);

  private:
    struct Side {
        std::size_t version = 0; // of the lists that it was made from; 0: none
        std::vector<std::uint32_t> row;
        std::vector<float> entry; // price; not a number: has left
    };
    void take_over(Side& side, const Accounts& accounts, const Holders& holders);
    Side& side_of(std::size_t asset, double side) { return sides_[2 * asset + (side > 0.0 ? 0 : 1)]; }

    // What has happened to rows since some epoch, to those of one asset or, in the last column, of several: by how much
    // their notional has grown, and which share of it longs and shorts have lost, at most.
    struct Since {
        std::vector<float> growth; // [epochs x columns]
        std::vector<float> longs_lost;
        std::vector<float> shorts_lost;
    };

    std::size_t columns_;
    std::vector<double> mark_;                 // [A] of now
    std::vector<float> exposure_;              // [N] gross notional and collateral over wealth; infinite: not known
    std::vector<std::int32_t> seen_;           // [N] epoch x columns + column
    std::vector<std::vector<double>> seen_at_; // [A][epochs] marks
    Since since_;
    std::vector<Side> sides_; // [2 x A], each up to a whole vector of nobody behind the last
};

} // namespace plunge
