/* What SQLite's library can do and the server does not ask for: full-text search, R-trees, trigonometry in
   SQL. The library names these functions in lists; as they are here, the linker leaves out its own, and half
   a megabyte behind them. Whoever comes to need one of them takes it out of this file: called, it ends the
   process. */
#include <stdlib.h>

#define UNUSED_EXTENSION(name) \
  int name(void* database);    \
  int name(void* database) {   \
    (void)database;            \
    return 0; /* SQLITE_OK */  \
  }
#define UNUSED_FUNCTION(name)            \
  _Noreturn double name(double number);  \
  _Noreturn double name(double number) { \
    (void)number;                        \
    abort();                             \
  }

UNUSED_EXTENSION(sqlite3Fts3Init)
UNUSED_EXTENSION(sqlite3Fts5Init)
UNUSED_EXTENSION(sqlite3RtreeInit)

UNUSED_FUNCTION(acos)
UNUSED_FUNCTION(acosh)
UNUSED_FUNCTION(asin)
UNUSED_FUNCTION(asinh)
UNUSED_FUNCTION(atan)
UNUSED_FUNCTION(atanh)
UNUSED_FUNCTION(cos)
UNUSED_FUNCTION(cosh)
UNUSED_FUNCTION(sin)
UNUSED_FUNCTION(sinh)
UNUSED_FUNCTION(tan)
UNUSED_FUNCTION(tanh)

_Noreturn double atan2(double y, double x);
_Noreturn double atan2(double y, double x) {
  (void)y;
  (void)x;
  abort();
}
