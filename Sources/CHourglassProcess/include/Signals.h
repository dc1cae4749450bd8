// The signals by which somebody asks a program to stop: SIGINT (Ctrl-C) and SIGTERM (kill).
#pragma once
#include <stdint.h>

// Begins to heed them, except one that the parent made this process ignore, as nohup does.
//
// While the program is armed the first signal is only remembered, and the second one ends the
// process at once with 128 and its number. While it is not armed the first one does that.
void hg_stop_signals_listen(void);

// Arms (1) or disarms (0) the program.
void hg_stop_signals_arm(int32_t on);

// The number of the signal that came, 0 where none did.
int32_t hg_stop_signal(void);
