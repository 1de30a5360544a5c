// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import ProgramSupport
import Testing

@Suite struct `Access policy` {
    private func policy(_ text: String) throws -> AccessPolicy {
        try AccessPolicy(text, name: "rules")
    }

    private func refusal(_ address: String, _ policy: AccessPolicy) throws -> String? {
        policy.refusal(of: try #require(NetworkAddress(address)), ofHost: address)
    }

    @Test(arguments: [
        ("127.0.0.1", AddressKind.loopback), ("127.255.0.9", .loopback), ("0.0.0.0", .loopback),
        ("::1", .loopback), ("::", .loopback), ("::ffff:127.0.0.1", .loopback),
        ("64:ff9b::7f00:1", .loopback), ("2002:7f00:1::", .loopback), ("::127.0.0.1", .loopback),
        ("2001:0:1:2:3:4:80ff:fffe", .loopback), ("169.254.169.254", .linkLocal),
        ("fe80::1", .linkLocal), ("febf::1", .linkLocal), ("::ffff:169.254.169.254", .linkLocal),
        ("10.0.0.1", .private), ("172.31.255.255", .private), ("192.168.0.1", .private),
        ("100.64.0.1", .private), ("fc00::1", .private), ("fdff::1", .private),
        ("64:ff9b::a00:1", .private), ("64:ff9b:1::a00:1", .private), ("224.0.0.1", .special),
        ("255.255.255.255", .special), ("240.0.0.1", .special), ("192.0.2.1", .special),
        ("198.18.0.1", .special), ("ff02::1", .special), ("2001:db8::1", .special),
    ])
    func `addresses that are not public are recognized, also inside of others`(
        text: String,
        kind: AddressKind
    ) throws {
        let address = try #require(NetworkAddress(text))
        #expect(AddressKind.of(address) == kind)
        #expect(try self.refusal(text, self.policy("allow scheme https")) != nil)
        let allowing = try self.policy("allow address \(kind.rawValue)")
        #expect(try self.refusal(text, allowing) == nil)
    }

    @Test(arguments: [
        "1.1.1.1", "172.32.0.1", "172.15.255.255", "100.128.0.1", "169.253.0.1", "11.0.0.1",
        "2606:4700::1111", "64:ff9b::808:808", "2002:808:808::", "128.0.0.1", "::ffff:8.8.8.8",
    ])
    func `other addresses are public`(text: String) throws {
        let address = try #require(NetworkAddress(text))
        #expect(AddressKind.of(address) == nil)
        #expect(try self.refusal(text, self.policy("allow scheme https")) == nil)
        #expect(try self.refusal(text, self.policy("deny address public")) != nil)
    }

    @Test func `the first rule that matches an address decides`() throws {
        let policy = try self.policy(
            """
            # An exception, and then the rule.
            allow address 10.20.0.0/16 ::1
            deny  address 10.0.0.0/8   # all others
            ALLOW Address Private
            deny address all
            """
        )
        #expect(try self.refusal("10.20.255.1", policy) == nil)
        #expect(try self.refusal("::ffff:10.20.0.1", policy) == nil)
        #expect(try self.refusal("::1", policy) == nil)
        #expect(try self.refusal("192.168.0.1", policy) == nil)
        #expect(
            try self.refusal("10.21.0.1", policy)
                == "Line 3 of the access policy rules refuses 10.21.0.1: deny address 10.0.0.0/8"
        )
        #expect(try self.refusal("64:ff9b::a15:1", policy)?.hasPrefix("Line 3") == true)
        #expect(try self.refusal("8.8.8.8", policy)?.hasPrefix("Line 5") == true)
    }

    @Test func `a host matches by its name, or as a name below another one`() throws {
        let policy = try self.policy("deny host *.corp.org secret.org\nallow host *.org *.com. b")
        for host in ["a.org", "A.B.ORG", "a.org.", "x.com", "b"] {
            #expect(policy.refusal(ofHost: host) == nil, "\(host)")
        }
        for host in ["a.corp.org", "secret.org", "SECRET.org.", "org", "corg", "c", "1.1.1.1"] {
            #expect(policy.refusal(ofHost: host) != nil, "\(host)")
        }
        #expect(
            policy.refusal(ofHost: "c")
                == "No rule of the access policy rules allows the host c. "
                + "The missing rule is: allow host c"
        )
    }

    @Test func `an allow rule for a scheme refuses all others, and paths need a rule`() throws {
        let open = try self.policy("deny scheme git")
        for scheme in ["http", "https", "ssh"] { #expect(open.refusal(ofScheme: scheme) == nil) }
        for scheme in ["git", "file"] { #expect(open.refusal(ofScheme: scheme) != nil) }
        let closed = try self.policy("allow scheme https file")
        #expect(closed.refusal(ofScheme: "file") == nil && closed.refusal(ofScheme: "https") == nil)
        for scheme in ["http", "ssh", "ext"] { #expect(closed.refusal(ofScheme: scheme) != nil) }
    }

    @Test(arguments: [
        ("\n\npermit scheme https", 3, "allow or deny"), ("allow", 1, "scheme, host or address"),
        ("allow port 80", 1, "scheme, host or address"), ("deny host", 1, "at least one host"),
        ("allow scheme ftp", 1, "'ftp' is not a known scheme"),
        ("allow scheme http\r\nallow host a/b", 2, "'a/b' is not the name of a host"),
        ("deny host a*.org", 1, "'a*.org' is not the name of a host"),
        ("deny address 10.0.0.1/8", 1, "'10.0.0.1/8' is not an address"),
        ("deny address 10.0.0.0/33", 1, "is not an address"), ("deny address 10.1", 1, "is not an"),
        ("deny address fe80::1%eth0", 1, "is not an address"), ("deny address lan", 1, "private"),
    ])
    func `a line that is no rule is refused with its number and the right form`(
        text: String,
        line: Int,
        reason: String
    ) {
        let error = #expect(throws: AccessPolicyError.self) { try self.policy(text) }
        let message = error?.description ?? ""
        #expect(message.hasPrefix("Line \(line) of the access policy rules: "), "\(message)")
        #expect(message.contains(reason), "\(message)")
    }

    @Test(arguments: ["", "\n# only a comment\n"])
    func `a policy without a rule is refused`(text: String) {
        #expect(throws: AccessPolicyError.self) { try self.policy(text) }
    }

    @Test(arguments: ["/nowhere/rules", "/etc"])
    func `a file that cannot be read is named`(path: String) {
        let error = #expect(throws: AccessPolicyError.self) { try AccessPolicy(file: path) }
        #expect(error?.description.contains(path) == true)
    }
}
