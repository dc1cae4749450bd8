import HourglassJobs
import Testing

@testable import HourglassService

@Suite struct HostRulesTests {
  @Test(
    arguments: [
      ("example.org", "example.org", nil), ("Example.ORG:80", "example.org", 80),
      ("127.0.0.1:8080", "127.0.0.1", 8080), ("[::1]", "[::1]", nil),
      ("[::1]:65535", "[::1]", 65_535),
    ] as [(String, String, Int?)]
  )
  func authoritiesAreRead(_ text: String, _ host: String, _ port: Int?) throws {
    let authority = try #require(HostRules.Authority(text))
    #expect(authority.host == host)
    #expect(authority.port == port)
  }

  @Test(arguments: [
    "", ":80", "a:", "a:0", "a:65536", "a:+80", "a:80:80", "a b", "a/b", "user@a", "[::1",
    "[::1]80",
    "[g]", "a:8 0", "a?b", "a#b", "ä.example", "a:٨٠",
  ])
  func othersAreNone(_ text: String) { #expect(HostRules.Authority(text) == nil) }

  @Test func namesWithoutAPortAreThoseOfProxies() throws {
    let rules = try HostRules(host: "10.0.0.5", port: 8080, names: ["hourglass.example.org"])
    for host in ["10.0.0.5:8080", "hourglass.example.org", "hourglass.example.org:8080"] {
      #expect(rules.allows(host: host), "\(host)")
    }
    for host in ["10.0.0.5", "localhost:8080", "127.0.0.1:8080", "example.org"] {
      #expect(!rules.allows(host: host), "\(host)")
    }
    #expect(!rules.allows(host: nil))
    #expect(rules.allows(origin: "https://hourglass.example.org"))
    #expect(rules.allows(origin: "https://hourglass.example.org:443"))
    #expect(!rules.allows(origin: "https://hourglass.example.org:444"))
    #expect(!rules.allows(origin: "ftp://hourglass.example.org"))
    #expect(!rules.allows(origin: "null"))
  }

  @Test func allAddressesNeedAName() throws {
    #expect(throws: Failure.self) { try HostRules(host: "0.0.0.0", port: 1, names: []) }
    #expect(throws: Failure.self) { try HostRules(host: "::", port: 1, names: []) }
    #expect(throws: Failure.self) { try HostRules(host: "::", port: 1, names: ["a/b"]) }
    #expect(try HostRules(host: "0.0.0.0", port: 1, names: ["a:1"]).allows(host: "a:1"))
  }

  @Test(arguments: ["127.0.0.1", "127.1.2.3", "localhost", "::1"])
  func addressesOfThisMachine(_ host: String) { #expect(HostRules.isLoopback(host)) }

  @Test(arguments: ["0.0.0.0", "127.evil.example", "10.0.0.1", "::", "localhost.example.org", ""])
  func addressesOfOthers(_ host: String) { #expect(!HostRules.isLoopback(host)) }
}
