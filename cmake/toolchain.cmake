# How everything of Plunge is compiled: the target `plunge::options`, and the options that results depend on.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

# Assertions stay on in the default build (no NDEBUG), the standard library's included. Lines in stack traces, and no
# more debug information: that would take a third of the time to compile.
set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O2 -g1 -D_GLIBCXX_ASSERTIONS")
if(PLUNGE_SANITIZE)
  set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O1 -g1 -D_GLIBCXX_ASSERTIONS")
endif()
set(CMAKE_CXX_FLAGS_RELEASE "-O3 -DNDEBUG")
if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE RelWithDebInfo CACHE STRING "Kind of build" FORCE)
endif()

# One instruction set and no contraction chosen by the compiler: the same scenario, seed and version give the same bits
# on every machine. Fused multiply-adds are written out where they are wanted.
set(plunge_arithmetic_options -march=x86-64-v3 -ffp-contract=off)

# Not with sanitizers: their instrumentation makes gcc 12 suspect uninitialised values where there are none.
if(PROJECT_IS_TOP_LEVEL AND NOT PLUNGE_SANITIZE AND NOT DEFINED CMAKE_COMPILE_WARNING_AS_ERROR)
  set(CMAKE_COMPILE_WARNING_AS_ERROR ON)
endif()

add_library(plunge_options INTERFACE)
add_library(plunge::options ALIAS plunge_options)
target_compile_options(plunge_options INTERFACE -Wall -Wextra -Wconversion -Wshadow -Wno-restrict ${plunge_arithmetic_options})
if(PLUNGE_SANITIZE)
  target_compile_options(plunge_options INTERFACE -fsanitize=${PLUNGE_SANITIZE} -fno-omit-frame-pointer
                                                  -fno-sanitize-recover=all)
  target_link_options(plunge_options INTERFACE -fsanitize=${PLUNGE_SANITIZE})
endif()

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM AND NOT DEFINED CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE_PROGRAM})
endif()
