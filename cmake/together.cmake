# Sources of one subject compiled as one, where headers are most of the work. Not the models and the engine: they change
# most, and what is inlined in them is measured. Names in anonymous namespaces must differ within a group.

option(PLUNGE_TOGETHER "Compile groups of sources as one" ON)

# A group of the target from the sources that the patterns name. Groups have names, so that a new source compiles no
# group but its own again.
function(plunge_compile_together target group)
  if(NOT PLUNGE_TOGETHER)
    return()
  endif()
  file(GLOB sources CONFIGURE_DEPENDS ${ARGN})
  set_source_files_properties(${sources} PROPERTIES UNITY_GROUP ${group})
  set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_MODE GROUP)
endfunction()
