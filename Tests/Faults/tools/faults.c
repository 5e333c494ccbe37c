/* Loaded before the C library of one process (LD_PRELOAD): its disk fails and its clock steps as a file says.
 *
 * ISTHMUS_FAULTS names that file, mapped into memory: what writing into the folder ISTHMUS_FAULTS_BELOW fails with, what
 * syncing fails with (errno values, 0 for neither), and how far the wall clock is off in nanoseconds. The monotonic
 * clock is never touched: a step of the wall clock is just that.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

struct orders {
    volatile int32_t writing;
    volatile int32_t syncing;
    volatile int64_t offset;
};

static struct orders none;
static struct orders *orders = &none;
static const char *below = "/nowhere/";

__attribute__((constructor)) static void begin(void) {
    const char *name = getenv("ISTHMUS_FAULTS"), *folder = getenv("ISTHMUS_FAULTS_BELOW");
    int file = name ? open(name, O_RDONLY | O_CLOEXEC) : -1;
    if (file < 0) return;
    void *mapped = mmap(NULL, sizeof(struct orders), PROT_READ, MAP_SHARED, file, 0);
    close(file);
    if (mapped != MAP_FAILED) orders = mapped;
    if (folder) below = folder;
}

/* Whether a descriptor leads into the folder. Asked only while a fault is ordered. */
static int meant(int file) {
    char link[64], path[PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return strncmp(path, below, strlen(below)) == 0;
}

#define REAL(name) \
    static __typeof__(&name) real; \
    if (!real) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

#define FAIL(error, file) \
    int32_t wanted = (error); \
    if (wanted && meant(file)) { \
        errno = wanted; \
        return -1; \
    }

ssize_t pwrite64(int file, const void *bytes, size_t count, off64_t offset) {
    FAIL(orders->writing, file);
    REAL(pwrite64);
    return real(file, bytes, count, offset);
}

ssize_t pwrite(int file, const void *bytes, size_t count, off_t offset) {
    FAIL(orders->writing, file);
    REAL(pwrite);
    return real(file, bytes, count, offset);
}

ssize_t write(int file, const void *bytes, size_t count) {
    FAIL(orders->writing, file);
    REAL(write);
    return real(file, bytes, count);
}

int fdatasync(int file) {
    FAIL(orders->syncing, file);
    REAL(fdatasync);
    return real(file);
}

int fsync(int file) {
    FAIL(orders->syncing, file);
    REAL(fsync);
    return real(file);
}

int clock_gettime(clockid_t clock, struct timespec *time) {
    if (syscall(SYS_clock_gettime, clock, time) != 0) return -1;
    int64_t offset = orders->offset;
    if (offset && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) {
        int64_t whole = (int64_t)time->tv_sec * 1000000000 + time->tv_nsec + offset;
        time->tv_sec = whole / 1000000000;
        time->tv_nsec = whole % 1000000000;
    }
    return 0;
}

int gettimeofday(struct timeval *time, void *zone) {
    (void)zone;
    struct timespec now;
    if (clock_gettime(CLOCK_REALTIME, &now) != 0) return -1;
    time->tv_sec = now.tv_sec;
    time->tv_usec = now.tv_nsec / 1000;
    return 0;
}

time_t time(time_t *result) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (result) *result = now.tv_sec;
    return now.tv_sec;
}
