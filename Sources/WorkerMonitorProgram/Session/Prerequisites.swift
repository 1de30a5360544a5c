// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if Programs

internal import Glibc
internal import ProgramSupport
internal import Reactor
internal import WorkerMonitor

/// The parts of the system without which the program cannot supervise a job.
///
/// They may be missing in a chroot, in a container, or under a resource limit. The program checks
/// them before it creates a job, because a failure for such a reason says nothing about the command
/// of the job.
enum Prerequisites {
    /// The number of descriptors that the program and a job need, in addition to the open ones.
    static let descriptors = 24

    /// The smallest stack, in bytes, with which the program does not overflow it.
    private static let smallestStack: rlim_t = 256 * 1024

    /// A sentence about a stack that is too small, or `nil`.
    ///
    /// Check it first of all, because the other parts of the program need a larger stack.
    static var stackProblem: String? {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_STACK.rawValue), &limit) == 0,
            limit.rlim_cur < self.smallestStack
        else { return nil }
        return "The stack may have only \(limit.rlim_cur / 1024) KiB. Raise the limit to "
            + "\(self.smallestStack / 1024) KiB or more (ulimit -s, or LimitSTACK= of systemd)."
    }

    /// Returns a sentence about the first prerequisite that is missing, or `nil`.
    static func problem(_ streams: WorkerStreams) -> String? {
        self.descriptorProblem() ?? self.processFolderProblem() ?? self.nullDeviceProblem()
            ?? self.currentFolderProblem() ?? self.streamProblem(streams)
    }

    /// Opens as many descriptors as a job needs, and closes them again.
    private static func descriptorProblem() -> String? {
        var copies: [Int32] = []
        defer { for copy in copies { close(copy) } }
        while copies.count < self.descriptors {
            let copy = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0)
            if copy < 0 { return self.tooFewDescriptors(errno) }
            copies.append(copy)
        }
        return nil
    }

    private static func tooFewDescriptors(_ code: Int32) -> String {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        return
            "Too few files may be open: \(errorText(code)). The limit is \(limit.rlim_cur), and a "
            + "job needs \(self.descriptors) more than are open now. Raise the limit (ulimit -n, or "
            + "LimitNOFILE= of systemd)."
    }

    private static func processFolderProblem() -> String? {
        guard access("/proc/self/stat", R_OK) != 0 else { return nil }
        return "Cannot read /proc: \(errorText(errno)). The monitor needs it to find the processes "
            + "of a job. Mount it with: mount -t proc proc /proc"
    }

    private static func nullDeviceProblem() -> String? {
        var status = stat()
        // The null device has the major number 1 and the minor number 3 (null(4)).
        if stat("/dev/null", &status) == 0,
            status.st_mode & S_IFMT != S_IFCHR || status.st_rdev != 0x103
        {
            return "/dev/null is not the null device. Replace it: "
                + "rm /dev/null; mknod -m 666 /dev/null c 1 3"
        }
        let file = open("/dev/null", O_RDWR | O_CLOEXEC)
        guard file >= 0 else {
            return
                "Cannot open /dev/null: \(errorText(errno)). A job needs it as its input. Create "
                + "it with: mknod -m 666 /dev/null c 1 3"
        }
        close(file)
        return nil
    }

    private static func currentFolderProblem() -> String? {
        guard let path = getcwd(nil, 0) else {
            return "The current folder cannot be determined: \(errorText(errno)). It was probably "
                + "removed. Start the monitor in a folder that exists."
        }
        free(path)
        return nil
    }

    /// Opens the streams that the job will have, and closes them again.
    private static func streamProblem(_ streams: WorkerStreams) -> String? {
        do {
            try streams.childStreams.probe()
            return nil
        } catch {
            let advice = error.code == .terminal ? " The option --pipes needs no terminal." : ""
            return error.description + advice
        }
    }
}

#endif
