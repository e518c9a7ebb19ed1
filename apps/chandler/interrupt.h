// What Ctrl-C does. Readers end at once; writers finish the commit in hand, and a second signal
// ends them at once. Signal handlers know no objects, so this is the one place with process-wide
// state.
#pragma once

namespace chandler::cli {

// SIGINT, SIGTERM and SIGHUP end the program with 130; SIGPIPE becomes an error of write().
void end_at_once_on_signals();

// From here on the first signal only makes interrupted() true.
void finish_first_on_signals();
[[nodiscard]] bool interrupted();
// Readable once interrupted() is true, for those who wait; -1 before finish_first_on_signals().
[[nodiscard]] int interrupt_descriptor();

}  // namespace chandler::cli
