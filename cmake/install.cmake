# `cmake --install`: library, headers in their folders under include/plunge, package files, the program.

include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/plunge)
install(TARGETS plunge EXPORT plungeTargets)
install(EXPORT plungeTargets NAMESPACE plunge:: DESTINATION ${package_dir})
# Not the command line, and not what wraps HDF5 and JSON: users of the library need no headers of theirs.
install(DIRECTORY models sim output DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/plunge FILES_MATCHING PATTERN "*.hpp"
        PATTERN "sim/cli" EXCLUDE PATTERN "output/hdf5.hpp" EXCLUDE PATTERN "output/result_image.hpp" EXCLUDE
        PATTERN "output/open_file.hpp" EXCLUDE PATTERN "output/study_reader.hpp" EXCLUDE
        PATTERN "sim/stats/json.hpp" EXCLUDE)

install(DIRECTORY ${plunge_generated_headers}/models DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/plunge
        FILES_MATCHING PATTERN "*.hpp")
if(PLUNGE_EXTRA_MODELS)
  foreach(family IN LISTS plunge_model_families)
    if(IS_DIRECTORY ${extra_models_folder}/${family})
      install(DIRECTORY ${extra_models_folder}/${family} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/plunge
              FILES_MATCHING PATTERN "*.hpp")
    endif()
  endforeach()
endif()

configure_package_config_file(cmake/plungeConfig.cmake.in ${PROJECT_BINARY_DIR}/package/plungeConfig.cmake
                              INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/package/plungeConfigVersion.cmake
                                 COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/package/plungeConfig.cmake ${PROJECT_BINARY_DIR}/package/plungeConfigVersion.cmake
              cmake/plunge_dependencies.cmake
        DESTINATION ${package_dir})

if(TARGET plunge_program)
  install(TARGETS plunge_program)
endif()
