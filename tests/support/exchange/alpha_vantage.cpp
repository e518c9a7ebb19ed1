#include "tests/support/exchange/venue.h"
namespace chandler::testing {
HttpResponse serve_alpha_vantage(const VenueCall&) { return json_answer(501, "{}"); }
}  // namespace chandler::testing
