# `make` alone lists the targets. Nothing but Go, make, a POSIX shell and Node is needed, and Node is installed
# where it is missing: tools are pinned by the
# modules under tools/, and built from what the Go module proxy has.

GO       ?= go
FUZZTIME ?= 20s
BENCH    ?= .
PKG      ?= ./...
SDKTEST  := internal/emulator/sdktest
JUDGES   := internal/report/judges
SITE     := tools/site
RECIPES  := tools/release
MODULES  := . $(SDKTEST) $(JUDGES) $(SITE) $(RECIPES) tools/golangci-lint tools/actionlint
# A program with the race detector sleeps for a second before it ends, unless told otherwise; tests run hundreds.
RACE     := GORACE=atexit_sleep_ms=0
LINT     := bin/golangci-lint
ACTIONS  := bin/actionlint

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: build
build: ## build bin/apigw-sync
	$(GO) build -trimpath -o bin/ ./cmd/apigw-sync

.PHONY: test
test: ## run all tests with the race detector, those with the vendor's SDK and with parsers of report formats and an editor's language server too
	$(RACE) $(GO) test -race -timeout 25m $(PKG)
	$(RACE) $(GO) -C $(SDKTEST) test -race -timeout 5m ./...
	$(GO) -C $(JUDGES) test -timeout 5m ./...
	$(GO) -C $(SITE) test -count 1 -timeout 5m ./...
	$(GO) -C $(RECIPES) test -timeout 5m ./...
	$(MAKE) test-editor

.PHONY: race
race: ## hunt races: what runs concurrently, five times over
	$(RACE) $(GO) test -race -count 5 -timeout 30m ./internal/apply ./internal/emulator ./internal/fetch ./internal/reconcile ./internal/remote

.PHONY: lint
lint: $(LINT) $(ACTIONS) ## check style, imports, modules, scripts, CI recipes and that Windows has all that is used
	$(LINT) run ./...
	@for m in $(SDKTEST) $(JUDGES) $(SITE) $(RECIPES); do (cd $$m && $(CURDIR)/$(LINT) run --config $(CURDIR)/.golangci.yml ./...) || exit 1; done
	$(GO) run ./scripts/tidy $(MODULES)
	GOOS=windows $(GO) build -o /dev/null ./cmd/apigw-sync
	@for f in .ci/run scripts/*.sh examples/ci/scripts/*.sh; do sh -n $$f || exit 1; done
	@sh scripts/actions.sh

.PHONY: fmt
fmt: $(LINT) ## format the Go code, and write it as this version of Go does
	$(GO) fix ./...
	$(LINT) fmt ./...

.PHONY: fuzz
fuzz: ## fuzz each fuzz test for FUZZTIME (20s)
	@FUZZTIME=$(FUZZTIME) GO=$(GO) sh scripts/fuzz.sh

.PHONY: bench
bench: ## measure requests, time, processor time and memory; write docs/performance.md (takes minutes)
	$(GO) run ./tools/bench/perf

.PHONY: gobench
gobench: ## run the Go benchmarks that match BENCH (all), for benchstat
	$(GO) test -run '^$$' -bench '$(BENCH)' -benchmem -timeout 30m $(PKG)

.PHONY: golden
golden: ## write the expected outputs of tests anew; review the difference
	@GO=$(GO) sh scripts/golden.sh

.PHONY: docs
docs: ## write the reference pages of docs/ anew
	$(GO) test ./cmd/apigw-sync -run TestReferenceIsCurrent -update

.PHONY: site
site: ## make a static site of docs/ in dist/site
	$(GO) -C $(SITE) run . $(CURDIR)/docs $(CURDIR)/dist/site

.PHONY: schema
schema: ## write the JSON Schemas of desired-state files and of cases anew
	@for s in config cases; do \
		$(GO) run ./cmd/apigw-sync schema $$s > schema/$$s.schema.json.tmp && mv schema/$$s.schema.json.tmp schema/$$s.schema.json || exit 1; \
	done

.PHONY: cover
cover: ## measure how much of each package the tests reach, from anywhere
	$(GO) test -coverpkg=./... -coverprofile=cover.out -timeout 20m ./... > cover.txt || { cat cover.txt; exit 1; }
	@sh scripts/cover.sh cover.out
	@$(GO) tool cover -func=cover.out | tail -1

.PHONY: demo
demo: ## play diff, apply, a change by hand and its repair on the embedded emulator
	@$(GO) build -trimpath -o bin/ ./cmd/apigw-sync
	@sh scripts/demo/demo.sh

# Each tool is a module of its own, so that none can change what another is built from.
$(LINT) $(ACTIONS): bin/%: tools/%/go.mod tools/%/go.sum
	$(GO) build -C tools/$* -o ../../bin/ tool
	@touch $@

include mk/web.mk
include mk/editor.mk
include mk/release.mk
