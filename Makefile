# swift-reactor
# SPDX-License-Identifier: Apache-2.0

.PHONY: run test check format

run:
	./Scripts/run

test:
	./Scripts/test

check:
	./Scripts/check

format:
	./Scripts/format
