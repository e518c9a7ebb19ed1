// Owners of libcurl's handles.
#pragma once

#include <memory>

#include "http/curl_library.h"

namespace chandler::http {

struct CurlDeleter {
  void operator()(CURL* handle) const { curl().easy_cleanup(handle); }
};
struct CurlMultiDeleter {
  void operator()(CURLM* handle) const { static_cast<void>(curl().multi_cleanup(handle)); }
};
struct CurlListDeleter {
  void operator()(curl_slist* list) const { curl().slist_free_all(list); }
};
struct CurlUrlDeleter {
  void operator()(CURLU* handle) const { curl().url_cleanup(handle); }
};

using CurlHandle = std::unique_ptr<CURL, CurlDeleter>;
using CurlMultiHandle = std::unique_ptr<CURLM, CurlMultiDeleter>;
using CurlList = std::unique_ptr<curl_slist, CurlListDeleter>;
using CurlUrl = std::unique_ptr<CURLU, CurlUrlDeleter>;

}  // namespace chandler::http
