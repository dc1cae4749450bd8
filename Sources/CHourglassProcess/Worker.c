#define _GNU_SOURCE
#include "Worker.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

// The words of a text with line feeds between them, as exec takes them; both are to be freed.
static char **words_of(const char *text, char **copy) {
  *copy = strdup(text);
  if (*copy == NULL) return NULL;
  size_t count = 1;
  for (const char *byte = text; *byte != 0; byte++) count += *byte == '\n';
  char **words = calloc(count + 1, sizeof *words);
  if (words == NULL) return NULL;
  char *rest = *copy;
  for (size_t i = 0; i < count; i++) words[i] = strsep(&rest, "\n");
  return words;
}

static void limit(int resource, uint64_t most) {
  if (most == 0) return;
  const struct rlimit limits = {.rlim_cur = (rlim_t)most, .rlim_max = (rlim_t)most};
  (void)setrlimit(resource, &limits);
}

// What the child does before it becomes the program: only calls that are allowed after a fork.
static void become(const char *program, char **words, const char *folder, int input, int output,
                   int errors, hg_worker_limits limits, int report) {
  setpgid(0, 0);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  const int numbers[] = {SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGCHLD};
  for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) signal(numbers[i], SIG_DFL);
  // A file that grows too large is an error of writing, which the program reports.
  signal(SIGXFSZ, SIG_IGN);
  limit(RLIMIT_DATA, limits.memory);
  limit(RLIMIT_FSIZE, limits.file);
  const struct rlimit nothing = {0};
  (void)setrlimit(RLIMIT_CORE, &nothing);
  if (chdir(folder) == 0 && dup2(input, 0) == 0 && dup2(output, 1) == 1 && dup2(errors, 2) == 2) {
    // What others opened without care must not be held open by the child.
    for (int other = 3; other < 4096; other++)
      if (other != report) (void)fcntl(other, F_SETFD, FD_CLOEXEC);
    execv(program, words);
  }
  const int32_t code = errno;
  (void)!write(report, &code, sizeof code);
  _exit(127);
}

int32_t hg_worker_start(const char *program, const char *arguments, const char *folder,
                        const char *output, const char *errors, hg_worker_limits limits,
                        hg_worker *worker) {
  *worker = (hg_worker){.process = -1, .life = -1, .answers = -1};
  int files[2] = {-1, -1}, life[2] = {-1, -1}, report[2] = {-1, -1}, answers[2] = {-1, -1};
  char *copy = NULL, **words = words_of(arguments, &copy);
  int32_t code = words == NULL ? ENOMEM : 0;
  if (code == 0) {
    if (output == NULL) {
      if (pipe2(answers, O_CLOEXEC) == 0) files[0] = answers[1];
    } else {
      files[0] = open(output, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    }
    files[1] = errors == NULL ? open("/dev/null", O_WRONLY | O_CLOEXEC)
                              : open(errors, O_WRONLY | O_CREAT | O_CLOEXEC | O_APPEND, 0600);
    if (files[0] < 0 || files[1] < 0 ||
        (output != NULL && (flock(files[0], LOCK_EX | LOCK_NB) != 0 || ftruncate(files[0], 0) != 0)) ||
        (errors != NULL && ftruncate(files[1], 0) != 0) || pipe2(life, O_CLOEXEC) != 0 ||
        pipe2(report, O_CLOEXEC) != 0)
      code = errno;
  }
  if (code == 0) {
    const pid_t process = fork();
    if (process == 0)
      become(program, words, folder, life[0], files[0], files[1], limits, report[1]);
    if (process < 0) code = errno;
    close(report[1]);
    report[1] = -1;
    // The pipe closes without a word when the child has become the program.
    if (process > 0) {
      int32_t problem = 0;
      ssize_t count;
      do count = read(report[0], &problem, sizeof problem);
      while (count < 0 && errno == EINTR);
      if (count == (ssize_t)sizeof problem) {
        code = problem;
        (void)waitpid(process, NULL, 0);
      } else {
        *worker = (hg_worker){.process = process, .life = life[1], .answers = answers[0]};
        life[1] = answers[0] = -1;
      }
    }
  }
  const int all[] = {files[0], files[1], life[0], life[1], report[0], report[1], answers[0]};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++)
    if (all[i] >= 0) close(all[i]);
  free(words);
  free(copy);
  return code;
}

int32_t hg_worker_ended(hg_worker *worker, int32_t *exit_code) {
  int status = 0;
  // -1 would wait for whichever other process ends.
  if (worker->process <= 0) return -1;
  const pid_t ended = waitpid(worker->process, &status, WNOHANG);
  if (ended == 0 || (ended < 0 && errno == EINTR)) return 0;
  if (worker->life >= 0) close(worker->life);
  if (worker->answers >= 0) close(worker->answers);
  worker->life = worker->answers = -1;
  worker->process = -1;
  if (ended < 0) return -1;
  *exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return 1;
}

int32_t hg_worker_send(const hg_worker *worker, const uint8_t *bytes, size_t size) {
  while (size > 0) {
    const ssize_t count = write(worker->life, bytes, size);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return errno;
    bytes += count;
    size -= (size_t)count;
  }
  return 0;
}

void hg_worker_signal(const hg_worker *worker, int32_t number) {
  if (worker->process > 0) kill(worker->process, number);
}

static void *wait_for_end(void *descriptor) {
  char byte;
  for (;;) {
    const ssize_t count = read((int)(intptr_t)descriptor, &byte, 1);
    if (count == 0 || (count < 0 && errno != EINTR)) _exit(137);
  }
}

void hg_worker_end_with(int32_t descriptor) {
  pthread_t thread;
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  pthread_attr_setstacksize(&attributes, (size_t)1 << 18);
  if (pthread_create(&thread, &attributes, wait_for_end, (void *)(intptr_t)descriptor) != 0)
    _exit(137);
  pthread_attr_destroy(&attributes);
}

int32_t hg_worker_is_left(int32_t descriptor) {
  struct pollfd end = {.fd = descriptor};
  return poll(&end, 1, 0) > 0 && (end.revents & (POLLHUP | POLLERR | POLLNVAL)) != 0;
}
