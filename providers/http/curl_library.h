// libcurl, loaded when the first request is made. It brings some thirty libraries along, and loading
// them takes longer than most commands, which ask nobody, take as a whole.
#pragma once

#include <curl/curl.h>

#include "late_library.h"

namespace chandler::http {

// What is used of it, under the names it has there less the "curl_".
struct CurlLibrary : LateLibrary {
  CurlLibrary() : LateLibrary("libcurl.so.4", "libcurl4") {
    if (state() && global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) fail("it does not start");
  }

  decltype(&::curl_easy_cleanup) easy_cleanup = find("curl_easy_cleanup");
  decltype(&::curl_easy_getinfo) easy_getinfo = find("curl_easy_getinfo");
  decltype(&::curl_easy_init) easy_init = find("curl_easy_init");
  decltype(&::curl_easy_reset) easy_reset = find("curl_easy_reset");
  decltype(&::curl_easy_setopt) easy_setopt = find("curl_easy_setopt");
  decltype(&::curl_easy_strerror) easy_strerror = find("curl_easy_strerror");
  decltype(&::curl_free) free = find("curl_free");
  decltype(&::curl_getdate) getdate = find("curl_getdate");
  decltype(&::curl_global_init) global_init = find("curl_global_init");
  decltype(&::curl_multi_add_handle) multi_add_handle = find("curl_multi_add_handle");
  decltype(&::curl_multi_cleanup) multi_cleanup = find("curl_multi_cleanup");
  decltype(&::curl_multi_info_read) multi_info_read = find("curl_multi_info_read");
  decltype(&::curl_multi_init) multi_init = find("curl_multi_init");
  decltype(&::curl_multi_perform) multi_perform = find("curl_multi_perform");
  decltype(&::curl_multi_poll) multi_poll = find("curl_multi_poll");
  decltype(&::curl_multi_remove_handle) multi_remove_handle = find("curl_multi_remove_handle");
  decltype(&::curl_multi_wakeup) multi_wakeup = find("curl_multi_wakeup");
  decltype(&::curl_slist_append) slist_append = find("curl_slist_append");
  decltype(&::curl_slist_free_all) slist_free_all = find("curl_slist_free_all");
  decltype(&::curl_url) url = find("curl_url");
  decltype(&::curl_url_cleanup) url_cleanup = find("curl_url_cleanup");
  decltype(&::curl_url_get) url_get = find("curl_url_get");
  decltype(&::curl_url_set) url_set = find("curl_url_set");
};

inline const CurlLibrary& curl() { return loaded<CurlLibrary>(); }

}  // namespace chandler::http
