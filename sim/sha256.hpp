// SHA-256 (FIPS 180-4), by OpenSSL, over data that arrives in pieces.
#pragma once

#include <cstddef>
#include <string>

struct evp_md_ctx_st;

namespace plunge {

class Sha256 {
  public:
    /// \throws std::runtime_error if OpenSSL offers no SHA-256.
    Sha256();
    ~Sha256();
    Sha256(const Sha256&) = delete;
    Sha256& operator=(const Sha256&) = delete;

    void update(const void* data, std::size_t size);

    /// The digest of everything seen, as 64 lower-case hexadecimal digits. To be called once, last.
    std::string hex();

  private:
    evp_md_ctx_st* context_;
};

/// The digest of one piece of data, in hexadecimal.
std::string sha256_hex(const void* data, std::size_t size);

} // namespace plunge
