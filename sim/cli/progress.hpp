// What a user sees and does while worlds are being run: a progress bar, and signals such as Ctrl-C.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdint>

namespace plunge {

/// A bar with rate and time left on stderr, where stderr is a terminal; nothing elsewhere.
class ProgressBar {
  public:
    ProgressBar(std::uint64_t total, bool quiet);
    ~ProgressBar(); ///< clears the line
    ProgressBar(const ProgressBar&) = delete;
    ProgressBar& operator=(const ProgressBar&) = delete;

    void update(std::uint64_t done);

  private:
    std::uint64_t total_;
    bool shown_;
    std::chrono::steady_clock::time_point start_;
    std::chrono::steady_clock::time_point last_;
};

/// Turns SIGINT, SIGTERM and SIGHUP into a flag while it lives. A second SIGINT or SIGTERM ends the program at once. A
/// signal that is ignored (nohup, background jobs) stays ignored.
class InterruptFlag {
  public:
    InterruptFlag();
    ~InterruptFlag();
    InterruptFlag(const InterruptFlag&) = delete;
    InterruptFlag& operator=(const InterruptFlag&) = delete;

    const std::atomic<bool>& flag() const;

  private:
    std::array<struct sigaction, 3> before_{};
};

} // namespace plunge
