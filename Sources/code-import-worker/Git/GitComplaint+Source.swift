// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import ProgramSupport

// Messages about the source: the policy, missing features, and damaged history.
extension GitComplaint {
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
}
