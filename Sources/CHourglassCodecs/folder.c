#include "Folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>

static void describe(const struct stat *status, hg_entry *entry) {
  entry->kind = S_ISREG(status->st_mode)   ? HG_ENTRY_FILE
                : S_ISDIR(status->st_mode) ? HG_ENTRY_FOLDER
                                           : HG_ENTRY_OTHER;
  entry->size = (int64_t)status->st_size;
  entry->device = (uint64_t)status->st_dev;
  entry->inode = (uint64_t)status->st_ino;
#if defined(__APPLE__)
  const struct timespec modified = status->st_mtimespec;
#else
  const struct timespec modified = status->st_mtim;
#endif
  entry->modified = (int64_t)modified.tv_sec * 1000000000 + modified.tv_nsec;
}

int hg_entry_of(const char *path, hg_entry *entry) {
  struct stat status;
  memset(entry, 0, sizeof *entry);
  if (stat(path, &status) != 0) return errno;
  describe(&status, entry);
  return 0;
}

void hg_folder_free(hg_folder *folder) {
  for (size_t i = 0; i < folder->count; ++i) free(folder->entries[i].name);
  free(folder->entries);
  folder->entries = NULL;
  folder->count = 0;
}

static int append(hg_folder *folder, size_t *capacity, DIR *directory, const char *name) {
  if (folder->count == *capacity) {
    size_t larger = *capacity * 2 + 64;
    hg_entry *grown = realloc(folder->entries, larger * sizeof *grown);
    if (grown == NULL) return ENOMEM;
    folder->entries = grown;
    *capacity = larger;
  }
  hg_entry *entry = &folder->entries[folder->count];
  memset(entry, 0, sizeof *entry);
  entry->kind = HG_ENTRY_OTHER;
  entry->name = strdup(name);
  if (entry->name == NULL) return ENOMEM;
  folder->count += 1;
  struct stat status;
  // A link that leads nowhere is neither a file nor a folder.
  if (fstatat(dirfd(directory), name, &status, 0) == 0) describe(&status, entry);
  return 0;
}

int hg_folder_list(const char *path, hg_folder *folder) {
  memset(folder, 0, sizeof *folder);
  DIR *directory = opendir(path);
  if (directory == NULL) return errno;
  size_t capacity = 0;
  int reason = 0;
  while (reason == 0) {
    errno = 0;
    struct dirent *entry = readdir(directory);
    if (entry == NULL) {
      reason = errno;
      break;
    }
    if (entry->d_name[0] == '.') continue;
    reason = append(folder, &capacity, directory, entry->d_name);
  }
  closedir(directory);
  if (reason != 0) hg_folder_free(folder);
  return reason;
}

int hg_file_lock(int descriptor) {
  while (flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EINTR) return errno;
  }
  return 0;
}
