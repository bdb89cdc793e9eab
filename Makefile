# Parallel make would only let two parts compile the same things.
.NOTPARALLEL:
.DEFAULT_GOAL := help

# What is installed goes without Fyne's checks for calls from a wrong thread;
# the tests go with them.
TAGS := migrated_fynedo

.PHONY: help
help: ## say what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-18s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: run
run: ## install what is missing, build, and show Wherry on a server with sample files
	@.ci/system.sh run
	go build -tags $(TAGS) -o wherry .
	./wherry demo

.PHONY: build
build: ## build ./wherry, the window and the command line
	go build -tags $(TAGS) -o wherry .

.PHONY: headless
headless: ## build ./wherry as the command line alone, static, without a C compiler
	CGO_ENABLED=0 go build -tags headless -o wherry .

PREFIX ?= /usr/local

.PHONY: install
install: ## put the ./wherry that was built into PREFIX/bin, /usr/local/bin by default
	@test -x wherry || { echo "install: make build or make headless comes first" >&2; exit 1; }
	install -d $(DESTDIR)$(PREFIX)/bin
	install -m 755 wherry $(DESTDIR)$(PREFIX)/bin/wherry

.PHONY: fmt
fmt: ## format all Go files
	go tool gofumpt -w .

.PHONY: servers
servers: ## fetch the real FTP servers of the tests into a cache folder
	@.ci/servers.sh

# A person at a desk goes on without what could not be fetched: those tests
# say that they are skipped.
.PHONY: test-needs
test-needs:
	@.ci/system.sh test || [ "$$REQUIRE_SERVERS" != 1 ]
	@.ci/servers.sh || [ "$$REQUIRE_SERVERS" != 1 ]

.PHONY: test
test: test-needs ## install what the tests need and run everything
	@.ci/test.sh

.PHONY: test-format test-vet test-staticcheck test-headless test-layers test-unit
test-format: ## nothing that make fmt would change
test-vet: ## go vet
test-staticcheck: ## staticcheck
test-headless: ## the command line builds without cgo and Fyne
test-layers: ## packages import only what they may
test-unit: ## all tests with the race detector, as far as servers are there
test-format test-vet test-staticcheck test-headless test-layers test-unit:
	@.ci/test.sh $(@:test-%=%)

.PHONY: test-servers test-firewalls test-window
test-servers: test-needs ## what speaks FTP, against the real servers
test-firewalls: test-needs ## data connections behind real firewalls; needs root
test-window: test-needs ## the real window under Xvfb
test-servers test-firewalls test-window:
	@.ci/test.sh $(@:test-%=%)

.PHONY: bench
bench: ## compare with lftp and curl; BENCHFLAGS='-row far-put -rounds 2' for less
	@.ci/system.sh bench && .ci/servers.sh || echo "bench: going on with what is there"
	@mkdir -p build/bench
	CGO_ENABLED=0 go build -tags headless -o build/bench/wherry .
	CGO_ENABLED=0 go build -tags headless -o build/bench/bench ./sync/ftptest/cmd/bench
	@build/bench/bench -wherry build/bench/wherry $(BENCHFLAGS)
