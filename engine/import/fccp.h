// fast-cpp-csv-parser (Debian: libfccp-dev), always without its reading thread: who runs what is
// the caller's choice.
#pragma once

// It cuts file names with strncpy, on purpose; GCC warns of that where it is inlined.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wstringop-truncation"
#endif
#define CSV_IO_NO_THREAD
#include <libfccp/csv.h>
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif
