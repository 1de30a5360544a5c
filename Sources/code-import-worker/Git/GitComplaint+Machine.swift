// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import ProgramSupport

// Messages about this machine: its disks and permissions, and its limits.
extension GitComplaint {
    static let ofThisMachine = Self.ofSettings + Self.ofDisks + Self.ofLimits + Self.ofCrashes

    private static let ofDisks = [
        says(
            "No space left on device",
            example: "fatal: write error: No space left on device",
            .machineFault,
            "The disk of the mirror is full. Free some space."
        ),
        says(
            "Disk quota exceeded",
            example: "fatal: write error: Disk quota exceeded",
            .machineFault,
            "The disk quota of the mirror's owner is exhausted. Free some space, or raise "
                + "the quota."
        ),
        says(
            "Read-only file system",
            example: "/srv/mirrors/w: Read-only file system",
            .machineFault,
            "The file system of the mirror is read-only."
        ),
        says(
            "File too large",
            example: "fatal: write error: File too large",
            .machineFault,
            "A file would exceed the size limit of this process or of the file system. "
                + "Raise the limit (ulimit -f)."
        ),
        says(
            "Input/output error",
            example: "error: unable to open /m.git/packed-refs: Input/output error",
            .machineFault,
            "A disk of this machine reports errors."
        ),
        says(
            "Structure needs cleaning",
            example: "error: unable to open /m.git/packed-refs: Structure needs cleaning",
            .machineFault,
            "The file system of the mirror is damaged. Check it with fsck."
        ),
        says(
            "Stale file handle",
            example: "error: unable to open /m.git/packed-refs: Stale file handle",
            .machineFault,
            "The network file system of the mirror has lost a file. Mount it again."
        ),
        says(
            "insufficient permission for adding an object",
            example: "error: insufficient permission for adding an object to repository "
                + "database /m.git/objects",
            .machineFault,
            "The mirror belongs to another user. Change its owner to the user of the worker."
        ),
        says(
            "detected dubious ownership in repository at",
            example: "fatal: detected dubious ownership in repository at '/srv/project/.git'",
            .machineFault,
            "The repository belongs to another user, so git does not read it. Run the "
                + "worker as the owner, or run this as the worker's user: git config --global "
                + "--add safe.directory FOLDER"
        ),
        says(
            "fatal: ",
            ": Permission denied",
            Self.lineEnd,
            example: "fatal: cannot mkdir /srv/mirrors/x.git: Permission denied",
            .machineFault,
            "This user lacks a permission on this machine."
        ),
        says(
            "error: ",
            ": Permission denied",
            Self.lineEnd,
            example: "error: cannot lock ref 'refs/heads/main': Unable to create "
                + "'/m.git/refs/heads/main.lock': Permission denied",
            .machineFault,
            "This user lacks a permission on this machine."
        ),
        says(
            "Operation not permitted",
            example: "error: unable to unlink /m.git/packed-refs: Operation not permitted",
            .machineFault,
            "This machine does not permit an operation on the mirror."
        ),
        says(
            "Unable to create '",
            ".lock': File exists",
            example: "error: cannot lock ref 'refs/heads/main': Unable to create "
                + "'/m.git/refs/heads/main.lock': File exists.",
            .machineFault,
            "Another git process is working on the mirror."
        ),
    ]

    private static let ofLimits = [
        says(
            "Too many open files",
            example: "fatal: cannot open '/m.git/FETCH_HEAD': Too many open files",
            .machineFault,
            "The limit on open files is too low. Raise it (ulimit -n)."
        ),
        says(
            "unable to create ",
            "thread: ",
            example: "fatal: unable to create thread: Resource temporarily unavailable",
            .machineFault,
            "The limit on processes and threads is reached. Raise it (ulimit -u, TasksMax)."
        ),
        says(
            "cannot fork()",
            example: "error: cannot fork() for git-remote-http: Resource temporarily unavailable",
            .machineFault,
            "The limit on processes and threads is reached. Raise it (ulimit -u, TasksMax)."
        ),
        says(
            "Cannot allocate memory",
            example: "fatal: mmap failed: Cannot allocate memory",
            .machineFault,
            "The memory of this machine, or of this process, is exhausted."
        ),
        says(
            "ut of memory",
            example: "fatal: Out of memory, malloc failed (tried to allocate 1073741824 bytes)",
            .machineFault,
            "The memory of this machine, or of this process, is exhausted."
        ),
        says(
            "died of signal 9",
            Self.lineEnd,
            example: "error: index-pack died of signal 9",
            .machineFault,
            "A process of git was killed, possibly because memory ran out."
        ),
        says(
            "died of signal 15",
            Self.lineEnd,
            example: "error: index-pack died of signal 15",
            .machineFault,
            "A process of git was ended by another program of this machine."
        ),
        says(
            "died of signal 24",
            Self.lineEnd,
            example: "error: index-pack died of signal 24",
            .machineFault,
            "A process of git reached the limit on CPU time. Raise it (ulimit -t)."
        ),
        says(
            "died of signal 25",
            Self.lineEnd,
            example: "error: index-pack died of signal 25",
            .machineFault,
            "A file would exceed the size limit of this process. Raise the limit (ulimit -f)."
        ),
        says(
            "died of signal 7",
            Self.lineEnd,
            example: "error: index-pack died of signal 7",
            .machineFault,
            "A process of git could not access a file in memory. The disk may be full or damaged."
        ),
    ]

    private static let ofCrashes = [
        says(
            "fatal: bad object refs/",
            example: "fatal: bad object refs/heads/main",
            .failure,
            "The mirror is damaged. Move it away; the next run clones the repository again."
        ),
        says(
            "died of signal",
            example: "error: index-pack died of signal 11",
            .failure,
            "A process of git crashed."
        ),
    ]
}
