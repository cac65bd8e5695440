// What a user sees and does while worlds are being run: a progress bar, and signals such as Ctrl-C.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

namespace plunge {

/// What is going on, on stderr: on a terminal a bar with rate and time left, elsewhere a line every half minute.
class ProgressBar {
  public:
    /// \param unit    of what is counted
    /// \param detail  more to say, asked for from another thread; may be empty
    ProgressBar(std::uint64_t total, bool quiet, std::string unit = "worlds", std::function<std::string()> detail = {});
    ~ProgressBar(); ///< clears the line
    ProgressBar(const ProgressBar&) = delete;
    ProgressBar& operator=(const ProgressBar&) = delete;

    void update(std::uint64_t done) { done_ = done; }

  private:
    void watch();
    std::string text() const;

    std::uint64_t total_;
    std::string unit_;
    std::function<std::string()> detail_;
    bool terminal_;
    std::chrono::steady_clock::time_point start_;
    std::atomic<std::uint64_t> done_{0};
    std::mutex mutex_;
    std::condition_variable ended_;
    bool end_ = false;
    std::thread thread_; // so that something is said also where a world takes long
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
