# Writes the source behind sim/version.hpp into the build folder: version of the project, commit of the tree.

set(plunge_git_commit "")
find_package(Git QUIET)
if(Git_FOUND)
  # --exclude=* leaves tags out, so that the answer is always the commit itself.
  execute_process(COMMAND ${GIT_EXECUTABLE} describe --always --dirty --abbrev=40 --exclude=*
                  WORKING_DIRECTORY ${PROJECT_SOURCE_DIR} OUTPUT_VARIABLE plunge_git_commit
                  OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  execute_process(COMMAND ${GIT_EXECUTABLE} rev-parse --git-path logs/HEAD
                  WORKING_DIRECTORY ${PROJECT_SOURCE_DIR} OUTPUT_VARIABLE git_log
                  OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  # A new commit configures the build again.
  cmake_path(ABSOLUTE_PATH git_log BASE_DIRECTORY ${PROJECT_SOURCE_DIR})
  if(EXISTS "${git_log}" AND NOT IS_DIRECTORY "${git_log}")
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${git_log}")
  endif()
endif()
if(NOT plunge_git_commit)
  set(plunge_git_commit "unknown")
endif()

set(plunge_version_source ${PROJECT_BINARY_DIR}/generated/sim/version.cpp)
configure_file(${PROJECT_SOURCE_DIR}/cmake/version.cpp.in ${plunge_version_source} @ONLY)
