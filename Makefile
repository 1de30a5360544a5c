# swift-reactor
# SPDX-License-Identifier: Apache-2.0

.PHONY: run test check format bench bench-peers

run:
	./Scripts/run

test:
	./Scripts/test

check:
	./Scripts/check

format:
	./Scripts/format

bench:
	./Scripts/bench

bench-peers:
	./Scripts/bench-peers
