#include "output/embedded_scenario.hpp"

#include <stdexcept>
#include <string>
#include <vector>

namespace plunge {

LoadedScenario embedded_scenario(const Reader& reader) {
    const std::vector<InputFile> inputs = reader.inputs();
    return parse_scenario(reader.text("scenario_effective"), reader.path() + ":scenario", {},
                          [&inputs](const std::string& path) {
                              for (const InputFile& input : inputs)
                                  if (input.path == path) return input.text;
                              throw std::runtime_error("not among the inputs kept in the result file");
                          });
}

} // namespace plunge
