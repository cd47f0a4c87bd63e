/* Preloaded into a process: stops it at the n-th step that it takes on its database files, or fills the disk
   from that step on. A step is a write, a truncation, a sync or a removal of the database, its WAL, the WAL's
   index or its rollback journal. The test tells what to do in a file that both map. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

struct control {
  _Atomic int64_t armed;        /* 0: nothing is counted; 1: all steps are; 2: those on the database itself */
  _Atomic int64_t steps;        /* so far */
  _Atomic int64_t stop_at;      /* the process ends in place of this step; 0: never */
  _Atomic int64_t torn;         /* 1: half of the write at this step is done before */
  _Atomic int64_t full_from;    /* from this step on no file grows but the WAL's index; 0: never */
  _Atomic int64_t nothing_fits; /* 1: then no write succeeds at all */
};

static struct control* control;
static const char* database;

__attribute__((constructor)) static void begin(void) {
  const char* path = getenv("STOP_AT_STEP_CONTROL");
  database = getenv("STOP_AT_STEP_DATABASE");
  if (path == NULL || database == NULL) return;
  const int file = open(path, O_RDWR | O_CLOEXEC);
  if (file < 0) abort();
  void* mapped = mmap(NULL, sizeof(struct control), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  if (mapped == MAP_FAILED) abort();
  control = mapped;
  close(file);
}

enum { uncounted = 0, counted, counted_index };

static int counts(const char* path) {
  if (control == NULL || control->armed == 0) return uncounted;
  const size_t length = strlen(database);
  if (strncmp(path, database, length) != 0) return uncounted;
  const char* suffix = path + length;
  if (*suffix == '\0') return counted;
  if (control->armed != 1) return uncounted;
  if (strcmp(suffix, "-shm") == 0) return counted_index;
  return strcmp(suffix, "-wal") == 0 || strcmp(suffix, "-journal") == 0 ? counted : uncounted;
}

static int counts_file(int file) {
  if (control == NULL || control->armed == 0) return uncounted;
  char link[64], path[PATH_MAX];
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  const ssize_t size = readlink(link, path, sizeof path - 1);
  if (size < 0) return uncounted;
  path[size] = '\0';
  return counts(path);
}

static void end_process(void) {
  kill(getpid(), SIGKILL);
  for (;;) pause();
}

/* True: this is the step at which the process ends. */
static int stops_now(void) {
  const int64_t step = ++control->steps;
  return step == control->stop_at;
}

static int fits(int kind, int file, off_t end) {
  if (control->full_from == 0 || control->steps < control->full_from) return 1;
  struct stat info;
  return !control->nothing_fits &&
         (kind == counted_index || (fstat(file, &info) == 0 && end <= info.st_size));
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static ssize_t step_pwrite(__typeof__(&pwrite64) real, int file, const void* bytes, size_t size, off_t at) {
  const int kind = counts_file(file);
  if (kind != uncounted) {
    if (stops_now()) {
      if (control->torn) real(file, bytes, size / 2, at);
      end_process();
    }
    if (!fits(kind, file, at + (off_t)size)) {
      errno = ENOSPC;
      return -1;
    }
  }
  return real(file, bytes, size, at);
}

ssize_t pwrite64(int file, const void* bytes, size_t size, off64_t at) {
  return step_pwrite(REAL(pwrite64), file, bytes, size, at);
}

ssize_t pwrite(int file, const void* bytes, size_t size, off_t at) {
  return step_pwrite(REAL(pwrite64), file, bytes, size, at);
}

ssize_t write(int file, const void* bytes, size_t size) {
  const int kind = counts_file(file);
  if (kind != uncounted) {
    if (stops_now()) {
      if (control->torn) REAL(write)(file, bytes, size / 2);
      end_process();
    }
    if (!fits(kind, file, lseek(file, 0, SEEK_CUR) + (off_t)size)) {
      errno = ENOSPC;
      return -1;
    }
  }
  return REAL(write)(file, bytes, size);
}

int ftruncate64(int file, off64_t size) {
  const int kind = counts_file(file);
  if (kind != uncounted) {
    if (stops_now()) end_process();
    if (!fits(kind, file, size)) {
      errno = ENOSPC;
      return -1;
    }
  }
  return REAL(ftruncate64)(file, size);
}

int ftruncate(int file, off_t size) {
  return ftruncate64(file, size);
}

/* It is the process that is stopped and not the machine, so nothing has to reach the disk. */
int fsync(int file) {
  if (counts_file(file) && stops_now()) end_process();
  return 0;
}

int fdatasync(int file) {
  return fsync(file);
}

int unlink(const char* path) {
  if (counts(path) && stops_now()) end_process();
  return REAL(unlink)(path);
}

int fstatfs64(int file, struct statfs64* info) {
  enum { nfs = 0x6969 };
  const int result = REAL(fstatfs64)(file, info);
  if (result == 0 && getenv("STOP_AT_STEP_NETWORK") != NULL) info->f_type = nfs;
  return result;
}

/* The two structures are one on machines of 64 bits. */
int fstatfs(int file, struct statfs* info) {
  return fstatfs64(file, (struct statfs64*)info);
}
