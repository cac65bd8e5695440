// When a result file says that it was made.
#pragma once

#include <ctime>
#include <optional>
#include <string>

namespace plunge {

/// The time that reproducible builds ask for by SOURCE_DATE_EPOCH, else the time of asking.
class CreationTime {
  public:
    /// \throws ScenarioError where SOURCE_DATE_EPOCH is not a time.
    CreationTime();

    /// ISO 8601.
    std::string text() const;

  private:
    std::optional<std::time_t> fixed_;
};

} // namespace plunge
