// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import ProgramSupport

// Messages about this machine, the policy, the owner of a repository, and missing features.
extension GitComplaint {
    static let ofThisMachine = [
        says(
            "No space left on device",
            example: "fatal: write error: No space left on device",
            .failure,
            "The disk of the mirror is full. Free some space."
        ),
        says(
            "Disk quota exceeded",
            example: "fatal: write error: Disk quota exceeded",
            .failure,
            "The disk quota of the mirror's owner is exhausted. Free some space, or raise the quota."
        ),
        says(
            "Read-only file system",
            example: "/srv/mirrors/w: Read-only file system",
            .failure,
            "The file system of the mirror is read-only."
        ),
        says(
            "insufficient permission for adding an object",
            example:
                "error: insufficient permission for adding an object to repository database /m.git/objects",
            .failure,
            "The mirror belongs to another user. Change its owner to the user of the worker."
        ),
        says(
            "Unable to create '",
            ".lock': File exists",
            example: "error: cannot lock ref 'refs/heads/main': Unable to create "
                + "'/m.git/refs/heads/main.lock': File exists.",
            .failure,
            "Another git process is working on the mirror."
        ),
        says(
            "cannot run ssh",
            example: "error: cannot run ssh: No such file or directory",
            .failure,
            "This machine has no ssh program. Install one."
        ),
        says(
            "git: 'remote-",
            "' is not a git command",
            example: "git: 'remote-https' is not a git command. See 'git --help'.",
            .failure,
            "The git of this machine does not support this protocol."
        ),
        says(
            "fatal: bad object refs/",
            example: "fatal: bad object refs/heads/main",
            .failure,
            "The mirror is damaged. Move it away; the next run clones the repository again."
        ),
        says(
            "died of signal",
            example: "error: index-pack died of signal 9",
            .failure,
            "A process of git was killed, possibly because memory ran out."
        ),
        says(
            "ut of memory",
            example: "fatal: Out of memory, malloc failed (tried to allocate 1073741824 bytes)",
            .failure,
            "Git ran out of memory."
        ),
    ]

    static let ofThePolicy = [
        says(
            "transport '",
            "' not allowed",
            example: "fatal: transport 'ext' not allowed",
            .forbidden,
            "The policy does not allow this kind of URL."
        ),
        says(
            "unable to access '",
            "Protocol \"",
            example: "fatal: unable to access 'http://127.0.0.1:8765/302/': "
                + "Protocol \"ftp\" not supported or disabled in libcurl",
            .forbidden,
            "The source redirects to a kind of URL that the policy does not allow."
        ),
        says(
            "strange hostname '",
            "' blocked",
            example: "fatal: strange hostname '-oProxyCommand=x' blocked",
            .forbidden,
            "Git refuses the name of the host."
        ),
        says(
            "strange pathname '",
            "' blocked",
            example: "fatal: strange pathname '-x' blocked",
            .forbidden,
            "Git refuses the path of the repository."
        ),
    ]

    static let ofOwnership = [
        says(
            "detected dubious ownership in repository at",
            example: "fatal: detected dubious ownership in repository at '/srv/project/.git'",
            .invalidSource,
            "The repository belongs to another user, so git does not read it. Run the worker as the "
                + "owner, or run this as the worker's user: "
                + "git config --global --add safe.directory FOLDER"
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
            "The source now uses another object format than the mirror."
        ),
    ]
}
