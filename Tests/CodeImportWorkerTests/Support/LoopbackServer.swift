// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import Reactor
import Testing

/// A minimal HTTP server on the reactor of the test, with scripted responses.
final class LoopbackServer {
    enum Answer {
        /// A status and more header lines, without a body.
        case status(Int, [String] = [])
        /// A status, more header lines, and a body.
        case page(Int, [String], Data)
        /// These bytes, header lines included, and then silence as after ``never``.
        case partial(Data)
        /// The file at the path of the URL below this folder, or status 404.
        case file(in: String)
        /// The first half of the file at the path of the URL below this folder, and then the end of
        /// the connection.
        case half(in: String)
        /// No response, until the server stops or the client disconnects.
        case never
    }

    struct Request {
        var method: String
        var path: String
        var headers: [Substring]

        /// The value of the header Authorization, or `nil` if there is none.
        var authorization: String? {
            let name = "Authorization: "
            return self.headers.first { $0.hasPrefix(name) }.map {
                String($0.dropFirst(name.count))
            }
        }
    }

    /// Returns the response to a request.
    var answer: (Request) -> Answer = { _ in .status(404) }
    private(set) var requests: [Request] = []
    /// The number of clients without a response that have disconnected.
    private(set) var hangUps = 0

    private let reactor: LibevReactor
    private let number: UInt32
    private let listener: Int32
    private var waiting: [Int32: any DescriptorWatch] = [:]
    private var watch: (any DescriptorWatch)?

    /// Starts a server.
    ///
    /// - Parameter number: The last number of its address in 127.0.0.0/24.
    init(_ reactor: LibevReactor, number: UInt32 = 1) throws {
        self.reactor = reactor
        self.number = number
        self.listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | O_CLOEXEC, 0)
        var address = Self.address(number)
        let bound = withUnsafeBytes(of: &address) {
            bind(self.listener, $0.assumingMemoryBound(to: sockaddr.self).baseAddress, Self.length)
        }
        try #require(bound == 0 && listen(self.listener, 16) == 0)
        self.watch = reactor.addReader(self.listener) { [unowned self] in self.accept() }
    }

    deinit {
        self.watch?.remove()
        self.hangUp()
        close(self.listener)
    }

    /// The address of the server: "127.0.0.1:PORT".
    var host: String { "127.0.0.\(self.number):\(self.port)" }

    /// The port of the server.
    var port: UInt16 {
        var address = sockaddr_in()
        var length = Self.length
        _ = withUnsafeMutableBytes(of: &address) {
            getsockname(
                self.listener,
                $0.assumingMemoryBound(to: sockaddr.self).baseAddress,
                &length
            )
        }
        return UInt16(bigEndian: address.sin_port)
    }

    /// Closes the connections that got no response.
    func hangUp() {
        for (descriptor, watch) in self.waiting {
            watch.remove()
            close(descriptor)
        }
        self.waiting = [:]
    }

    private static let length = socklen_t(MemoryLayout<sockaddr_in>.size)

    private static func address(_ number: UInt32) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = in_addr_t(0x7f00_0000 | number).bigEndian
        return address
    }

    private func accept() {
        let descriptor = Glibc.accept(self.listener, nil, nil)
        guard descriptor >= 0, let request = Self.request(on: descriptor) else { return }
        self.requests.append(request)
        switch self.answer(request) {
        case .never: self.keep(descriptor)
        case .partial(let bytes):
            _ = Array(bytes).withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            self.keep(descriptor)
        case .page(let code, let headers, let body): Self.send(code, headers, body, to: descriptor)
        case .status(let code, let headers): Self.send(code, headers, Data(), to: descriptor)
        case .file(let folder):
            let body = try? Data(contentsOf: URL(fileURLWithPath: folder + request.path))
            Self.send(body == nil ? 404 : 200, [], body ?? Data(), to: descriptor)
        case .half(let folder):
            let body = try? Data(contentsOf: URL(fileURLWithPath: folder + request.path))
            Self.send(body == nil ? 404 : 200, [], body ?? Data(), to: descriptor, isCut: true)
        }
    }

    private func keep(_ descriptor: Int32) {
        self.waiting[descriptor] = self.reactor.addReader(descriptor) { [unowned self] in
            self.hangUps += 1
            self.waiting.removeValue(forKey: descriptor)?.remove()
            close(descriptor)
        }
    }

    // Git sends its request immediately and in at most two parts, so a blocking read returns almost
    // at once.
    private static func request(on descriptor: Int32) -> Request? {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        var end: Int?
        while end.map({ bytes.count < $0 }) ?? true {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            guard count > 0 else { return nil }
            bytes += buffer.prefix(count)
            if end == nil, let head = bytes.firstRange(of: Array("\r\n\r\n".utf8)) {
                end = head.upperBound + Self.bodyLength(bytes[..<head.lowerBound])
            }
        }
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\r\n")
        let words = lines[0].split(separator: " ")
        return Request(
            method: String(words[0]),
            path: String(words[1].prefix { $0 != "?" }),
            headers: Array(lines.dropFirst())
        )
    }

    private static func bodyLength(_ head: ArraySlice<UInt8>) -> Int {
        let lines = String(decoding: head, as: UTF8.self).split(separator: "\r\n")
        let line = lines.first { $0.lowercased().hasPrefix("content-length:") }
        return line.flatMap { Int($0.dropFirst(15).drop { $0 == " " }) } ?? 0
    }

    private static func send(
        _ code: Int,
        _ headers: [String],
        _ body: Data,
        to descriptor: Int32,
        isCut: Bool = false
    ) {
        let lines = ["HTTP/1.1 \(code) x", "Content-Length: \(body.count)", "Connection: close"]
        let head = (lines + headers).joined(separator: "\r\n") + "\r\n\r\n"
        let bytes = Array(head.utf8) + (isCut ? body.prefix(body.count / 2) : body)
        _ = Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
        close(descriptor)
    }
}
