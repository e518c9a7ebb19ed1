// fast-cpp-csv-parser (Debian: libfccp-dev), always without its reading thread: who runs what is
// the caller's choice.
#pragma once

#define CSV_IO_NO_THREAD
#include <libfccp/csv.h>
