# Header-only libraries that only Plunge's own sources see; users of the installed library do not need them.

find_package(Boost 1.74 REQUIRED)
find_package(Eigen3 3.4 REQUIRED NO_MODULE)
find_package(nlohmann_json 3.11 REQUIRED)

# Headers, not the compiled library: TOML_ASSERT is compiled into the latter and could not be overridden.
find_path(PLUNGE_TOML_INCLUDE toml++/toml.h)
plunge_require("toml++" libtomlplusplus-dev PLUNGE_TOML_INCLUDE)
add_library(plunge_toml_headers INTERFACE)
add_library(plunge::toml_headers ALIAS plunge_toml_headers)
target_include_directories(plunge_toml_headers SYSTEM INTERFACE ${PLUNGE_TOML_INCLUDE})
