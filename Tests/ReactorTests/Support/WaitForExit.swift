// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Waits, without the reactor, until a child of this thread has exited; leaves it unreaped.
func waitForAnyChildToExit() {
    var information = siginfo_t()
    let ofThisThread = Int32(bitPattern: 0x2000_0000)  // __WNOTHREAD, wait(2)
    while waitid(P_ALL, 0, &information, WEXITED | WNOWAIT | ofThisThread) != 0, errno == EINTR {}
}

/// Reaps what a reactor that has gone left running, once it has exited.
func reapChildrenOfThisThread() {
    var status: Int32 = 0
    let ofThisThread = Int32(bitPattern: 0x2000_0000)
    while waitpid(-1, &status, ofThisThread) > 0 || errno == EINTR {}
}
