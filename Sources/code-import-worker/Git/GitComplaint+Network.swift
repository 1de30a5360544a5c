// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import ProgramSupport

// Messages about the network and about interrupted transfers, and messages that do not tell
// the cause.
extension GitComplaint {
    static let ofTheNetwork = [
        says(
            "certificate has expired",
            example: "fatal: unable to access 'https://127.0.0.1/x/': SSL certificate "
                + "problem: certificate has expired",
            .temporaryFailure,
            "The certificate of the host has expired."
        ),
        says(
            "expiration date has passed",
            example: "fatal: unable to access 'https://127.0.0.1/x/': server certificate "
                + "expiration date has passed.",
            .temporaryFailure,
            "The certificate of the host has expired."
        ),
        says(
            "certificate is not yet valid",
            example: "fatal: unable to access 'https://127.0.0.1/x/': SSL certificate "
                + "problem: certificate is not yet valid",
            .temporaryFailure,
            "The certificate of the host is not valid yet, or the clock of this machine is wrong."
        ),
        says(
            "SSL certificate problem",
            example: "fatal: unable to access 'https://127.0.0.1/x/': SSL certificate "
                + "problem: self-signed certificate",
            .invalidSource,
            "The certificate of the host is not trusted."
        ),
        says(
            "server certificate verification failed",
            example: "fatal: unable to access 'https://127.0.0.1/x/': server certificate "
                + "verification failed. CAfile: none CRLfile: none",
            .invalidSource,
            "The certificate of the host is not trusted."
        ),
        says(
            "no alternative certificate subject name",
            example: "fatal: unable to access 'https://127.0.0.1/x/': SSL: no alternative "
                + "certificate subject name matches target host name '127.0.0.1'",
            .invalidSource,
            "The certificate of the host is for another name."
        ),
        says(
            "certificate subject name",
            " does not match",
            example: "fatal: unable to access 'https://127.0.0.1/x/': SSL: certificate "
                + "subject name (x) does not match target host name '127.0.0.1'",
            .invalidSource,
            "The certificate of the host is for another name."
        ),
        says(
            "wrong version number",
            example: "fatal: unable to access 'https://127.0.0.1/x/': error:0A00010B:SSL "
                + "routines::wrong version number",
            .invalidSource,
            "The server at this address does not speak TLS."
        ),
        says(
            "unexpected TLS packet",
            example: "fatal: unable to access 'https://127.0.0.1/x/': gnutls_handshake() "
                + "failed: An unexpected TLS packet was received.",
            .invalidSource,
            "The server at this address does not speak TLS."
        ),
        says(
            "Received HTTP/0.9",
            example: "fatal: unable to access 'http://127.0.0.1:8765/x/': Received "
                + "HTTP/0.9 when not allowed",
            .invalidSource,
            "The server at this address does not speak HTTP."
        ),
        says(
            "Maximum (",
            ") redirects followed",
            example: "fatal: unable to access 'http://127.0.0.1:8765/x/': Maximum (20) "
                + "redirects followed",
            .invalidSource,
            "The source redirects in a circle."
        ),
        says(
            "unable to access '",
            "URL using bad/illegal format",
            example: "fatal: unable to access 'http://[x/': URL using bad/illegal format "
                + "or missing URL",
            .invalidSource,
            "The URL is not valid."
        ),
        says(
            "unable to access '",
            "Port number ",
            example: "fatal: unable to access 'http://h:x/': Port number was not a "
                + "decimal number between 0 and 65535",
            .invalidSource,
            "The URL is not valid."
        ),
        says(
            "unable to access '",
            "The requested URL returned error: ",
            example: "fatal: unable to access 'http://127.0.0.1:8765/x/': The requested "
                + "URL returned error: 410",
            .invalidSource,
            "The URL cannot be read."
        ),
        says(
            "RPC failed; HTTP 4",
            example: "error: RPC failed; HTTP 404 curl 22 The requested URL returned error: 404",
            .invalidSource,
            "The host does not answer a request for this repository."
        ),
        says(
            "Could not resolve host",
            example: "fatal: unable to access 'http://no.such.host.invalid/x/': Could not "
                + "resolve host: no.such.host.invalid",
            .temporaryFailure,
            "The name of the host cannot be resolved."
        ),
        says(
            "unable to look up ",
            example: "fatal: unable to look up no.such.host.invalid (port 9418) (Name or "
                + "service not known)",
            .temporaryFailure,
            "The name of the host cannot be resolved."
        ),
        says(
            "Failed to connect to ",
            example: "fatal: unable to access 'http://127.0.0.1:8765/x/': Failed to "
                + "connect to 127.0.0.1 port 1 after 0 ms: Couldn't connect to server",
            .temporaryFailure,
            "The host cannot be reached."
        ),
        says(
            "unable to connect to ",
            example: "fatal: unable to connect to 127.0.0.1:",
            .temporaryFailure,
            "The host cannot be reached."
        ),
        says(
            "ssh: connect to host ",
            example: "ssh: connect to host 127.0.0.1 port 1: Connection refused",
            .temporaryFailure,
            "The host cannot be reached."
        ),
        says(
            "exchange_identification: ",
            example: "kex_exchange_identification: Connection closed by remote host",
            .temporaryFailure,
            "The ssh server of the host accepts no connection for now. It may have too many."
        ),
        says(
            "Connection timed out",
            example: "Connection timed out during banner exchange",
            .temporaryFailure,
            "The host does not answer."
        ),
        says(
            "Timeout, server ",
            example: "Timeout, server h not responding.",
            .temporaryFailure,
            "The host does not answer."
        ),
        says(
            "Connection closed by ",
            example: "Connection closed by 127.0.0.1 port 22",
            .temporaryFailure,
            "The host closed the connection."
        ),
        says(
            "Connection reset by ",
            example: "fatal: read error: Connection reset by peer",
            .temporaryFailure,
            "The host closed the connection."
        ),
        says(
            "closed by remote host",
            example: "Connection to h closed by remote host.",
            .temporaryFailure,
            "The host closed the connection."
        ),
        says(
            "fatal: unable to access '",
            example: "fatal: unable to access 'http://127.0.0.1:8765/x/': Empty reply "
                + "from server",
            .temporaryFailure,
            "The connection to the host failed."
        ),
    ]

    static let ofInterruption = [
        says(
            "RPC failed",
            example: "error: RPC failed; curl 56 GnuTLS recv error (-9): Error decoding "
                + "the received TLS packet.",
            .temporaryFailure,
            "The transfer was interrupted. Another attempt may succeed."
        ),
        says(
            "unexpected disconnect while reading sideband packet",
            example: "fetch-pack: unexpected disconnect while reading sideband packet",
            .temporaryFailure,
            "The transfer was interrupted. Another attempt may succeed."
        ),
        says(
            "expected 'packfile'",
            example: "fatal: expected 'packfile'",
            .temporaryFailure,
            "The transfer was interrupted. Another attempt may succeed."
        ),
        says(
            "early EOF",
            example: "fatal: early EOF",
            .temporaryFailure,
            "The transfer was interrupted. Another attempt may succeed."
        ),
        says(
            "expected flush after ref listing",
            example: "fatal: expected flush after ref listing",
            .temporaryFailure,
            "The transfer was interrupted. Another attempt may succeed."
        ),
        says(
            "client_loop: send disconnect",
            example: "client_loop: send disconnect: Broken pipe",
            .temporaryFailure,
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
            "fatal: protocol error: ",
            example: "fatal: protocol error: expected sha/ref, got 'x'",
            .invalidSource,
            "The server at this address does not speak the git protocol."
        ),
        says(
            "invalid index-pack output",
            example: "fatal: fetch-pack: invalid index-pack output",
            .machineFault,
            "A process of git (index-pack) ended without a message. Perhaps memory ran out, or a limit on "
                + "file sizes or CPU time was reached."
        ),
        says(
            "no matching ",
            " found. Their offer:",
            example: "Unable to negotiate with 127.0.0.1 port 22: no matching host key type found. "
                + "Their offer: ssh-rsa",
            .invalidSource,
            "The host and the ssh client of this machine have no algorithm in common."
        ),
        says(
            "command not found",
            example: "bash: line 1: git-upload-pack: command not found",
            .invalidSource,
            "The host has no git."
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
            .temporaryFailure,
            "The transfer was interrupted. Another attempt may succeed."
        ),
    ]
}
