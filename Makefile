# intent_fdw: the Leadpipe intent API as PostgreSQL tables
#
#   make && make install    build and install (needs the server headers, libcurl, jansson)
#   make demo               from a bare Debian to an answered query, leaving nothing behind
#   make check              every test, in a private cluster with a private simulator
#   make installcheck       the regression tests against an installed extension and a running server

EXTENSION = intent_fdw
MODULE_big = intent_fdw
EXTVERSION = 1.0.0
OBJS = $(patsubst %.c,%.o,$(wildcard src/*.c))
DATA = $(wildcard sql/intent_fdw--*.sql)
SHLIB_LINK = -lcurl -ljansson

# make WERROR= builds with a compiler that warns of more than ours do
WERROR = -Werror
PG_CPPFLAGS = -Isrc
PG_CFLAGS = -Wall -Wextra $(WERROR) -Wno-unused-parameter -Wno-sign-compare -Wno-missing-field-initializers
override with_llvm := no

# Each test gets a simulator of its own from the launcher. pg_regress finds ./expected and test/sql.
REGRESS = $(patsubst test/sql/%.sql,%,$(wildcard test/sql/*.sql))
REGRESS_OPTS = --inputdir=test --launcher=$(CURDIR)/test/bin/with-simulator
REGRESS_PREP = simulator
EXTRA_CLEAN = build test/simulator/obj test/simulator/intent_simulator results regression.diffs regression.out intent_fdw-$(EXTVERSION).zip

# These need no PostgreSQL headers: they install what is missing and work in a private copy of the tree.
TOOLS = demo check matrix lint indent typedefs bench simulator accept dist

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

lint:
	@test/bin/lint

indent: typedefs
	@test/bin/indent

typedefs:
	@test/bin/typedefs

bench:
	@test/bench/run

simulator:
	@mkdir -p build
	@$(MAKE) --no-print-directory -C test/simulator OUT=$(CURDIR)/build

# The outputs of the last make check become the expected ones: read the difference before you commit it.
accept:
	cp $(if $(TESTS),$(TESTS:%=results/%.out),results/*.out) expected/
	@if test -d results/isolation; then cp -v results/isolation/*.out test/isolation/expected/; fi

dist:
	git archive --format=zip --prefix=intent_fdw-$(EXTVERSION)/ -o intent_fdw-$(EXTVERSION).zip HEAD
