// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import ProgramSupport

// Messages about the source: damaged history, refused logins, and missing repositories.
extension GitComplaint {
    static let ofBrokenHistory = [
        says(
            "possible repository corruption on the remote side",
            example:
                "fatal: git upload-pack: aborting due to possible repository corruption on the remote side.",
            .remoteBroken,
            "Objects are missing or damaged at the source."
        ),
        says(
            "remote: aborting due to possible repository corruption",
            example: "remote: aborting due to possible repository corruption on the remote side.",
            .remoteBroken,
            "Objects are missing or damaged at the source."
        ),
        says(
            "upload-pack: not our ref",
            example:
                "fatal: remote error: upload-pack: not our ref da9f379094e087701fb7ccc2b7819e00bf746ade",
            .remoteBroken,
            "The source has a ref to a commit that it does not have."
        ),
        says(
            "did not send all necessary objects",
            example: "error: /srv/project did not send all necessary objects",
            .remoteBroken,
            "Objects are missing at the source."
        ),
        says(
            "pack has bad object",
            example: "fatal: pack has bad object at offset 135: inflate returned -5",
            .remoteBroken,
            "The source sends damaged objects."
        ),
        says(
            "unresolved delta",
            example: "fatal: pack has 3 unresolved deltas",
            .remoteBroken,
            "The source sends objects without the objects that they are based on."
        ),
        says(
            "pack is corrupted",
            example: "fatal: pack is corrupted (SHA1 mismatch)",
            .remoteBroken,
            "The source sends damaged objects."
        ),
        says(
            "fsck error in pack",
            example: "fatal: fsck error in packed object",
            .remoteBroken,
            "The source sends objects that fail the checks of the configured fsck."
        ),
        says(
            "unexpected line in ",
            "packed-refs",
            example: "fatal: unexpected line in ./packed-refs: garbage",
            .remoteBroken,
            "The list of refs at the source is damaged."
        ),
        says(
            "error: Unable to find ",
            " under ",
            example:
                "error: Unable to find 7894319960b9bd0644b6b927f041da292411ab7d under http://127.0.0.1/x",
            .remoteBroken,
            "Objects are missing at the source."
        ),
        says(
            "error: File ",
            ") corrupt",
            example:
                "error: File 7894319960b9bd0644b6b927f041da292411ab7d (http://127.0.0.1/x) corrupt",
            .remoteBroken,
            "Objects are damaged at the source."
        ),
    ]

    static let ofLogin = [
        says(
            "Authentication failed for '",
            example: "fatal: Authentication failed for 'http://127.0.0.1:8765/401/'",
            .invalidSource,
            "The source does not accept the login."
        ),
        says(
            "could not read Username for '",
            example:
                "fatal: could not read Username for 'http://127.0.0.1:8765': terminal prompts disabled",
            .invalidSource,
            "The source requires a login, or the repository does not exist."
        ),
        says(
            "could not read Password for '",
            example:
                "fatal: could not read Password for 'http://u@127.0.0.1:8765': terminal prompts disabled",
            .invalidSource,
            "The source requires a password."
        ),
        says(
            "The requested URL returned error: 401",
            example:
                "fatal: unable to access 'http://127.0.0.1:8765/401/': The requested URL returned error: 401",
            .invalidSource,
            "The source does not accept the login."
        ),
        says(
            "The requested URL returned error: 403",
            example:
                "fatal: unable to access 'http://127.0.0.1:8765/403/': The requested URL returned error: 403",
            .invalidSource,
            "The source denies access."
        ),
        says(
            "Permission denied (",
            example: "git@127.0.0.1: Permission denied (publickey).",
            .invalidSource,
            "The source does not accept the ssh keys of this user."
        ),
        says(
            "Host key verification failed",
            example: "Host key verification failed.",
            .invalidSource,
            "The ssh host key of the source is unknown, or has changed. Check known_hosts."
        ),
    ]

    static let ofMissingRepository = [
        says(
            "fatal: repository '",
            "' not found",
            example: "fatal: repository 'http://127.0.0.1:8765/404/' not found",
            .invalidSource,
            "The repository does not exist."
        ),
        says(
            "fatal: repository '",
            "' does not exist",
            example: "fatal: repository '/srv/nope' does not exist",
            .invalidSource,
            "The repository does not exist."
        ),
        says(
            "' does not appear to be a git repository",
            example: "fatal: '/srv/nope' does not appear to be a git repository",
            .invalidSource,
            "The repository does not exist."
        ),
        says(
            "ERROR: Repository not found",
            example: "ERROR: Repository not found.",
            .invalidSource,
            "The repository does not exist."
        ),
        says(
            "remote error: access denied or repository not exported",
            example: "fatal: remote error: access denied or repository not exported: /x",
            .invalidSource,
            "The repository does not exist, or the source does not export it."
        ),
        says(
            "not valid: is this a git repository?",
            example: "fatal: http://127.0.0.1/x/info/refs not valid: is this a git repository?",
            .invalidSource,
            "There is no repository at this URL."
        ),
        says(
            "protocol error: bad line length",
            example: "fatal: protocol error: bad line length character: Welc",
            .invalidSource,
            "The server at this address does not speak the git protocol."
        ),
        says(
            "server doesn't support '",
            example: "fatal: server doesn't support 'ls-refs'",
            .invalidSource,
            "The server at this address does not speak the git protocol."
        ),
    ]
}
