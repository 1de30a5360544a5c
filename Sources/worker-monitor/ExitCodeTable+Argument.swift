// swift-reactor
// SPDX-License-Identifier: Apache-2.0

public import ArgumentParser
public import WorkerMonitor

/// `--exit-codes plain` and `--exit-codes import`.
extension ExitCodeTable: ExpressibleByArgument {}
