// Another program whose output is wanted: no shell, no input, a time limit, and a limit of its output.
#pragma once
#include <stddef.h>
#include <stdint.h>

typedef enum {
  HG_CHILD_OK,
  // It could not be started, or ended with another code than 0.
  HG_CHILD_FAILED,
  // It was stopped for taking too long, or for writing too much.
  HG_CHILD_LATE,
  HG_CHILD_TOO_LONG,
  HG_CHILD_MEMORY,
} hg_child_status;

// What it wrote, and how it ended.
typedef struct {
  uint8_t *bytes;
  size_t size;
  int32_t exit_code;
} hg_child;

// Runs a program to its end. Arguments begin with its name and end with NULL. There are bytes to be freed
// where it went well.
hg_child_status hg_child_run(const char *program, char *const arguments[], size_t limit,
                             int32_t seconds, hg_child *child);

void hg_child_free(hg_child *child);
