// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import ProgramSupport

// Messages about the network and about interrupted transfers, and messages that do not tell
// the cause.
extension GitComplaint {
    static let ofTheNetwork = [
        says(
            "Could not resolve host",
            example: "fatal: unable to access 'http://no.such.host.invalid/x/': "
                + "Could not resolve host: no.such.host.invalid",
            .invalidSource,
            "The name of the host cannot be resolved."
        ),
        says(
            "unable to look up ",
            example:
                "fatal: unable to look up no.such.host.invalid (port 9418) (Name or service not known)",
            .invalidSource,
            "The name of the host cannot be resolved."
        ),
        says(
            "Failed to connect to ",
            example: "fatal: unable to access 'http://127.0.0.1:1/x/': "
                + "Failed to connect to 127.0.0.1 port 1 after 0 ms: Couldn't connect to server",
            .invalidSource,
            "The host cannot be reached."
        ),
        says(
            "unable to connect to ",
            example: "fatal: unable to connect to 127.0.0.1:",
            .invalidSource,
            "The host cannot be reached."
        ),
        says(
            "ssh: connect to host ",
            example: "ssh: connect to host 127.0.0.1 port 1: Connection refused",
            .invalidSource,
            "The host cannot be reached."
        ),
        says(
            "Maximum (",
            ") redirects followed",
            example:
                "fatal: unable to access 'http://127.0.0.1:8765/loop/': Maximum (20) redirects followed",
            .invalidSource,
            "The source redirects in a circle."
        ),
        says(
            "SSL certificate problem",
            example:
                "fatal: unable to access 'https://127.0.0.1/x/': SSL certificate problem: self-signed certificate",
            .invalidSource,
            "The certificate of the host is not trusted."
        ),
        says(
            "server certificate verification failed",
            example: "fatal: unable to access 'https://127.0.0.1/x/': "
                + "server certificate verification failed. CAfile: none CRLfile: none",
            .invalidSource,
            "The certificate of the host is not trusted."
        ),
        says(
            "unable to access '",
            example:
                "fatal: unable to access 'http://127.0.0.1:8765/500/': The requested URL returned error: 500",
            .invalidSource,
            "The URL cannot be read."
        ),
    ]

    static let ofInterruption = [
        says(
            "RPC failed",
            example: "error: RPC failed; HTTP 500 curl 22 The requested URL returned error: 500",
            .failure,
            "The transfer was interrupted. Another attempt may succeed."
        ),
        says(
            "unexpected disconnect while reading sideband packet",
            example: "fetch-pack: unexpected disconnect while reading sideband packet",
            .failure,
            "The transfer was interrupted. Another attempt may succeed."
        ),
        says(
            "early EOF",
            example: "fatal: early EOF",
            .failure,
            "The transfer was interrupted. Another attempt may succeed."
        ),
        says(
            "expected flush after ref listing",
            example: "fatal: expected flush after ref listing",
            .failure,
            "The transfer was interrupted. Another attempt may succeed."
        ),
    ]

    static let vague = [
        says(
            "unable to update local ref",
            example: " ! df742b6..7dcc297  main       -> main  (unable to update local ref)",
            .failure,
            "A ref of the mirror could not be updated."
        ),
        says(
            "Could not read from remote repository",
            example: "fatal: Could not read from remote repository.",
            .invalidSource,
            "The source cannot be read."
        ),
        says(
            "the remote end hung up unexpectedly",
            example: "fatal: the remote end hung up unexpectedly",
            .failure,
            "The transfer was interrupted. Another attempt may succeed."
        ),
    ]
}
