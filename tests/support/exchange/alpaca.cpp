#include "tests/support/exchange/venue.h"
namespace chandler::testing {
HttpResponse serve_alpaca(const VenueCall&) { return json_answer(501, "{}"); }
}  // namespace chandler::testing
