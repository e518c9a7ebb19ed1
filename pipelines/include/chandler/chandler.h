// Everything the library offers, in one include.
#pragma once

#include "chandler/arrow.h"
#include "chandler/asset_class.h"
#include "chandler/bar_series.h"
#include "chandler/cache.h"
#include "chandler/calendar.h"
#include "chandler/data_manager.h"
#include "chandler/file_system.h"
#include "chandler/foreign_csv.h"
#include "chandler/importer.h"
#include "chandler/provider.h"
#include "chandler/quality.h"
#include "chandler/resample.h"
#include "chandler/result.h"
#include "chandler/symbol.h"
#include "chandler/time.h"
#include "chandler/timeframe.h"
