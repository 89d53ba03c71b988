# intent_fdw: the Leadpipe intent API as PostgreSQL tables
#
#   make && make install    build and install (needs the server headers, libcurl, jansson)
#   make demo               from a bare Debian to an answered query, leaving nothing behind
#   make check              every test, in a private cluster with a private simulator
#   make bench              what reading costs, against a bare client and others (10 to 20 minutes)
#   make installcheck       the regression tests against an installed extension and a running server

EXTENSION = intent_fdw
MODULE_big = intent_fdw
# the release; the version in SQL (intent_fdw.control) is its major and minor
EXTVERSION = 1.1.0
OBJS = $(patsubst %.c,%.o,$(wildcard src/*.c))
DATA = $(wildcard sql/intent_fdw--*.sql)
SHLIB_LINK = -lcurl -ljansson

# make WERROR= builds with a compiler that warns of more than ours do
WERROR ?= -Werror
PG_CPPFLAGS = -Isrc -DINTENT_VERSION='"$(EXTVERSION)"'
PG_CFLAGS = -Wall -Wextra $(WERROR) -Wno-unused-parameter -Wno-sign-compare -Wno-missing-field-initializers
override with_llvm := no

# Each test gets a simulator of its own from the launcher. pg_regress finds ./expected and test/sql.
REGRESS = $(patsubst test/sql/%.sql,%,$(wildcard test/sql/*.sql))
REGRESS_OPTS = --inputdir=test --launcher=$(CURDIR)/test/bin/with-simulator
REGRESS_PREP = simulator
EXTRA_CLEAN = build test/simulator/obj test/simulator/intent_simulator results regression.diffs regression.out intent_fdw-$(EXTVERSION).zip intent_fdw-$(EXTVERSION).tar.gz

# These need no PostgreSQL headers: they install what is missing and work in a private copy of the tree.
TOOLS = demo check matrix package lint indent typedefs bench fuzz simulator accept dist

PG_CONFIG ?= pg_config
GOALS = $(or $(MAKECMDGOALS),all)
ifneq ($(filter-out $(TOOLS),$(GOALS)),)
ifneq ($(shell command -v $(PG_CONFIG)),)
PGXS := $(shell $(PG_CONFIG) --pgxs)
include $(PGXS)
$(OBJS): $(wildcard src/*.h)
else
all install installcheck:
	@echo '$(PG_CONFIG) not found: run test/bin/install-packages build, or set PG_CONFIG' >&2; exit 1
clean:
	rm -rf $(OBJS) intent_fdw.so $(EXTRA_CLEAN)
endif
endif

.PHONY: $(TOOLS)

demo:
	@test/bin/demo

# PGXS has a check of its own, which only says that there is none
ifneq ($(filter check,$(GOALS)),)
check:
	@test/bin/run-tests
endif

matrix:
	@test/bin/matrix

package:
	@test/bin/package

lint:
	@test/bin/lint

indent: typedefs
	@test/bin/indent

typedefs:
	@test/bin/typedefs

bench:
	@test/bench/run
	@test/bench/plot

# FUZZ_SECONDS=n (60)
fuzz:
	@test/bin/fuzz $(FUZZ_SECONDS)

simulator:
	@mkdir -p build
	@$(MAKE) --no-print-directory -C test/simulator OUT=$(CURDIR)/build

# The outputs of the last make check become the expected ones: read the difference before you commit it.
accept:
	@for name in $(or $(TESTS),$(patsubst results/%.out,%,$(wildcard results/*.out))); do \
		test ! -e results/$$name.out || cp -v results/$$name.out expected/; \
	done
	@if test -d results/documents; then cp -rv results/documents/. .; fi
	@if test -d results/isolation; then cp -v results/isolation/*.out test/isolation/expected/; fi

# The release as PGXN wants it, and as Debian does
# REV=$$(git stash create): of the tree as it is
DIST = .
REV ?= HEAD
dist:
	for format in zip tar.gz; do \
		git archive --format=$$format --prefix=intent_fdw-$(EXTVERSION)/ -o $(DIST)/intent_fdw-$(EXTVERSION).$$format $(REV) || exit 1; \
	done
