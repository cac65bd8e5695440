#include "sim/cli/progress.hpp"

#include <cstddef>
#include <string>

#include <fmt/core.h>
#include <unistd.h>

#include "sim/cli/terminal.hpp"

namespace plunge {
namespace {

constexpr std::array signals{SIGINT, SIGTERM, SIGHUP};

std::atomic<bool> interrupted{false};
std::atomic<bool> told_to_end{false};

extern "C" void on_signal(int signal) {
    interrupted = true;
    // A closed terminal is reported twice, by the kernel and by the shell: nobody has become impatient.
    if (signal == SIGHUP || !told_to_end.exchange(true)) return;
    std::signal(signal, SIG_DFL);
    std::raise(signal);
}

std::string time_left(double seconds) {
    const auto s = static_cast<long>(seconds + 0.5);
    if (s >= 3600) return fmt::format("{}h {:02}min", s / 3600, s % 3600 / 60);
    if (s >= 60) return fmt::format("{}min {:02}s", s / 60, s % 60);
    return fmt::format("{}s", s);
}

} // namespace

ProgressBar::ProgressBar(std::uint64_t total, bool quiet)
    : total_{total}, shown_{!quiet && isatty(STDERR_FILENO) != 0}, start_{std::chrono::steady_clock::now()},
      last_{start_} {}

ProgressBar::~ProgressBar() {
    if (shown_) print_to_stderr("\r\x1b[K");
}

void ProgressBar::update(std::uint64_t done) {
    constexpr double seconds_between_updates = 0.1;
    constexpr int width = 24;
    if (!shown_) return;
    const auto now = std::chrono::steady_clock::now();
    if (std::chrono::duration<double>(now - last_).count() < seconds_between_updates) return;
    last_ = now;
    const double rate = static_cast<double>(done) / std::chrono::duration<double>(now - start_).count();
    const int filled = static_cast<int>(width * static_cast<double>(done) / static_cast<double>(total_));
    print_to_stderr(fmt::format("\r\x1b[K[{}{}] {}/{} worlds, {:.4g}/s, {} left",
                                std::string(static_cast<std::size_t>(filled), '#'),
                                std::string(static_cast<std::size_t>(width - filled), '.'), done, total_, rate,
                                rate > 0.0 ? time_left(static_cast<double>(total_ - done) / rate) : "?"));
}

InterruptFlag::InterruptFlag() {
    interrupted = false;
    told_to_end = false;
    struct sigaction action {};
    action.sa_handler = on_signal;
    action.sa_flags = SA_RESTART; // what is being written is written to the end
    for (std::size_t i = 0; i < signals.size(); ++i) {
        sigaction(signals[i], nullptr, &before_[i]);
        if (before_[i].sa_handler != SIG_IGN) sigaction(signals[i], &action, nullptr);
    }
}

InterruptFlag::~InterruptFlag() {
    for (std::size_t i = 0; i < signals.size(); ++i) sigaction(signals[i], &before_[i], nullptr);
}

const std::atomic<bool>& InterruptFlag::flag() const { return interrupted; }

} // namespace plunge
