#define _GNU_SOURCE
#include "Child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

static int64_t milliseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void hg_child_free(hg_child *child) {
  free(child->bytes);
  child->bytes = NULL;
}

// Reads what the child writes until it ends, up to a limit and a deadline.
static hg_child_status read_all(int from, size_t limit, int64_t deadline, hg_child *child) {
  size_t capacity = 0;
  for (;;) {
    if (capacity - child->size < (size_t)1 << 16) {
      capacity = capacity * 3 / 2 + ((size_t)1 << 18);
      uint8_t *grown = realloc(child->bytes, capacity);
      if (grown == NULL) return HG_CHILD_MEMORY;
      child->bytes = grown;
    }
    int64_t left = deadline - milliseconds();
    if (left <= 0) return HG_CHILD_LATE;
    struct pollfd wait = {.fd = from, .events = POLLIN};
    int ready = poll(&wait, 1, left > 1000 ? 1000 : (int)left);
    if (ready < 0 && errno != EINTR) return HG_CHILD_FAILED;
    if (ready <= 0) continue;
    ssize_t count = read(from, child->bytes + child->size, capacity - child->size);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return HG_CHILD_FAILED;
    if (count == 0) return HG_CHILD_OK;
    child->size += (size_t)count;
    if (child->size > limit) return HG_CHILD_TOO_LONG;
  }
}

hg_child_status hg_child_run(const char *program, char *const arguments[], size_t limit,
                             int32_t seconds, hg_child *child) {
  *child = (hg_child){0};
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return HG_CHILD_FAILED;
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  // First the pipe, which may have the number of an input that is closed.
  posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
  pid_t process;
  int problem = posix_spawn(&process, program, &actions, NULL, arguments, environ);
  posix_spawn_file_actions_destroy(&actions);
  close(ends[1]);
  if (problem != 0) {
    close(ends[0]);
    return HG_CHILD_FAILED;
  }
  int64_t deadline = milliseconds() + (int64_t)seconds * 1000;
  hg_child_status status = read_all(ends[0], limit, deadline, child);
  close(ends[0]);
  if (status != HG_CHILD_OK) kill(process, SIGKILL);
  int code = 0;
  for (;;) {
    // One that has closed its output may still go on.
    pid_t ended = waitpid(process, &code, status == HG_CHILD_OK ? WNOHANG : 0);
    if (ended == process) break;
    if (ended < 0 && errno != EINTR) {
      // Nobody knows how it ended.
      if (status == HG_CHILD_OK) status = HG_CHILD_FAILED;
      break;
    }
    if (status != HG_CHILD_OK) continue;
    if (milliseconds() > deadline) {
      status = HG_CHILD_LATE;
      kill(process, SIGKILL);
      continue;
    }
    struct timespec pause = {.tv_nsec = 5000000};
    nanosleep(&pause, NULL);
  }
  child->exit_code = WIFEXITED(code) ? WEXITSTATUS(code) : 128 + WTERMSIG(code);
  if (status == HG_CHILD_OK && child->exit_code != 0) status = HG_CHILD_FAILED;
  if (status != HG_CHILD_OK) hg_child_free(child);
  return status;
}
