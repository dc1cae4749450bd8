import Foundation
import Testing

/// The configuration of nginx that the documentation gives, where nginx is installed.
@Suite struct ServiceProxyTests {
  private static func found(_ name: String) -> String? {
    ["/usr/sbin/", "/usr/bin/"].map { $0 + name }.first { access($0, X_OK) == 0 }
  }
  private static let hasPrograms = ["nginx", "openssl", "curl"].allSatisfy { found($0) != nil }

  private func run(_ program: String, _ arguments: [String], _ folder: Folder) throws -> Outcome {
    let path = try #require(Self.found(program))
    return try Running(arguments, in: folder, program: path).wait()
  }

  /// The configuration between the lines of the page, with other ports and files.
  private func configuration(port: Int, server: Int, _ folder: Folder) throws -> String {
    let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../../Documentation/Serve.md").standardizedFileURL
    let text = try String(contentsOf: page, encoding: .utf8)
    let start = try #require(text.range(of: "```nginx\n"))
    let end = try #require(text.range(of: "```", range: start.upperBound..<text.endIndex))
    let own = text[start.upperBound..<end.lowerBound]
      .replacingOccurrences(of: "listen 443 ssl", with: "listen 127.0.0.1:\(port) ssl")
      .replacingOccurrences(of: "127.0.0.1:8080", with: "127.0.0.1:\(server)")
      .replacingOccurrences(of: "/etc/ssl/hourglass", with: folder.path("proxy"))
    let places = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map {
      "\($0)_temp_path \(folder.path($0));"
    }.joined(separator: " ")
    return "daemon off; pid \(folder.path("pid")); error_log \(folder.path("nginx.log"));\n"
      + "events {}\nhttp { access_log off;\n\(places)\n\(own)}\n"
  }

  @Test(.enabled(if: hasPrograms, "nginx, openssl and curl are needed"))
  func theConfigurationOfTheDocumentationWorks() throws {
    let folder = try Folder()
    try folder.write("anna anna-0123456789abcdef\n", to: "users.txt")
    let port = Int.random(in: 20_000..<30_000)
    let name = "hourglass.example.org"
    let service = try RunningService(
      in: folder,
      ["--token-file", "users.txt", "--allow-host", "\(name):\(port)"]
    )
    let certificate = try run(
      "openssl",
      [
        "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=\(name)",
        "-keyout", "proxy.key", "-out", "proxy.pem",
      ],
      folder
    )
    try #require(certificate.code == 0, "\(certificate.errors)")
    try folder.write(
      try configuration(port: port, server: service.port, folder),
      to: "nginx.conf"
    )
    let proxy = try Running(
      ["-c", folder.path("nginx.conf"), "-p", folder.url.path],
      in: folder,
      program: try #require(Self.found("nginx"))
    )
    defer {
      proxy.send(SIGTERM)
      _ = try? proxy.wait()
    }
    let address = "https://\(name):\(port)"
    func curl(_ path: String, _ arguments: String...) throws -> String {
      let common = ["-sk", "--max-time", "20", "--resolve", "\(name):\(port):127.0.0.1"]
      return try run("curl", common + arguments + ["\(address)\(path)"], folder).output
    }
    let end = Date() + 20
    while try curl("/healthz") != "ok\n" {
      try #require(Date() < end, "\(folder.text("nginx.log")) \(proxy.errors)")
      usleep(20_000)
    }
    let json = "Content-Type: application/json"
    let login = try curl(
      "/v1/session",
      "-i",
      "-H",
      "Origin: \(address)",
      "-H",
      json,
      "-d",
      "{\"token\":\"anna-0123456789abcdef\"}"
    )
    #expect(login.hasPrefix("HTTP/1.1 204"), "\(login)")
    #expect(login.contains("; Secure"))
    let token = "Authorization: Bearer anna-0123456789abcdef"
    try folder.write(Made.table(rows: 80, columns: 3), to: "t.csv")
    let upload = try curl("/v1/data/t.csv", "-H", token, "--data-binary", "@t.csv")
    #expect(upload.contains("uploads/t.csv"))
    let foreign = try curl(
      "/v1/data/t.csv",
      "-X",
      "DELETE",
      "-H",
      token,
      "-H",
      "Origin: https://evil.example",
      "-w",
      "%{http_code}"
    )
    #expect(foreign.hasSuffix("403"))
    let request = "{\"task\":\"reduce\",\"data\":[\"uploads/t.csv\"],\"training\":{\"epochs\":2}}"
    let job = try curl("/v1/jobs", "-H", token, "-H", json, "-d", request)
    let id = try #require(try EndToEndJSON.object(job)["id"] as? String)
    #expect(try curl("/v1/jobs/\(id)/events", "-N", "-H", token).contains("event: ended"))
  }
}

/// The function of the same name is hidden in a test by a constant.
private enum EndToEndJSON {
  static func object(_ text: String) throws -> [String: Any] { try json(text) }
}
