// Files that appear whole or not at all: full disks, forbidden folders, names that are taken.
#include <cerrno>
#include <csignal>
#include <string>

#include <doctest/doctest.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "output/atomic_file.hpp"
#include "output/errors.hpp"
#include "output/reader.hpp"
#include "output/writer.hpp"
#include "tests/unit/output_support.hpp"

using namespace plunge;
using test::TemporaryFolder;

namespace {

/// The error of `action`, or nothing where it succeeds.
template <class Action> std::string failure(const Action& action, Fault expected) {
    try {
        action();
        return "";
    } catch (const OutputError& error) {
        CHECK(error.fault() == expected);
        return error.what();
    }
}

void write_made_up(const std::string& path, bool overwrite) {
    const LoadedScenario scenario = test::made_up_scenario();
    write_results(path, test::made_up_info(scenario), test::made_up_result(), overwrite);
}

/// Lets this process write files of a few kilobytes only, the way a full disk stops a write half way.
class FileSizeLimit {
  public:
    explicit FileSizeLimit(rlim_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
        ::getrlimit(RLIMIT_FSIZE, &before_);
        const rlimit lower{bytes, before_.rlim_max};
        ::setrlimit(RLIMIT_FSIZE, &lower);
    }
    ~FileSizeLimit() {
        ::setrlimit(RLIMIT_FSIZE, &before_);
        std::signal(SIGXFSZ, handler_);
    }
    FileSizeLimit(const FileSizeLimit&) = delete;
    FileSizeLimit& operator=(const FileSizeLimit&) = delete;

  private:
    rlimit before_{};
    void (*handler_)(int);
};

} // namespace

TEST_CASE("write_results: a write that stops half way leaves nothing, or what was there") {
    const TemporaryFolder folder;
    const std::string path = folder.file("run.h5");
    {
        const FileSizeLimit limit(10'000);
        const std::string error = failure([&] { write_made_up(path, false); }, Fault::system);
        CHECK(error == path + ": cannot write: File too large");
    }
    CHECK(folder.size() == 0);
    test::write_file(path, "old");
    {
        const FileSizeLimit limit(10'000);
        CHECK_FALSE(failure([&] { write_made_up(path, true); }, Fault::system).empty());
    }
    CHECK(test::read_file(path) == "old");
    CHECK(folder.size() == 1);
}

TEST_CASE("write_results: a full disk is an error with a name") {
    const TemporaryFolder folder;
    if (::mount("tmpfs", folder.path().c_str(), "tmpfs", 0, "size=64k") != 0) {
        MESSAGE("left out: mounting a small disk is not allowed here (errno ", errno, ")");
        return;
    }
    const std::string path = folder.file("run.h5");
    const std::string error = failure([&] { write_made_up(path, false); }, Fault::system);
    const std::size_t left_behind = folder.size();
    REQUIRE(::umount(folder.path().c_str()) == 0);
    CHECK(error == path + ": cannot write: No space left on device");
    CHECK(left_behind == 0);
}

TEST_CASE("write_results: an existing file is replaced only when asked") {
    const TemporaryFolder folder;
    const std::string path = folder.file("run.h5");
    test::write_file(path, "precious");
    CHECK(failure([&] { check_output_path(path, false); }, Fault::request) ==
          path + ": already exists; --force replaces it");
    CHECK_FALSE(failure([&] { write_made_up(path, false); }, Fault::request).empty());
    CHECK(test::read_file(path) == "precious");
    check_output_path(path, true);
    CHECK(test::read_file(path) == "precious");
    write_made_up(path, true);
    CHECK(Reader(path).worlds() == 3);
    CHECK(folder.size() == 1);
}

TEST_CASE("AtomicFile: a name taken while the file was written is not overwritten") {
    const TemporaryFolder folder;
    const std::string path = folder.file("run.h5");
    const std::string error = failure(
        [&] {
            AtomicFile file(path, false);
            file.write("mine", 4);
            test::write_file(path, "theirs");
            file.commit();
        },
        Fault::request);
    CHECK(error == path + ": was created meanwhile; --force replaces it");
    CHECK(test::read_file(path) == "theirs");
    CHECK(folder.size() == 1);
}

TEST_CASE("AtomicFile: not committed, nothing stays; committed, ordinary permissions") {
    const TemporaryFolder folder;
    {
        AtomicFile file(folder.file("a"), false);
        file.write("x", 1);
    }
    CHECK(folder.size() == 0);
    const mode_t mask = ::umask(027);
    AtomicFile file(folder.file("a"), false);
    ::umask(mask);
    file.write("x", 1);
    file.write("yz", 2);
    file.commit();
    CHECK(test::read_file(folder.file("a")) == "xyz");
    struct stat status {};
    REQUIRE(::stat(folder.file("a").c_str(), &status) == 0);
    CHECK((status.st_mode & 0777) == 0640);
}

TEST_CASE("AtomicFile: a link stays a link, and what it leads to is written") {
    const TemporaryFolder folder;
    REQUIRE(::mkdir(folder.file("results").c_str(), 0700) == 0);
    REQUIRE(::symlink("results/run.h5", folder.file("latest.h5").c_str()) == 0);
    REQUIRE(::symlink(folder.file("latest.h5").c_str(), folder.file("link.h5").c_str()) == 0);
    const auto write = [&](const char* text, bool overwrite) {
        AtomicFile file(folder.file("link.h5"), overwrite);
        file.write(text, 1);
        file.commit();
    };
    write("a", false); // to a file that is not there yet
    CHECK(test::read_file(folder.file("results/run.h5")) == "a");
    CHECK(failure([&] { write("b", false); }, Fault::request).find("already exists") != std::string::npos);
    write("b", true);
    CHECK(test::read_file(folder.file("results/run.h5")) == "b");
    for (const char* name : {"link.h5", "latest.h5"}) CHECK(std::filesystem::is_symlink(folder.file(name)));
    CHECK(folder.size() == 3);
}

TEST_CASE("check_output_path: what cannot be written is refused before a run") {
    const TemporaryFolder folder;
    const auto refusal = [](const std::string& path) {
        return failure([&] { check_output_path(path, true); }, Fault::request);
    };
    CHECK(refusal(folder.file("no/run.h5")).find("folder " + folder.file("no") + " does not exist") !=
          std::string::npos);
    CHECK(refusal(folder.path()).find("is a folder") != std::string::npos);
    CHECK(refusal("/dev/null").find("is a device") != std::string::npos);
    REQUIRE(::symlink("/dev/null", folder.file("null").c_str()) == 0);
    CHECK(refusal(folder.file("null")).find("is a device") != std::string::npos);
    REQUIRE(::mkfifo(folder.file("pipe").c_str(), 0600) == 0);
    CHECK(refusal(folder.file("pipe")).find("is a pipe") != std::string::npos);
    REQUIRE(::symlink("loop", folder.file("loop").c_str()) == 0);
    CHECK(refusal(folder.file("loop")).find("Too many levels of symbolic links") != std::string::npos);
    REQUIRE(::symlink("gone/run.h5", folder.file("nowhere").c_str()) == 0);
    CHECK(refusal(folder.file("nowhere")).find("folder " + folder.file("gone") + " does not exist") !=
          std::string::npos);
    for (const char* name : {"null", "pipe", "loop", "nowhere"}) REQUIRE(::unlink(folder.file(name).c_str()) == 0);
    CHECK(refusal("").find("empty") != std::string::npos);
    CHECK(refusal(folder.file(std::string(255, 'n'))).find("File name too long") != std::string::npos);
    test::write_file(folder.file("file"), "");
    CHECK(refusal(folder.file("file/run.h5")).find("Not a directory") != std::string::npos);
    CHECK(refusal(folder.file("run.h5")).empty());
    CHECK(folder.size() == 1);

    // Nobody may do what root may.
    REQUIRE(::chmod(folder.path().c_str(), 0555) == 0);
    const bool root = ::geteuid() == 0;
    if (root) REQUIRE(::seteuid(65534) == 0);
    const std::string forbidden = refusal(folder.file("run.h5"));
    if (root) REQUIRE(::seteuid(0) == 0);
    REQUIRE(::chmod(folder.path().c_str(), 0755) == 0);
    CHECK(forbidden.find("Permission denied") != std::string::npos);
}
