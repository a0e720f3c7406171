# Releases: what .goreleaser.yaml describes, built here. goreleaser is a large program: its first build takes
# minutes, and so do twelve builds of the tool, which is why `make test` does without all of this.

RELEASER := bin/goreleaser
SBOMS    := bin/cyclonedx-gomod
RELEASE  := PATH="$(CURDIR)/bin:$$PATH" $(RELEASER) release --clean
SNAPSHOT := $(RELEASE) --snapshot --skip=sign,docker

.PHONY: man
man: build ## write the manual pages to dist/man
	bin/apigw-sync man dist/man

.PHONY: release-check
release-check: $(RELEASER) ## check .goreleaser.yaml
	$(RELEASER) check --quiet

.PHONY: release-snapshot
release-snapshot: $(RELEASER) $(SBOMS) ## build all of a release into dist/, without a tag and without publishing
	$(SNAPSHOT)

.PHONY: release
release: $(RELEASER) $(SBOMS) ## build, sign and publish the release of the tag at hand; .github/workflows/release.yml does
	$(RELEASE)

.PHONY: test-release
test-release: release-snapshot ## install the packages that release-snapshot built, look at all of it, build it again and compare
	@cp dist/checksums.txt bin/checksums.first
	sh scripts/test-release.sh dist
	$(SNAPSHOT)
	cmp bin/checksums.first dist/checksums.txt
	@rm bin/checksums.first

$(RELEASER) $(SBOMS): bin/%: tools/%/go.mod tools/%/go.sum
	$(GO) build -C tools/$* -p 2 -o ../../bin/ tool
	@touch $@
