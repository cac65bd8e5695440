#include "sim/cli/progress.hpp"

#include <algorithm>
#include <cstddef>
#include <system_error>
#include <utility>

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

ProgressBar::ProgressBar(std::uint64_t total, bool quiet, std::string unit, std::function<std::string()> detail)
    : total_{total}, unit_{std::move(unit)}, detail_{std::move(detail)}, terminal_{isatty(STDERR_FILENO) != 0},
      start_{std::chrono::steady_clock::now()} {
    if (quiet) return;
    try {
        thread_ = std::thread([this] { watch(); });
    } catch (const std::system_error&) { // nobody is told how far it is: no reason to stop
    }
}

ProgressBar::~ProgressBar() {
    if (!thread_.joinable()) return;
    {
        const std::lock_guard lock(mutex_);
        end_ = true;
    }
    ended_.notify_one();
    thread_.join();
    if (terminal_) print_to_stderr("\r\x1b[K");
}

void ProgressBar::watch() {
    const std::chrono::milliseconds between(terminal_ ? 200 : 30'000);
    std::unique_lock lock(mutex_);
    while (!ended_.wait_for(lock, between, [this] { return end_; })) {
        print_to_stderr(terminal_ ? "\r\x1b[K" + text() : "plunge: " + text() + "\n");
    }
}

std::string ProgressBar::text() const {
    constexpr int width = 24;
    const std::uint64_t done = done_;
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
    const double rate = static_cast<double>(done) / seconds;
    std::string text;
    if (terminal_) {
        const int filled = static_cast<int>(width * static_cast<double>(done) /
                                            static_cast<double>(std::max<std::uint64_t>(total_, 1)));
        text = fmt::format("[{}{}] ", std::string(static_cast<std::size_t>(filled), '#'),
                           std::string(static_cast<std::size_t>(width - filled), '.'));
    }
    text += fmt::format("{}/{} {}, ", done, total_, unit_);
    text += done > 0 ? fmt::format("{:.4g}/s, {} left", rate, time_left(static_cast<double>(total_ - done) / rate))
                     : "after " + time_left(seconds);
    if (detail_) text += "; " + detail_();
    constexpr std::size_t line = 79;
    return terminal_ ? text.substr(0, line) : text;
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
