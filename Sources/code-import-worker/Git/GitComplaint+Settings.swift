// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import ProgramSupport

// Messages about the programs of this machine, and their settings.
extension GitComplaint {
    static let ofSettings = [
        says(
            "bad config line ",
            " in file ",
            example: "fatal: bad config line 1 in file /home/me/.gitconfig",
            .machineFault,
            "Git's configuration on this machine is damaged. Correct the file that git names."
        ),
        says(
            "bad ",
            "config value ",
            example: "fatal: bad numeric config value 'x' for 'http.postbuffer' in file "
                + "/home/me/.gitconfig: invalid unit",
            .machineFault,
            "Git's configuration on this machine has a wrong value."
        ),
        says(
            "unable to parse '",
            " from command-line config",
            example: "fatal: unable to parse 'core.bare' from command-line config",
            .machineFault,
            "Git's configuration on this machine has a wrong value."
        ),
        says(
            "unknown value for config '",
            example: "fatal: unknown value for config 'protocol.version': 9",
            .machineFault,
            "Git's configuration on this machine has a wrong value."
        ),
        says(
            "nknown fsck message type",
            example: "fatal: Unknown fsck message type: 'zzz'",
            .machineFault,
            "Git's configuration on this machine has a wrong value."
        ),
        says(
            "Permissions ",
            " are too open.",
            example: "Permissions 0644 for '/home/me/.ssh/id_ed25519' are too open.",
            .machineFault,
            "Other users can read the ssh key, so ssh does not use it. Run chmod 600 on the key."
        ),
        says(
            "unable to access '/",
            example: "fatal: unable to access '/etc/gitconfig': Permission denied",
            .machineFault,
            "This user cannot read a file of git's configuration. Check HOME and the "
                + "file's permissions."
        ),
        says(
            "$HOME not set",
            example: "fatal: $HOME not set",
            .machineFault,
            "Git needs the environment variable HOME."
        ),
        says(
            "cannot run ",
            example: "error: cannot run ssh: No such file or directory",
            .machineFault,
            "This machine lacks a program that git needs. Install it."
        ),
        says(
            "BatchMode=yes: ",
            "not found",
            example: "/opt/ssh -o BatchMode=yes: 1: /opt/ssh: not found",
            .machineFault,
            "This machine lacks a program that git needs. Install it."
        ),
        says(
            "git: 'remote-",
            "' is not a git command",
            example: "git: 'remote-https' is not a git command. See 'git --help'.",
            .machineFault,
            "The git of this machine does not support this protocol."
        ),
        says(
            "unable to find remote helper for '",
            example: "fatal: unable to find remote helper for 'https'",
            .machineFault,
            "The git of this machine does not support this protocol."
        ),
        says(
            "error: unknown option `",
            example: "error: unknown option `no-write-fetch-head'",
            .machineFault,
            "The git of this machine is too old. Install git 2.31 or newer."
        ),
        says(
            "Unable to read current working directory",
            example: "fatal: Unable to read current working directory: No such file or directory",
            .machineFault,
            "The current folder does not exist."
        ),
        says(
            "No user exists for uid",
            example: "No user exists for uid 4711",
            .machineFault,
            "Ssh needs an entry in /etc/passwd for the user of the worker. Create the user."
        ),
        says(
            "Bad owner or permissions on ",
            example: "Bad owner or permissions on /home/me/.ssh/config",
            .machineFault,
            "Ssh refuses its configuration. Make the file writable for its owner only."
        ),
        says(
            "Bad configuration option",
            example: "/home/me/.ssh/config: line 1: Bad configuration option: x",
            .machineFault,
            "The configuration of ssh on this machine has an error."
        ),
        says(
            "UNPROTECTED PRIVATE KEY FILE",
            example: "@         WARNING: UNPROTECTED PRIVATE KEY FILE!          @",
            .machineFault,
            "Ssh ignores a key that other users can read. Make the file readable for its "
                + "owner only."
        ),
        says(
            "Load key \"",
            example: "Load key \"/home/me/.ssh/id_rsa\": Permission denied",
            .machineFault,
            "Ssh cannot use a key of this user."
        ),
        says(
            "Identity file ",
            " not accessible",
            example: "Warning: Identity file /home/me/key not accessible: No such file or "
                + "directory.",
            .machineFault,
            "The ssh key that is configured on this machine does not exist."
        ),
        says(
            "error setting certificate ",
            example: "fatal: unable to access 'https://h/x/': error setting certificate "
                + "verify locations:  CAfile: /x CApath: none",
            .machineFault,
            "The file of trusted certificates on this machine cannot be read."
        ),
        says(
            "error reading ca cert file",
            example: "fatal: unable to access 'https://h/x/': error reading ca cert file "
                + "/x (Error while reading file.)",
            .machineFault,
            "The file of trusted certificates on this machine cannot be read."
        ),
        says(
            "Problem with the SSL CA cert",
            example: "fatal: unable to access 'https://h/x/': Problem with the SSL CA "
                + "cert (path? access rights?)",
            .machineFault,
            "The file of trusted certificates on this machine cannot be read."
        ),
        says(
            "Problem with the local SSL certificate",
            example: "fatal: unable to access 'https://h/x/': Problem with the local SSL "
                + "certificate",
            .machineFault,
            "The client certificate that is configured on this machine cannot be read."
        ),
        says(
            "could not load PEM client certificate",
            example: "fatal: unable to access 'https://h/x/': could not load PEM client "
                + "certificate, OpenSSL error x",
            .machineFault,
            "The client certificate that is configured on this machine cannot be read."
        ),
        says(
            "Could not resolve proxy",
            example: "fatal: unable to access 'https://h/x/': Could not resolve proxy: p",
            .machineFault,
            "The proxy that is configured on this machine cannot be found."
        ),
        says(
            "Unsupported proxy",
            example: "fatal: unable to access 'https://h/x/': Unsupported proxy 'x', "
                + "libcurl is built without the support",
            .machineFault,
            "The proxy that is configured on this machine cannot be used."
        ),
        says(
            "Received HTTP code 40",
            " from proxy",
            example: "fatal: unable to access 'https://h/x/': Received HTTP code 407 from "
                + "proxy after CONNECT",
            .machineFault,
            "The proxy of this machine refuses the connection."
        ),
        says(
            "CONNECT tunnel failed, response 40",
            example: "fatal: unable to access 'https://h/x/': CONNECT tunnel failed, "
                + "response 407",
            .machineFault,
            "The proxy of this machine refuses the connection."
        ),
    ]
}
