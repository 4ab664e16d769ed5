# make demo   one peer pod's whole life on this machine        make demo ARGS='--pods 20 --output json'
# make test   every check and test                              make bench   ours against a reference, in one run
# make chaos  each process killed at each step of a pod's life  make fuzz    longer than the tests do
.DEFAULT_GOAL := help
NODE := node_modules/.bin/node
# Where ip, tc and nft are when an ordinary user has no sbin, and where Go and Rust put themselves.
export PATH := $(PATH):/usr/sbin:/sbin:/usr/local/go/bin:$(HOME)/.cargo/bin
# Set FILES to run some of the tests only: make test-files FILES='src/codec/**/*.test.ts'
FILES ?= $(WORKER_TESTS) $(OTHER_TESTS) $(LATER_TESTS)
# Two lanes, each one file at a time: those that need many processes, which would starve each other, and beside them the rest.
# Whole workers come after that, when hardly an API server runs any more.
WORKER_TESTS := 'test/{cluster,integration}/**/*.test.ts'
LATER_TESTS := 'test/e2e/**/*.test.ts'
OTHER_TESTS = 'test/{docs,fuzz,interop,netns,simulation}/**/*.test.ts' 'test/*.test.ts' 'src/**/*.test.ts' \
	'native/**/*.test.ts' 'dev/**/*.test.ts' 'podvm/*.test.ts' 'providers/**/*.test.ts' $(PROVIDER_TESTS)
# Tests that boot machines, in emulation where there is no KVM, take minutes: make test-podvm.
PODVM_TESTS := $(wildcard test/podvm/*.test.ts test/providers/qemu*.test.ts test/providers/libvirt-qemu.test.ts)
PROVIDER_TESTS := $(filter-out $(PODVM_TESTS),$(wildcard test/providers/*.test.ts))

# make image  the container image of all daemons               make image TARGET=libvirt TAG=registry.example/peerpods:1
# make podvm  the pod VM's image                               make podvm AGENT=/path/to/kata-agent
.PHONY: help build demo podvm image test-image chaos test test-podvm test-worker test-others test-files check bench fuzz format clean

help:
	@sed -n 's/^# //p' Makefile

node_modules/.installed: package.json package-lock.json $(wildcard native/package.json providers/*/package.json)
	# Not `npm ci`: it refuses a lock file without the optional binaries of other platforms.
	npm install --no-save --no-audit --no-fund --loglevel=error
	@$(NODE) --version >/dev/null || { echo "the npm package 'node' brought no runtime: allow its install script"; exit 1; }
	@touch $@

build: node_modules/.installed
	sh native/build.sh

# What the build says goes to stderr: stdout is the demo's.
demo:
	@$(MAKE) --no-print-directory build >&2
	@$(NODE) dev/demo/main.ts $(ARGS)

podvm: build
	sh podvm/system-packages.sh
	$(NODE) podvm/main.ts --agent '$(AGENT)' --agent-sha256 '$(AGENT_SHA256)'

image:
	sh image/build.sh

# The image as it was built: every program of it, and a pod's life with its daemons.
test-image: build image
	PEERPODS_IMAGE=$${TAG:-localhost/peerpods:dev} $(MAKE) --no-print-directory test-files FILES=test/image/built-image.test.ts

check: node_modules/.installed
	node_modules/.bin/tsc --noEmit
	node_modules/.bin/biome check --error-on-warnings .

test: build
	sh test/system-packages.sh
	sh test/providers/install-moto.sh
	sh test/providers/install-vcsim.sh || echo 'tests that need it skip'
	sh test/providers/install-plugin-python.sh || echo 'tests that need it skip'
	sh test/cluster/install-kubernetes.sh || echo 'tests that need it skip'
	sh test/cluster/install-helm.sh || echo 'tests that need it skip'
	sh test/providers/install-vendor-models.sh || echo 'tests that need them skip'
	$(MAKE) --no-print-directory check
	$(MAKE) --no-print-directory --keep-going --jobs=2 test-worker test-others

test-worker:
	@$(MAKE) --no-print-directory test-files FILES="$(WORKER_TESTS)"

test-others:
	@failed=0; \
	$(MAKE) --no-print-directory test-files FILES="$(OTHER_TESTS)" || failed=1; \
	$(MAKE) --no-print-directory test-files FILES="$(LATER_TESTS)" || failed=1; \
	exit $$failed

test-files: export NODE_COMPILE_CACHE ?= $(CURDIR)/node_modules/.cache/node-compile
test-files:
	$(NODE) --test --test-concurrency=1 --test-timeout=300000 $(FILES)

# Needs root, and downloads a kernel and QEMU from Debian.
test-podvm: podvm
	$(MAKE) --no-print-directory test-files FILES='$(PODVM_TESTS)'

# Its output is its own: the build speaks on stderr.
chaos:
	@$(MAKE) --no-print-directory build >&2
	@$(NODE) dev/chaos/main.ts $(ARGS)

fuzz: build
	$(NODE) test/fuzz/main.ts

bench: build
	@$(MAKE) --no-print-directory podvm >&2 || echo 'no pod VM image: P12 is not measured' >&2
	$(NODE) test/bench/main.ts $(ARGS)

format: node_modules/.installed
	node_modules/.bin/biome check --write .

clean:
	rm -rf node_modules native/build
