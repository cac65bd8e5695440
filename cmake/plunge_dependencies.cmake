# The libraries Plunge is linked with; included by the build and, installed, by plungeConfig.cmake.

include(CMakeFindDependencyMacro)
find_dependency(TBB)
find_dependency(fmt)
find_dependency(OpenSSL COMPONENTS Crypto)

# Stops with a sentence that says which package is missing.
function(plunge_require name package)
  foreach(variable IN LISTS ARGN)
    if(NOT ${variable})
      message(FATAL_ERROR "plunge: ${name} was not found (Debian: ${package})")
    endif()
  endforeach()
endfunction()

# HDF5, serial, by its own name: `find_package(HDF5)` takes whichever flavour the compiler wrapper in PATH belongs to,
# and an MPI build would make every program that reads results depend on MPI.
if(NOT TARGET plunge::hdf5_serial)
  find_path(PLUNGE_HDF5_INCLUDE hdf5.h PATH_SUFFIXES hdf5/serial)
  find_library(PLUNGE_HDF5_LIBRARY NAMES hdf5_serial hdf5 PATH_SUFFIXES hdf5/serial)
  find_library(PLUNGE_HDF5_HL_LIBRARY NAMES hdf5_serial_hl hdf5_hl PATH_SUFFIXES hdf5/serial)
  plunge_require("serial HDF5" libhdf5-dev PLUNGE_HDF5_INCLUDE PLUNGE_HDF5_LIBRARY PLUNGE_HDF5_HL_LIBRARY)
  file(GLOB plunge_hdf5_configs ${PLUNGE_HDF5_INCLUDE}/H5pubconf*.h)
  foreach(config IN LISTS plunge_hdf5_configs)
    file(STRINGS ${config} plunge_hdf5_parallel REGEX "^#define H5_HAVE_PARALLEL 1")
    if(plunge_hdf5_parallel)
      message(FATAL_ERROR "plunge: the HDF5 found is an MPI build (${config}); set PLUNGE_HDF5_INCLUDE and "
                          "PLUNGE_HDF5_LIBRARY to a serial one")
    endif()
  endforeach()
  add_library(plunge::hdf5_serial UNKNOWN IMPORTED)
  # Dimension scales are in the high-level library, which needs the other.
  set_target_properties(plunge::hdf5_serial PROPERTIES IMPORTED_LOCATION "${PLUNGE_HDF5_HL_LIBRARY}"
                                                       INTERFACE_LINK_LIBRARIES "${PLUNGE_HDF5_LIBRARY}"
                                                       INTERFACE_INCLUDE_DIRECTORIES "${PLUNGE_HDF5_INCLUDE}")
endif()

if(NOT TARGET plunge::sleef)
  find_path(PLUNGE_SLEEF_INCLUDE sleef.h)
  find_library(PLUNGE_SLEEF_LIBRARY sleef)
  plunge_require("SLEEF" libsleef-dev PLUNGE_SLEEF_INCLUDE PLUNGE_SLEEF_LIBRARY)
  add_library(plunge::sleef UNKNOWN IMPORTED)
  set_target_properties(plunge::sleef PROPERTIES IMPORTED_LOCATION "${PLUNGE_SLEEF_LIBRARY}"
                                                 INTERFACE_INCLUDE_DIRECTORIES "${PLUNGE_SLEEF_INCLUDE}")
endif()

if(NOT TARGET plunge::random123)
  find_path(PLUNGE_RANDOM123_INCLUDE Random123/philox.h)
  plunge_require("Random123" librandom123-dev PLUNGE_RANDOM123_INCLUDE)
  add_library(plunge::random123 INTERFACE IMPORTED)
  set_target_properties(plunge::random123 PROPERTIES INTERFACE_INCLUDE_DIRECTORIES "${PLUNGE_RANDOM123_INCLUDE}")
endif()
