// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import ProgramSupport

// Why git could not do its work here, or would not.
extension GitComplaint {
    static let ofThisMachine = [
        says(
            "No space left on device",
            example: "fatal: write error: No space left on device",
            .failure,
            "The disk with the mirror is full."
        ),
        says(
            "Disk quota exceeded",
            example: "fatal: write error: Disk quota exceeded",
            .failure,
            "The disk quota for the mirror is used up."
        ),
        says(
            "Read-only file system",
            example: "/srv/mirrors/w: Read-only file system",
            .failure,
            "The file system of the mirror cannot be written to."
        ),
        says(
            "insufficient permission for adding an object",
            example:
                "error: insufficient permission for adding an object to repository database /m.git/objects",
            .failure,
            "The mirror belongs to another user: give it to the worker's."
        ),
        says(
            "Unable to create '",
            ".lock': File exists",
            example: "error: cannot lock ref 'refs/heads/main': Unable to create "
                + "'/m.git/refs/heads/main.lock': File exists.",
            .failure,
            "Another git works on the mirror."
        ),
        says(
            "cannot run ssh",
            example: "error: cannot run ssh: No such file or directory",
            .failure,
            "There is no ssh on this machine."
        ),
        says(
            "git: 'remote-",
            "' is not a git command",
            example: "git: 'remote-https' is not a git command. See 'git --help'.",
            .failure,
            "The git of this machine cannot speak this protocol."
        ),
        says(
            "fatal: bad object refs/",
            example: "fatal: bad object refs/heads/main",
            .failure,
            "The mirror is damaged: move it away, and the next run clones anew."
        ),
        says(
            "died of signal",
            example: "error: index-pack died of signal 9",
            .failure,
            "A part of git was killed, perhaps for want of memory."
        ),
        says(
            "ut of memory",
            example: "fatal: Out of memory, malloc failed (tried to allocate 1073741824 bytes)",
            .failure,
            "There is not enough memory."
        ),
    ]

    static let ofThePolicy = [
        says(
            "transport '",
            "' not allowed",
            example: "fatal: transport 'ext' not allowed",
            .forbidden,
            "The policy refuses this kind of URL."
        ),
        says(
            "unable to access '",
            "Protocol \"",
            example: "fatal: unable to access 'http://127.0.0.1:8765/302/': "
                + "Protocol \"ftp\" not supported or disabled in libcurl",
            .forbidden,
            "The source sends us on to a kind of URL that the policy refuses."
        ),
        says(
            "strange hostname '",
            "' blocked",
            example: "fatal: strange hostname '-oProxyCommand=x' blocked",
            .forbidden,
            "The name of the host is refused."
        ),
        says(
            "strange pathname '",
            "' blocked",
            example: "fatal: strange pathname '-x' blocked",
            .forbidden,
            "The path of the repository is refused."
        ),
    ]

    static let ofOwnership = [
        says(
            "detected dubious ownership in repository at",
            example: "fatal: detected dubious ownership in repository at '/srv/project/.git'",
            .invalidSource,
            "The repository belongs to another user, so git does not read it. Run the worker as its "
                + "owner, or as the worker's user: git config --global --add safe.directory FOLDER"
        )
    ]

    static let ofFeatures = [
        says(
            "Expected git repo version <=",
            example: "fatal: Expected git repo version <= 1, found 9",
            .unsupportedFeature,
            "The repository needs a newer git."
        ),
        says(
            "unknown repository extension",
            example: "fatal: unknown repository extension found:",
            .unsupportedFeature,
            "The repository needs a newer git."
        ),
        says(
            "mismatched algorithms: client",
            example: "fatal: mismatched algorithms: client sha1; server sha256",
            .unsupportedFeature,
            "The source now has another kind of object ids than the mirror."
        ),
    ]
}
