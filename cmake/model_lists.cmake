# Writes the list of every family of models, models/<family>/list.hpp, into the build folder: from the headers of
# models/<family>/ and of <family>/ in a folder outside the tree that the user names. A header says which models it
# registers, and where in the list they stand:
#
#   // Registered as 20: SquareRootImpact

set(PLUNGE_EXTRA_MODELS "" CACHE PATH "Folder of further models, in one subfolder per family")
set(plunge_model_families price mark impact margin liquidation waterfall behaviour network)
set(plunge_generated_headers ${PROJECT_BINARY_DIR}/generated)

# The list of one family, as the text of its header. \param TREE  folder with models/ \param EXTRA  folder, or empty
function(plunge_model_list family tree extra out)
  file(GLOB headers CONFIGURE_DEPENDS ${tree}/models/${family}/*.hpp)
  set(extra_headers "")
  if(extra)
    file(GLOB extra_headers CONFIGURE_DEPENDS ${extra}/${family}/*.hpp)
  endif()
  set(entries "")
  foreach(header IN LISTS headers extra_headers)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${header})
    file(STRINGS ${header} lines REGEX "^// Registered as [0-9]+: [A-Za-z0-9_]+$")
    cmake_path(GET header FILENAME name)
    set(include "models/${family}/${name}")
    if(header IN_LIST extra_headers)
      set(include "${family}/${name}")
    endif()
    foreach(line IN LISTS lines)
      string(REGEX MATCH "([0-9]+): (.*)$" _ "${line}")
      list(APPEND entries "${CMAKE_MATCH_1}|${CMAKE_MATCH_2}|${include}")
    endforeach()
  endforeach()
  if(NOT entries)
    message(FATAL_ERROR "no header of ${tree}/models/${family} registers a model")
  endif()
  list(SORT entries COMPARE NATURAL)
  set(includes "")
  set(models "")
  foreach(entry IN LISTS entries)
    string(REPLACE "|" ";" entry "${entry}")
    list(GET entry 1 model)
    list(GET entry 2 include)
    list(APPEND models ${model})
    list(APPEND includes "#include \"${include}\"\n")
  endforeach()
  list(SORT includes)
  list(REMOVE_DUPLICATES includes)
  list(JOIN includes "" includes)
  list(JOIN models ", " models)
  string(SUBSTRING ${family} 0 1 first)
  string(SUBSTRING ${family} 1 -1 rest)
  string(TOUPPER ${first} first)
  set(${out} "// Generated: the models of this family, in the order in which their headers register them.
#pragma once

#include \"models/common/model_list.hpp\"
${includes}
namespace plunge {

using ${first}${rest}Models = ModelList<${models}>;

} // namespace plunge
" PARENT_SCOPE)
endfunction()

# All lists, written where they differ from what is there. \param into  folder that will hold models/<family>/list.hpp
function(plunge_write_model_lists tree extra into)
  if(extra AND NOT IS_DIRECTORY "${extra}")
    message(FATAL_ERROR "PLUNGE_EXTRA_MODELS: there is no folder ${extra}")
  endif()
  foreach(family IN LISTS plunge_model_families)
    plunge_model_list(${family} ${tree} "${extra}" text)
    set(header ${into}/models/${family}/list.hpp)
    set(before "")
    if(EXISTS ${header})
      file(READ ${header} before)
    endif()
    if(NOT before STREQUAL text)
      file(WRITE ${header} "${text}")
    endif()
  endforeach()
endfunction()
