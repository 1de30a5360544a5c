// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import ProgramSupport

// Messages about the way to the repository: refused logins, and missing repositories.
extension GitComplaint {
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
            "The source does not accept the ssh keys of this user. A key with a passphrase needs "
                + "an ssh-agent."
        ),
        says(
            "REMOTE HOST IDENTIFICATION HAS CHANGED",
            example: "@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @",
            .invalidSource,
            "The host has another ssh key than before, or another machine answers in its place. "
                + "Compare its key with the one that its operator publishes. If it is right, "
                + "remove the old key with ssh-keygen -R HOST, and add the new one to known_hosts."
        ),
        says(
            "Host key verification failed",
            example: "Host key verification failed.",
            .invalidSource,
            "The ssh key of the host is not in known_hosts, and nobody is there to confirm it. "
                + "Get it with ssh-keyscan HOST, compare it with the one that the operator of the "
                + "host publishes, and add it to ~/.ssh/known_hosts of the worker's user."
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
            "/info/refs not valid: ",
            "is this a git repository?",
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
        says(
            "unable to update url base from redirection",
            example: "fatal: unable to update url base from redirection:",
            .invalidSource,
            "The URL redirects to a page that is no repository."
        ),
        says(
            "invalid server response; got '",
            example: "fatal: invalid server response; got 'hello'",
            .invalidSource,
            "The server at this address does not speak the git protocol."
        ),
    ]
}
