#ifndef ISTHMUS_CSQLITE_SHIM_H
#define ISTHMUS_CSQLITE_SHIM_H
#include <sqlite3.h>

/* The functions wrapped here take variable arguments, which Swift does not import. */

static inline int isthmus_sqlite_disable_memory_statistics(void) {
    return sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

static inline int isthmus_sqlite_set_defensive(sqlite3 *database) {
    return sqlite3_db_config(database, SQLITE_DBCONFIG_DEFENSIVE, 1, (int *)0);
}
#endif
