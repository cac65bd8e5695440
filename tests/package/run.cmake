# Installs Plunge into an empty folder, builds the consumer project against it and runs it.
# cmake -D BUILD=<Plunge's build folder> -D SOURCE=<its source folder> -D GENERATOR=<generator> -P run.cmake

set(work ${BUILD}/package_test)
set(prefix ${work}/prefix)
file(REMOVE_RECURSE ${work})

function(step)
  execute_process(COMMAND ${ARGN} COMMAND_ECHO STDOUT COMMAND_ERROR_IS_FATAL ANY)
endfunction()

step(${CMAKE_COMMAND} --install ${BUILD} --prefix ${prefix})
step(${CMAKE_COMMAND} -S ${SOURCE}/tests/package -B ${work}/consumer -G ${GENERATOR} -D CMAKE_PREFIX_PATH=${prefix}
     -D CMAKE_BUILD_TYPE=Release -D PLUNGE_SOURCE=${SOURCE})
step(${CMAKE_COMMAND} --build ${work}/consumer)
step(${work}/consumer/consumer)
step(${work}/consumer/extra_model)

# What is installed must not point back to where it was built. (Debug information does, in the library itself.)
file(GLOB_RECURSE texts ${prefix}/*.cmake ${prefix}/*.hpp)
foreach(text IN LISTS texts)
  file(READ ${text} content)
  string(FIND "${content}" "${SOURCE}" position)
  if(NOT position EQUAL -1)
    message(FATAL_ERROR "${text} names the source folder ${SOURCE}")
  endif()
endforeach()
