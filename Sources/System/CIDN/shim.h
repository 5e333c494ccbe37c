#ifndef ISTHMUS_CIDN_SHIM_H
#define ISTHMUS_CIDN_SHIM_H
#include <idn2.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unicase.h>
#include <unictype.h>
#include <uninorm.h>

/* The forms UNINORM_NFC and UNINORM_NFKC are macros over an incomplete type, which Swift does not import. */

/* Writes the NFC form; the result is `buffer` when it fits into *length code points, else malloc'ed, or NULL. */
static inline uint32_t *isthmus_nfc(const uint32_t *source, size_t count, uint32_t *buffer, size_t *length) {
    return u32_normalize(UNINORM_NFC, source, count, buffer, length);
}

/* Whether NFKC changes the code point. No code point grows beyond 18; a failed call counts as a change. */
static inline bool isthmus_has_compatibility_form(uint32_t point) {
    uint32_t buffer[32];
    size_t length = 32;
    uint32_t *result = u32_normalize(UNINORM_NFKC, &point, 1, buffer, &length);
    if (result == NULL) {
        return true;
    }
    bool same = length == 1 && result[0] == point;
    if (result != buffer) {
        free(result);
    }
    return !same;
}

/* The general category as a bit mask (UC_CATEGORY_MASK_*); the struct itself holds an anonymous union. */
static inline uint32_t isthmus_general_category(uint32_t point) {
    return uc_general_category(point).bitmask;
}

/* The decomposition of a fullwidth or halfwidth code point, or the code point itself. */
static inline uint32_t isthmus_width_mapped(uint32_t point) {
    int tag = -1;
    ucs4_t buffer[UC_DECOMPOSITION_MAX_LENGTH];
    int count = uc_decomposition(point, &tag, buffer);
    return count == 1 && (tag == UC_DECOMP_WIDE || tag == UC_DECOMP_NARROW) ? buffer[0] : point;
}

/* The scripts that contextual rules ask for: 1 Greek, 2 Hebrew, 3 Hiragana, Katakana or Han, else 0. */
static inline int isthmus_contextual_script(uint32_t point) {
    const uc_script_t *script = uc_script(point);
    if (script == NULL) {
        return 0;
    }
    if (strcmp(script->name, "Greek") == 0) {
        return 1;
    }
    if (strcmp(script->name, "Hebrew") == 0) {
        return 2;
    }
    if (strcmp(script->name, "Hiragana") == 0 || strcmp(script->name, "Katakana") == 0
        || strcmp(script->name, "Han") == 0) {
        return 3;
    }
    return 0;
}

#endif
