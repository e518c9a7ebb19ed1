// What went wrong in libcurl, in words that name the host and nothing secret.
#pragma once

#include <curl/curl.h>

#include <string>

#include "chandler/result.h"
#include "http/curl_transport.h"

namespace chandler::http {

// `text` is libcurl's own; it may hold whatever the environment holds (a proxy's password), so that
// only known parts of it are taken.
[[nodiscard]] Error curl_failure(CURL* handle, CURLcode code, const std::string& text,
                                 const std::string& host, const Request& request,
                                 const CurlOptions& options);

// It never came to a connection, so that nothing of the request was sent.
[[nodiscard]] bool never_connected(CURL* handle, CURLcode code);

}  // namespace chandler::http
