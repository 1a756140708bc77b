.DEFAULT_GOAL := help
BINARY  := bin/telegraf-icecast-wowza
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null)

SPAN     ?= 10m
FUZZTIME ?= 10m
FUZZ     := internal/xmldoc:FuzzAgainstEncodingXML plugins/inputs/icecast:FuzzListmounts plugins/inputs/icecast:FuzzStats \
	plugins/inputs/icecast:FuzzTime plugins/inputs/wowza:FuzzConnectionCounts internal/poll:FuzzChallenges internal/config:FuzzLoad internal/emit:FuzzLine

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: build
build: ## build the program into bin/
	CGO_ENABLED=0 go build -tags custom -trimpath -ldflags "-s -w -X main.version=$(VERSION)" -o $(BINARY) ./cmd/telegraf-icecast-wowza

.PHONY: demo
demo: ## poll emulated servers: see it work
	go run ./cmd/telegraf-icecast-wowza -demo

.PHONY: test
test: ## run the tests with the race detector
	go test -race -shuffle=on ./...

.PHONY: lint
lint: ## run golangci-lint
	golangci-lint run ./...
	cd e2e && golangci-lint run --config ../.golangci.yml ./...
	cd deploy/packages && golangci-lint run --config ../../.golangci.yml ./...
	cd bench && golangci-lint run --config ../.golangci.yml --build-tags bench ./...

.PHONY: e2e
e2e: ## run the program against real Icecast, Telegraf and InfluxDB (Debian: icecast2 influxdb)
	cd e2e && go test -count=1 ./...

.PHONY: bench
bench: ## compare with encoding/xml, xpath and the like, in one run (run make e2e once before)
	cd bench && go run -tags bench .

.PHONY: image
image: ## build the container image of Telegraf with the plugin
	docker build --target telegraf --build-arg VERSION=$(VERSION) -t telegraf-icecast-wowza .

.PHONY: packages
packages: ## build archives, deb, rpm, SBOM and checksums into dist/
	cd deploy/packages && go run . -version $(patsubst v%,%,$(VERSION)) -out ../../dist

.PHONY: soak
soak: ## run beside 200 servers that break, SPAN=10m (also needs Telegraf, which it builds)
	cd e2e && SOAK=$(SPAN) go test -run Soak -count=1 -timeout 0 -v .

.PHONY: fuzz
fuzz: ## fuzz every target for FUZZTIME=10m
	@for target in $(FUZZ); do \
		go test ./$${target%:*} -run xxx -fuzz "$${target#*:}\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 2s || exit 1; \
	done

.PHONY: mutate
mutate: ## mutation testing of the packages that parse, observe and poll (needs gremlins)
	@for package in internal/xmldoc internal/stream internal/poll internal/emit internal/fleet; do \
		gremlins unleash --timeout-coefficient 10 ./$$package || exit 1; \
	done

.PHONY: docs
docs: ## bring the metric tables of the documentation up to date
	go test ./internal/schema ./internal/faults -run Documentation -update

.PHONY: cover
cover: ## report the coverage of plugins/ and internal/
	go test -coverpkg=./internal/...,./plugins/... -coverprofile=coverage.out ./...
	go tool cover -func=coverage.out | tail -1
