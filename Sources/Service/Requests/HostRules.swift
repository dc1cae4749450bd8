internal import HourglassJobs
internal import Synchronization

/// Under which names the server answers: what a Host header may be, and an Origin.
///
/// A page of another site can make a browser send requests here, also under a name of its own that leads to
/// this address. So the name and the port of each request must be those of the server.
struct HostRules: Sendable {
  /// A name or an address with its port.
  struct Authority: Hashable, Sendable {
    var host: String
    /// None where the scheme's own is meant.
    var port: Int?

    /// Reads `host`, `host:port`, `[address]` or `[address]:port`; none for anything else.
    init?(_ text: some StringProtocol) {
      let text = text.lowercased()
      let rest: Substring
      if text.hasPrefix("[") {
        guard let end = text.firstIndex(of: "]") else { return nil }
        host = String(text[...end])
        rest = text[text.index(after: end)...]
        guard host.dropFirst().dropLast().allSatisfy({ $0.isHexDigit || $0 == ":" || $0 == "." })
        else { return nil }
      } else {
        let end = text.firstIndex(of: ":") ?? text.endIndex
        host = String(text[..<end])
        rest = text[end...]
        guard host.utf8.allSatisfy({ Self.isOfName($0) }) else { return nil }
      }
      guard !host.isEmpty else { return nil }
      if rest.isEmpty { return }
      let digits = rest.dropFirst()
      guard rest.first == ":", (1...5).contains(digits.count),
        digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
        let number = Int(digits), (1...65_535).contains(number)
      else { return nil }
      port = number
    }

    /// The host without the brackets of an address.
    var name: String { host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host }

    private static func isOfName(_ byte: UInt8) -> Bool {
      (0x30...0x39).contains(byte) || (0x61...0x7a).contains(byte) || byte == 0x2d || byte == 0x2e
    }
  }

  private let allowed: Set<Authority>

  /// - Parameters:
  ///   - host: The address that the server listens on.
  ///   - port: Its port.
  ///   - names: Other names by which it is reached, as through a proxy; without a port that of the
  ///     scheme or of the server.
  init(host: String, port: Int, names: [String]) throws(Failure) {
    var allowed: Set<Authority> = []
    func add(_ host: String, _ port: Int?) {
      guard var authority = Authority(host) else { return }
      authority.port = port
      allowed.insert(authority)
      // A browser leaves out the port of the scheme.
      if port == 80 || port == 443 {
        authority.port = nil
        allowed.insert(authority)
      }
    }
    let own = host.contains(":") ? "[\(host)]" : host
    if !["0.0.0.0", "[::]"].contains(own) { add(own, port) }
    if Self.isLoopback(host) {
      for name in ["localhost", "127.0.0.1", "[::1]"] { add(name, port) }
    }
    for name in names {
      guard let authority = Authority(name) else {
        throw .usage("--allow-host is a name or an address with or without a port, found \(name)")
      }
      if let port = authority.port {
        add(authority.host, port)
      } else {
        add(authority.host, 80)
        add(authority.host, port)
      }
    }
    guard !allowed.isEmpty else {
      throw .usage(
        "--host \(host) stands for all addresses; name those by which the server is reached with "
          + "--allow-host NAME"
      )
    }
    self.allowed = allowed
  }

  /// Whether an address is one of this machine alone.
  static func isLoopback(_ host: String) -> Bool {
    host == "localhost" || host == "::1"
      || (host.hasPrefix("127.") && host.allSatisfy { $0.isNumber || $0 == "." })
  }

  /// Whether a Host header is one of the server's names.
  func allows(host: String?) -> Bool {
    host.flatMap { Authority($0) }.map { allowed.contains($0) } ?? false
  }

  /// Whether an Origin header is that of a page of this server.
  func allows(origin: String) -> Bool {
    for (scheme, port) in [("http://", 80), ("https://", 443)] where origin.hasPrefix(scheme) {
      guard var authority = Authority(origin.dropFirst(scheme.count)) else { return false }
      if authority.port == port { authority.port = nil }
      return allowed.contains(authority)
    }
    return false
  }
}

/// The names of a server, which are known when its port is.
final class OwnNames: Sendable {
  private let host: String
  private let names: [String]
  private let known = Mutex<HostRules?>(nil)

  init(host: String, names: [String]) { (self.host, self.names) = (host, names) }

  /// The rules; none before the port is known.
  var rules: HostRules? { known.withLock { $0 } }

  /// Says which port it is.
  func set(port: Int) {
    let rules = try? HostRules(host: host, port: port, names: names)
    known.withLock { $0 = rules }
  }
}
