#ifndef ISTHMUS_CZLIB_SHIM_H
#define ISTHMUS_CZLIB_SHIM_H
#include <zlib.h>
#endif
