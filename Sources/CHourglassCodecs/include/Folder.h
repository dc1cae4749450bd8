// The entries of a folder, with symbolic links followed.
#pragma once
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum { HG_ENTRY_FILE = 0, HG_ENTRY_FOLDER = 1, HG_ENTRY_OTHER = 2 } hg_entry_kind;

typedef struct {
  char *name;
  hg_entry_kind kind;
  int64_t size;
  // Together they tell whether two paths lead to one folder.
  uint64_t device;
  uint64_t inode;
  // When the contents were changed last, in nanoseconds since 1970.
  int64_t modified;
} hg_entry;

typedef struct {
  hg_entry *entries;
  size_t count;
} hg_folder;

// What a path leads to; 0, or the number of the reason why that cannot be told. The name is left out.
int hg_entry_of(const char *path, hg_entry *entry);

// Lists a folder, without the entries whose names begin with a point; 0, or the number of the reason
// why not. A folder that was listed must be freed.
int hg_folder_list(const char *path, hg_folder *folder);

void hg_folder_free(hg_folder *folder);

// Keeps other processes from locking an open file until it is closed; 0, or the number of the reason why
// not, which is EWOULDBLOCK where another one has locked it.
int hg_file_lock(int descriptor);

#ifdef __cplusplus
}
#endif
