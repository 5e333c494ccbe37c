#ifndef ISTHMUS_CUNBOUND_SHIM_H
#define ISTHMUS_CUNBOUND_SHIM_H
#include <poll.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <unbound.h>
#include <unistd.h>

/* The flags of eventfd are an enumeration of their own, which Swift imports under another type than the argument's. */
static inline int isthmus_wakeup_open(void) {
    return eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
}

/* Makes the descriptor readable; a counter that is full is readable already. */
static inline void isthmus_wakeup_ring(int descriptor) {
    uint64_t one = 1;
    ssize_t written = write(descriptor, &one, sizeof one);
    (void)written;
}

static inline void isthmus_wakeup_clear(int descriptor) {
    uint64_t count;
    ssize_t taken = read(descriptor, &count, sizeof count);
    (void)taken;
}

static inline void isthmus_wakeup_close(int descriptor) {
    close(descriptor);
}

/* Waits until one of two descriptors is readable, or so many milliseconds; bit 0 and bit 1 say which is. */
static inline int isthmus_wait(int first, int second, int milliseconds) {
    struct pollfd watched[2] = {{first, POLLIN, 0}, {second, POLLIN, 0}};
    if (poll(watched, 2, milliseconds) <= 0) {
        return 0;
    }
    return (watched[0].revents ? 1 : 0) | (watched[1].revents ? 2 : 0);
}

static inline int isthmus_can_read(const char *file) {
    return access(file, R_OK) == 0;
}

/* Keeps the library from writing to standard error. */
static inline int isthmus_unbound_silence(struct ub_ctx *context) {
    return ub_ctx_debugout(context, (void *)0);
}
#endif
