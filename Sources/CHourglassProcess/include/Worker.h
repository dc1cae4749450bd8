// This program in a process of its own, with limits, whose output goes to files.
#pragma once
#include <stddef.h>
#include <stdint.h>

// What such a process may use; 0 is no limit.
typedef struct {
  // Bytes of memory of its own: what it allocates and its stacks, not files that it maps.
  uint64_t memory;
  // Bytes of the largest file that it writes.
  uint64_t file;
} hg_worker_limits;

typedef struct {
  int32_t process;
  // The end of the pipe that is its standard input: it ends when this closes, also when we are killed.
  int32_t life;
  // The end of the pipe that is its standard output, -1 where that is a file.
  int32_t answers;
} hg_worker;

// Starts a program. Its arguments stand in one text with line feeds between them, its name first. It runs in
// a folder, its standard output and its errors go to files, which are begun anew, and it hears no signal of our
// terminal. While it runs it holds a lock on its standard output; of two at once the second is refused with
// EWOULDBLOCK. Where output is NULL, standard output is a pipe; where errors is NULL, nobody reads them. Returns 0
// or the number of the reason why it could not be started.
int32_t hg_worker_start(const char *program, const char *arguments, const char *folder,
                        const char *output, const char *errors, hg_worker_limits limits,
                        hg_worker *worker);

// Whether it has ended, without waiting: 1 with its exit code (128 and the number of the signal that ended it),
// 0 while it runs, -1 where it is no child of ours.
int32_t hg_worker_ended(hg_worker *worker, int32_t *exit_code);

// Writes to its standard input, all of it. Returns 0 or the number of the reason; EPIPE where it has ended, for which
// this process must ignore SIGPIPE.
int32_t hg_worker_send(const hg_worker *worker, const uint8_t *bytes, size_t size);

// Sends it a signal; nothing after it has ended.
void hg_worker_signal(const hg_worker *worker, int32_t number);

// Ends this process at once when a descriptor can no longer be read from: what a worker does with its standard
// input.
void hg_worker_end_with(int32_t descriptor);

// Whether the other ends of a pipe have closed, though there may still be bytes in it.
int32_t hg_worker_is_left(int32_t descriptor);
