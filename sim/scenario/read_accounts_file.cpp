// Files of explicit accounts: a row for each account, or for each of its positions.
#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdint>
#include <unordered_map>

#include <fmt/format.h>

#include "models/contract/linear.hpp"
#include "sim/scenario/asset_names.hpp"
#include "sim/scenario/input_table.hpp"
#include "sim/scenario/input_tables.hpp"

namespace plunge {
namespace {

constexpr std::string_view isolated_sides = "an account with isolated margin has one position per asset here: give "
                                            "each position as an account of its own";

// Where a cell stood, for what is found wrong once the account is whole.
struct CellPlace {
    int line = 0;
    int column = 0;
};

// What is held of one asset on one side.
struct Side {
    double quantity = 0.0; ///< signed base
    double entry = 0.0;    ///< average price
};

// The accounts of a file, as they are read and then put together.
class AccountsFile {
  public:
    AccountsFile(ReadContext& context, const InputFile& file, const std::vector<Asset>& assets, const Cohort& cohort)
        : context_{context}, file_{file}, table_{context, file}, assets_{assets}, cohort_{cohort} {}

    bool read(ExplicitAccounts& out) {
        if (!table_.read_header() || !find_columns()) return false;
        std::vector<CsvCell> cells;
        while (table_.next(cells)) {
            const std::size_t account = account_of(cells[*label_]);
            read_money(account, cells[money_]);
            if (symbol_) {
                read_position_row(account, cells);
            } else {
                read_account_row(account, cells);
            }
        }
        if (table_.good() && labels_.empty()) table_.fail_header("account", "there is no account below the header");
        if (!table_.good()) return false;
        put_together(out);
        if (table_.good()) context_.tell(line_on(out));
        return table_.good();
    }

  private:
    enum class Holds { position, entry, collateral };
    struct AssetColumn {
        std::size_t column;
        NamedAsset named;
        Holds holds;
        std::optional<std::size_t> entry{}; ///< of a position: the column of its entry price
    };

    std::size_t cell_of(std::size_t account, std::size_t asset) const { return account * assets_.size() + asset; }

    // ---- the header ------------------------------------------------------------------------------------------------

    bool find_columns() {
        label_ = table_.column("account");
        if (!label_) table_.fail_header("account", "this column must be given");
        const auto equity = table_.column("equity");
        const auto wallet = table_.column("wallet_balance");
        from_wallet_ = wallet && !equity;
        money_ = wallet.value_or(equity.value_or(0));
        if (!equity && !wallet) {
            table_.fail_header("equity",
                               "this column must be given, or wallet_balance\nequity: all that the account is "
                               "worth now, unrealised profit included; wallet_balance: without it");
        } else if (equity && wallet) {
            table_.fail_column(*wallet,
                               "give equity or wallet_balance, not both\nequity holds unrealised profit already");
        }
        symbol_ = table_.column("symbol");
        if (symbol_) {
            find_position_columns();
        } else {
            find_asset_columns();
        }
        return table_.good();
    }

    // A row for each position.
    void find_position_columns() {
        const std::vector<std::string> known{"account", "symbol", "size",           "side",
                                             "equity",  "entry",  "wallet_balance", "collateral"};
        refuse_others(known);
        size_ = table_.column("size");
        side_ = table_.column("side");
        entry_ = table_.column("entry");
        collateral_ = table_.column("collateral");
        if (!size_) table_.fail_header("size", "this column must be given beside symbol\nsigned base quantity");
        if (from_wallet_ && !entry_) fail_entries("entry");
    }

    // A row for each account.
    void find_asset_columns() {
        std::vector<std::string> known{"account", "equity", "wallet_balance"};
        std::vector<std::vector<bool>> taken(3, std::vector<bool>(assets_.size(), false));
        const std::vector<std::pair<std::string, Holds>> prefixes{
            {"", Holds::position}, {"entry_", Holds::entry}, {"collateral_", Holds::collateral}};
        for (const auto& [prefix, holds] : prefixes) {
            for (const Asset& asset : assets_) {
                for (const std::string& name : names_of(asset)) {
                    known.push_back(prefix + name);
                    const auto column = table_.column(known.back());
                    if (!column) continue;
                    const NamedAsset named = *find_named(assets_, name);
                    if (taken[static_cast<std::size_t>(holds)][named.asset]) {
                        table_.fail_column(*column, fmt::format("there is another column of {}\ngive positions a row "
                                                                "each: account, symbol, size, entry",
                                                                asset.symbol));
                    }
                    taken[static_cast<std::size_t>(holds)][named.asset] = true;
                    columns_.push_back({*column, named, holds, std::nullopt});
                }
            }
        }
        refuse_others(known);
        bool has_positions = false;
        for (AssetColumn& column : columns_) {
            if (column.holds != Holds::position) continue;
            has_positions = true;
            for (const AssetColumn& other : columns_) {
                if (other.holds == Holds::entry && other.named.asset == column.named.asset) column.entry = other.column;
            }
            if (from_wallet_ && !column.entry) fail_entries("entry_" + table_.columns()[column.column]);
        }
        if (!has_positions) {
            table_.fail_header(assets_.front().symbol,
                               "there is no column of positions: one per asset symbol\nor a row for each position: "
                               "account, symbol, size, entry");
        }
    }

    void fail_entries(const std::string& column) {
        table_.fail_header(column,
                           "this column must be given beside wallet_balance\nunrealised profit follows from entry "
                           "prices");
    }

    // An unnamed first column is the index that pandas writes.
    void refuse_others(const std::vector<std::string>& known) {
        for (std::size_t c = 0; c < table_.columns().size(); ++c) {
            const std::string& name = table_.columns()[c];
            if (c == 0 && name.empty()) continue;
            if (std::find(known.begin(), known.end(), name) == known.end()) {
                table_.fail_column(c, "unknown column\n" + known_names_hint(name, known));
            }
        }
    }

    // ---- rows ------------------------------------------------------------------------------------------------------

    std::size_t account_of(const CsvCell& cell) {
        if (cell.text.empty()) table_.fail_cell(cell, *label_, "every account needs a label");
        const auto [known, is_new] = index_.try_emplace(cell.text, labels_.size());
        if (!is_new) {
            if (!symbol_) table_.fail_cell(cell, *label_, "this account is given twice");
            return known->second;
        }
        labels_.emplace_back(cell.text);
        money_given_.push_back(0);
        money_at_.push_back({});
        const std::size_t account = labels_.size() - 1;
        money_of_.push_back(0.0);
        sides_.resize(cell_of(account + 1, 0));
        held_.resize(cell_of(account + 1, 0), 0.0);
        return account;
    }

    // A file with a row for each position says it in one of them, or the same in several.
    void read_money(std::size_t account, const CsvCell& cell) {
        if (symbol_ && cell.text.empty()) {
            if (money_at_[account].line == 0) money_at_[account] = {table_.line(), cell.column};
            return;
        }
        const double value = table_.number(cell, money_, any_number).value_or(0.0);
        if (money_given_[account] != 0 && value != money_of_[account]) {
            table_.fail_cell(cell, money_,
                             fmt::format("line {} says {} of this account", money_at_[account].line,
                                         number_text(money_of_[account])));
        }
        money_of_[account] = value;
        money_given_[account] = 1;
        money_at_[account] = {table_.line(), cell.column};
    }

    void read_account_row(std::size_t account, const std::vector<CsvCell>& cells) {
        for (const AssetColumn& column : columns_) {
            const CsvCell& cell = cells[column.column];
            if (cell.text.empty() || column.holds == Holds::entry) {
                if (!cell.text.empty()) static_cast<void>(table_.number(cell, column.column, positive));
                continue;
            }
            const auto value = table_.number(cell, column.column,
                                             column.holds == Holds::position ? any_number : not_negative);
            if (!value) continue;
            if (column.holds == Holds::collateral) {
                held_[cell_of(account, column.named.asset)] = *value * column.named.scale;
                continue;
            }
            std::optional<double> entry;
            if (column.entry) entry = parse_csv_number(cells[*column.entry].text);
            add_position(account, column.named, *value, entry, cell, column.column);
        }
    }

    void read_position_row(std::size_t account, const std::vector<CsvCell>& cells) {
        const CsvCell& symbol = cells[*symbol_];
        const CsvCell& size = cells[*size_];
        const bool has_collateral = collateral_ && !cells[*collateral_].text.empty();
        if (symbol.text.empty() && size.text.empty() && !has_collateral) return; // an account without positions
        const auto named = find_named(assets_, symbol.text);
        if (!named) {
            std::vector<std::string> known;
            for (const Asset& asset : assets_) {
                for (std::string& name : names_of(asset)) known.push_back(std::move(name));
            }
            table_.fail_cell(symbol, *symbol_,
                             "there is no such asset\n" + known_names_hint(symbol.text, known) +
                                 "; other names of an asset stand in asset.aliases");
            return;
        }
        if (has_collateral) {
            const auto value = table_.number(cells[*collateral_], *collateral_, not_negative);
            held_[cell_of(account, named->asset)] += value.value_or(0.0) * named->scale;
        }
        std::optional<double> entry;
        if (entry_ && !cells[*entry_].text.empty()) entry = table_.number(cells[*entry_], *entry_, positive);
        if (size.text.empty() && has_collateral) return;
        auto quantity = table_.number(size, *size_, any_number);
        if (quantity && side_) quantity = with_side(*quantity, cells);
        if (quantity) add_position(account, *named, *quantity, entry, size, *size_);
    }

    // Some exchanges sign sizes and name the side, some only name it.
    std::optional<double> with_side(double size, const std::vector<CsvCell>& cells) {
        std::string side;
        for (const char c : cells[*side_].text) side += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
        if (side == "short" || side == "sell") return -std::fabs(size);
        if (side == "long" || side == "buy") {
            if (size >= 0.0) return size;
            table_.fail_cell(cells[*size_], *size_, "a long position has no negative size");
            return std::nullopt;
        }
        if (side.empty() || side == "both" || side == "net") return size;
        table_.fail_cell(cells[*side_], *side_, "must be long or short (or buy, sell; both where sizes are signed)");
        return std::nullopt;
    }

    void add_position(std::size_t account, const NamedAsset& named, double size, std::optional<double> entry,
                      const CsvCell& cell, std::size_t column) {
        if (size == 0.0) return;
        if (from_wallet_ && !entry) {
            table_.fail_cell(cell, column, "an entry price is needed beside wallet_balance");
            return;
        }
        const std::size_t at = cell_of(account, named.asset);
        const double quantity = size * named.scale;
        const double price = !entry ? assets_[named.asset].price : named.scale == 1.0 ? *entry : *entry / named.scale;
        const bool has_other_side = sides_[at].quantity * quantity < 0.0;
        Side& same = has_other_side ? opposite_[at] : sides_[at];
        if (cohort_.margin == MarginMode::isolated && sides_[at].quantity != 0.0) {
            table_.fail_cell(cell, column,
                             fmt::format("there is another position of {} in this account\n{}",
                                         assets_[named.asset].symbol, isolated_sides));
        } else if (has_other_side && cohort_.both_sides == BothSides::refuse) {
            table_.fail_cell(
                cell, column,
                fmt::format("this account is long and short of {}: margin here is on one position per asset\n"
                            "both_sides = \"net\" in the cohort closes the smaller against the larger and asks margin "
                            "of the difference alone, less than a venue that margins both",
                            assets_[named.asset].symbol));
        }
        const double sum = same.quantity + quantity;
        same.entry = same.quantity == 0.0 ? price : same.entry * (same.quantity / sum) + price * (quantity / sum);
        same.quantity = sum;
    }

    // ---- accounts --------------------------------------------------------------------------------------------------

    void put_together(ExplicitAccounts& out) {
        out.label = std::move(labels_);
        const std::size_t n = assets_.size();
        out.position.assign(out.label.size() * n, 0.0);
        out.entry.resize(out.label.size() * n);
        out.collateral = std::move(held_);
        for (std::size_t i = 0; i < out.label.size(); ++i) {
            double profit = 0.0;
            double held = 0.0;
            bool has_position = false;
            for (std::size_t a = 0; a < n; ++a) {
                const double price = assets_[a].price;
                const Side& side = sides_[i * n + a];
                Side kept = side;
                profit += LinearContract::profit(side.quantity, side.entry, price);
                if (const auto other = opposite_.find(i * n + a); other != opposite_.end()) {
                    ++netted_;
                    profit += LinearContract::profit(other->second.quantity, other->second.entry, price);
                    if (std::fabs(other->second.quantity) > std::fabs(side.quantity)) kept = other->second;
                    kept.quantity = side.quantity + other->second.quantity;
                }
                out.position[i * n + a] = kept.quantity;
                out.entry[i * n + a] = kept.entry > 0.0 ? kept.entry : price;
                has_position = has_position || kept.quantity != 0.0;
                held += out.collateral[i * n + a] * price;
            }
            const double wealth = money_of_[i] + (from_wallet_ ? profit + held : 0.0);
            check_account(i, has_position, wealth);
            out.equity.push_back(wealth);
            profit_ += profit;
        }
    }

    void check_account(std::size_t account, bool has_position, double wealth) {
        const CellPlace& at = money_at_[account];
        if (money_given_[account] == 0) {
            table_.fail_at(at.line, at.column, money_, "", "must be given in one row of the account");
        } else if (wealth < 0.0 && !has_position) {
            table_.fail_at(at.line, at.column, money_, number_text(money_of_[account]),
                           "this account owes money and has no position that could be closed\nsuch a loss has happened "
                           "already: take it off the fund");
        }
    }

    // "desk.csv: 2 accounts, wealth 30 USD, of which -90 USD are unrealised profit"
    std::string line_on(const ExplicitAccounts& accounts) const {
        double wealth = 0.0;
        double owed = 0.0;
        std::size_t insolvent = 0;
        for (const double equity : accounts.equity) {
            wealth += equity;
            owed += std::max(0.0, -equity);
            insolvent += equity < 0.0 ? 1 : 0;
        }
        std::string text = fmt::format("{}: {}, wealth {} USD at the scenario's prices, unrealised profit of {} USD {}",
                                       shown(file_.path), counted(accounts.label.size(), "account"),
                                       significant(wealth, 6), significant(profit_, 6),
                                       from_wallet_ ? "added to wallet balances" : "included");
        if (insolvent > 0)
            text += fmt::format("; {} below zero, by {} USD", counted(insolvent, "account"), significant(owed, 6));
        if (netted_ > 0) text += fmt::format("; {} netted against its opposite", counted(netted_, "position"));
        return text;
    }

    ReadContext& context_;
    const InputFile& file_;
    InputTable table_;
    const std::vector<Asset>& assets_;
    const Cohort& cohort_;

    std::optional<std::size_t> label_;
    std::size_t money_ = 0;
    bool from_wallet_ = false;
    std::vector<AssetColumn> columns_;                                     // of a row for each account
    std::optional<std::size_t> symbol_, size_, side_, entry_, collateral_; // of a row for each position

    std::unordered_map<std::string_view, std::size_t> index_; // of labels; texts live in the file
    std::vector<std::string> labels_;
    std::vector<double> money_of_; // [accounts]
    std::vector<std::uint8_t> money_given_;
    std::vector<CellPlace> money_at_;
    std::vector<Side> sides_;                        // [accounts x assets], the side that came first
    std::unordered_map<std::size_t, Side> opposite_; // and the other one of the few that have both
    std::vector<double> held_;
    double profit_ = 0.0;
    std::size_t netted_ = 0;
};

} // namespace

bool read_accounts_csv(ReadContext& context, const InputFile& file, const std::vector<Asset>& assets,
                       const Cohort& cohort, ExplicitAccounts& out) {
    return AccountsFile(context, file, assets, cohort).read(out);
}

} // namespace plunge
