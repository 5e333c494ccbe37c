#ifndef ISTHMUS_CMALLOC_SHIM_H
#define ISTHMUS_CMALLOC_SHIM_H
#include <malloc.h>

/* Swift's module of the C library leaves malloc.h out. The free pages of all heaps go back to the system. */
static inline void isthmus_give_back_free_memory(void) {
    malloc_trim(0);
}

#endif
