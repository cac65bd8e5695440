# Writes scenarios/presets/*.toml into the source behind sim/scenario/preset_files.hpp: the program reads no file of its own.

file(GLOB preset_files CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/scenarios/presets/*.toml)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${preset_files})
set(plunge_preset_rows "")
foreach(preset_file IN LISTS preset_files)
  cmake_path(GET preset_file STEM preset_name)
  file(READ ${preset_file} preset_text)
  string(APPEND plunge_preset_rows "    {\"${preset_name}\", R\"preset(${preset_text})preset\"},\n")
endforeach()

set(plunge_presets_source ${PROJECT_BINARY_DIR}/generated/sim/scenario/preset_files.cpp)
configure_file(${PROJECT_SOURCE_DIR}/cmake/preset_files.cpp.in ${plunge_presets_source} @ONLY)
