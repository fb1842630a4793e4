GO ?= go
PKGS = ./...
FUZZTIME ?= 30s
# Without the system's C library a start is 1-2 ms shorter and each of devgate's
# two processes 2 MB smaller.
STATIC = CGO_ENABLED=0
# Each cell waits more than it works, so there may be more of them than cores.
SURVIVORS = $(GO) test -count=1 -run '^TestNobodySurvives$$' -parallel 12

# Not run once more as Windows programs: what computes alone, or belongs to Unix, and
# what has to be made true for Windows first. Single tests are in .ci/wine/skipped.
ANYWHERE = internal/(bench|dashboard|detect/.*|draft.*|e2e|event|guard|routes|testport|testrequest|words)|procfile/.*|proxy/message
NOT_YET = internal/(checkout|gitignore|watch)
WATCH_ON_WINDOWS = TestCaseTellsNoFilesApart|TestAnswersOfTheSystem|TestFolderThatGoesIsTold|TestRecursiveEnds|TestWatcherAsksRecursively

.PHONY: help build install check lint arrows test race cross wine fuzz e2e soak bench demo dist dist-check picture clean

help: ## show this list
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 10

build: ## build ./devgate
	$(STATIC) $(GO) build -o devgate .

install: ## install devgate into Go's bin folder
	$(STATIC) $(GO) install .

check: lint race cross ## everything that must hold; needs only Go, git, make and a C compiler

lint: ## gofmt, vet, tidy
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { gofmt -l $$(git ls-files '*.go'); echo "run gofmt -w on these"; exit 1; }
	$(GO) vet $(PKGS)
	$(GO) mod tidy -diff

test: ## all tests, quickly
	$(GO) test $(PKGS)

race: ## all tests under the race detector
	$(GO) test -race -timeout 25m $(PKGS)

cross: ## build for every system that devgate supports
	@for os in linux darwin windows; do for arch in amd64 arm64; do \
	  echo "build $$os/$$arch"; GOOS=$$os GOARCH=$$arch $(GO) build -o /dev/null . || exit 1; \
	  GOOS=$$os GOARCH=$$arch $(GO) vet $(PKGS) || exit 1; done; done

wine: ## tests as Windows programs, under Wine; on Debian as root installs what is missing
	GO=$(GO) .ci/wine/test $$($(GO) list ./proxy/... ./internal/... ./procfile/... ./supervisor/... | grep -vE '/($(ANYWHERE)|$(NOT_YET))$$')
	GO=$(GO) .ci/wine/test -run '^($(WATCH_ON_WINDOWS))$$' ./internal/watch
	GO=$(GO) .ci/wine/console

fuzz: ## run every fuzz target for FUZZTIME (30s)
	@for f in $$(grep -rlE '^func Fuzz' --include='*_test.go' .); do \
	  for name in $$(sed -nE 's/^func (Fuzz[A-Za-z0-9]+).*/\1/p' $$f); do \
	    echo "$$name in $$(dirname $$f)"; $(GO) test -run '^$$' -fuzz "^$$name$$" -fuzztime $(FUZZTIME) $$(dirname $$f) || exit 1; done; done

e2e: ## real servers behind a real devgate, in a real terminal
	$(GO) test -count=1 -timeout 25m -tags e2e ./internal/e2e/...

soak: ## 100 rounds of every way to end devgate under every kind of child; 1,000 random histories
	SURVIVOR_ROUNDS=100 $(SURVIVORS) -timeout 90m ./internal/cli
	DEVGATE_TRIALS=1000 $(GO) test -count=1 -timeout 30m -tags e2e -run '^TestRandomHistories$$' ./internal/e2e
	DEVGATE_TRIALS=400 $(GO) test -count=1 -timeout 30m -run '^TestRandomHistories$$' ./internal/buildoutput

bench: ## figures as ratios against a reference in the same run
	$(GO) test -run '^$$' -bench . -benchtime 2s -timeout 30m ./internal/bench/... ./proxy/... ./internal/logmux/... ./internal/watch/...

demo: build ## the example that needs only Go
	./devgate up -f examples/hello/Devgatefile

dist: ## what a release consists of, in dist: of the tag of this commit, or VERSION=1.2.3
	GO=$(GO) .ci/release $(VERSION)

dist-check: ## build it twice, compare, and install and try each part; needs node and npm, and on Debian as root installs the rest
	$(GO) -C .ci/dist vet ./...
	$(GO) -C .ci/dist test -count=1 -timeout 60m ./...

picture: build ## record a session of examples/hello for README.md; needs bash and the ports 3000, 3001, 4001, 4002
	$(GO) -C .ci/dist run ./picture -devgate $(CURDIR)/devgate -example $(CURDIR)/examples/hello -out $(CURDIR)/docs

clean: ## remove what was built
	rm -rf devgate dist examples/*/.devgate examples/*/node_modules
