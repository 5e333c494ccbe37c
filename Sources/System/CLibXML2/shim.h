#ifndef ISTHMUS_CLIBXML2_SHIM_H
#define ISTHMUS_CLIBXML2_SHIM_H
/* Debian's libxml2 headers pull in ICU's, which collide with Foundation's own. */
#include <libxml/xmlversion.h>
#undef LIBXML_ICU_ENABLED
#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <libxml/SAX2.h>
#include <libxml/xmlerror.h>
#include <libxml/dict.h>
#include <libxml/HTMLparser.h>
#include <libxml/xmlschemas.h>
#include <libxml/relaxng.h>
#endif
