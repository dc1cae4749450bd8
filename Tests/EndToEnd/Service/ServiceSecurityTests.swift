import Foundation
import Testing

/// What the server refuses, to whom, and that it stays reachable.
@Suite struct ServiceSecurityTests {
  private func service(_ arguments: [String] = []) throws -> RunningService {
    try RunningService(in: Folder(), arguments)
  }

  @Test func otherHostsAreRefused() throws {
    let service = try service()
    let port = service.port
    for host in ["127.0.0.1:\(port)", "localhost:\(port)", "LOCALHOST:\(port)", "[::1]:\(port)"] {
      #expect(try service.call("GET", "/healthz", ["Host": host]).status == 200, "\(host)")
    }
    for host in [
      "evil.example", "evil.example:\(port)", "127.0.0.1", "127.0.0.1:\(port + 1)",
      "localhost:\(port).evil.example", "127.0.0.1:\(port)@evil.example", "localhost:0\(port)0",
      "[::1", "127.0.0.1:", "localhost:+\(port)",
    ] {
      let answer = try service.call("GET", "/healthz", ["Host": host])
      #expect(answer.status == 421 || answer.status == 400, "\(host): \(answer.status)")
      #expect(!answer.text.contains("evil"))
    }
    #expect(try service.call("GET", "/healthz", ["Host": "evil.example"]).status == 421)
  }

  /// A proxy may take another one of two names than the server does.
  @Test func aRequestHasOneHost() throws {
    let service = try service()
    let own = "127.0.0.1:\(service.port)"
    func status(_ address: String, _ hosts: [String]) throws -> Int {
      let wire = try Wire(port: service.port)
      let lines = ["GET \(address) HTTP/1.1", "Connection: close"] + hosts.map { "Host: \($0)" }
      _ = wire.send(lines.joined(separator: "\r\n") + "\r\n\r\n")
      return RunningService.parsed(wire.receiveAll()).status
    }
    #expect(try status("/healthz", [own]) == 200)
    #expect(try status("/healthz", [own, "evil.example"]) == 400)
    #expect(try status("/healthz", [own, own]) == 400)
  }

  @Test func overHTTPSTheCookieIsForHTTPSAlone() throws {
    let service = try service()
    func cookie(_ headers: [String: String]) throws -> String {
      try service.call("GET", "/", headers, token: "").headers["set-cookie"] ?? ""
    }
    #expect(try cookie(["X-Forwarded-Proto": "https"]).hasSuffix("; Secure"))
    #expect(try !cookie([:]).contains("Secure"))
  }

  @Test func pagesOfOtherOriginsAreRefused() throws {
    let service = try service()
    let own = "http://127.0.0.1:\(service.port)"
    func status(_ method: String, _ headers: [String: String]) throws -> Int {
      try service.call(method, "/v1/data/a.csv?replace=true", headers, body: Array("a\n1\n".utf8))
        .status
    }
    #expect(try status("POST", ["Origin": own]) == 201)
    #expect(try status("POST", [:]) == 201)
    for origin in [
      "null", "http://evil.example", "\(own).evil.example", "http://127.0.0.1:\(service.port + 1)",
      "https://127.0.0.1", "file://", "127.0.0.1:\(service.port)", "",
    ] {
      #expect(try status("POST", ["Origin": origin]) == 403, "\(origin)")
      #expect(try status("DELETE", ["Origin": origin]) == 403, "\(origin)")
    }
    #expect(try status("POST", ["Sec-Fetch-Site": "cross-site"]) == 403)
    #expect(try status("POST", ["Sec-Fetch-Site": "same-site"]) == 403)
    #expect(try status("POST", ["Sec-Fetch-Site": "same-origin"]) == 201)
  }

  @Test func nothingIsGivenToStrangers() throws {
    let service = try service()
    for path in [
      "/v1/session", "/v1/data", "/v1/jobs", "/v1/models", "/v1/databases", "/v1/examples",
      "/v1/preview?name=uploads/a.csv", "/v1/file?name=uploads/a.csv", "/v1/jobs/a/events",
    ] {
      let answer = try service.call("GET", path, token: "")
      #expect(answer.status == 401, "\(path)")
      #expect(answer.headers["www-authenticate"] == "Bearer")
      #expect(answer.headers["content-type"] == "application/problem+json")
    }
    let wrong = String(service.token.dropLast()) + "x"
    for token in [wrong, service.token + "0", "x", String(service.token.dropLast())] {
      #expect(try service.get("/v1/session", token: token).status == 401)
    }
    #expect(try service.get("/v1/session").status == 200)
  }

  @Test func aBrowserOfThisMachineGetsACookie() throws {
    let service = try service()
    let page = try service.call("GET", "/", token: "")
    #expect(page.status == 200)
    let cookie = try #require(page.headers["set-cookie"])
    for part in ["HttpOnly", "SameSite=Strict", "Path=/"] { #expect(cookie.contains(part)) }
    let pair = String(cookie.prefix { $0 != ";" })
    let session = try service.call("GET", "/v1/session", ["Cookie": "a=b; \(pair)"], token: "")
    #expect(session["user"] as? String == "local")
    #expect(try service.call("GET", "/v1/session", ["Cookie": pair + "0"], token: "").status == 401)
    #expect(try service.call("DELETE", "/v1/session", ["Cookie": pair], token: "").status == 204)
    #expect(try service.call("GET", "/v1/session", ["Cookie": pair], token: "").status == 401)
  }

  @Test func everyAnswerHasTheHeadersThatKeepABrowserSafe() throws {
    let service = try service()
    for path in ["/", "/studio/studio.js", "/v1/session", "/nothing", "/healthz"] {
      let answer = try service.get(path)
      let policy = answer.headers["content-security-policy"] ?? ""
      #expect(
        policy.hasPrefix("default-src 'none'; script-src 'self'; style-src 'self'"),
        "\(path)"
      )
      #expect(policy.contains("frame-ancestors 'none'"))
      #expect(!policy.contains("inline"))
      #expect(answer.headers["x-content-type-options"] == "nosniff")
      #expect(answer.headers["referrer-policy"] == "no-referrer")
      #expect(answer.headers["cross-origin-resource-policy"] == "same-origin")
    }
  }

  @Test func errorsRepeatNothingOfTheRequest() throws {
    let service = try service()
    let mark = "qzxmark"
    let answers = [
      try service.get("/\(mark)"), try service.get("/v1/jobs/\(mark)"),
      try service.get("/v1/preview?name=\(mark)/%3Cscript%3E"),
      try service.get("/v1/preview?name=uploads/a&count=\(mark)"),
      try service.call("GET", "/v1/session", token: mark),
      try service.call("POST", "/v1/jobs", ["Content-Type": mark], body: []),
      try service.call("PUT", "/v1/jobs", body: Array(mark.utf8)),
      try service.post("/v1/session", json: "{\"token\":\"\(mark)\"}"),
      try service.post("/v1/inspect", json: "{\"\(mark)\":1}"),
    ]
    for answer in answers {
      #expect((400..<500).contains(answer.status), "\(answer.status)")
      #expect(!answer.text.contains(mark), "\(answer.text)")
      #expect(answer["detail"] is String)
      #expect(answer["status"] as? Int == answer.status)
    }
    let request = "{\"task\":\"detect\",\"data\":[],\"<img src=x>\":1}"
    #expect(try service.post("/v1/jobs", json: request).text.contains("<") == false)
  }

  @Test func addressesThatTakeOtherMethodsSayWhich() throws {
    let service = try service()
    let answer = try service.call("PUT", "/v1/jobs", body: [])
    #expect(answer.status == 405)
    #expect(answer.headers["allow"] == "GET, POST, HEAD")
    #expect(try service.call("DELETE", "/healthz").status == 405)
    #expect((400...405).contains(try service.call("BREW", "/healthz").status))
    #expect(try service.get("/v1/nothing").status == 404)
  }

  @Test(arguments: [
    "uploads/../../../etc/passwd", "uploads/..%2f..%2fusers.txt", "/etc/passwd", "..",
    "shared/../secret.txt", "shared/link.txt", "shared/out/secret.txt", "shared/out", "uploads",
    "uploads/", "shared", "jobs/../local/usage.json", "uploads/%00", "uploads/.hidden",
    "shared/./t.csv", "shared//t.csv", "file:///etc/passwd", "http://127.0.0.1/", "-", "/dev/stdin",
    "uploads/a.csv/../a.csv", "examples/../secret.txt", "shared/%2e%2e/secret.txt",
  ])
  func noPathLeadsOut(_ name: String) throws {
    let folder = try Folder()
    try folder.write("secret,b\n1,2\n", to: "secret.txt")
    try folder.write(Array("a\n1\n".utf8), to: "data/t.csv", making: "data")
    symlink(folder.path("secret.txt"), folder.path("data/link.txt"))
    symlink(folder.url.path, folder.path("data/out"))
    let service = try RunningService(in: folder, ["--data", "data"])
    let escaped = name.contains("%") ? name : name.replacingOccurrences(of: "/", with: "%2F")
    for path in ["/v1/preview?name=\(escaped)", "/v1/file?name=\(escaped)"] {
      let answer = try service.get(path)
      #expect(answer.status == 404 || answer.status == 400, "\(path): \(answer.status)")
      #expect(!answer.text.contains("secret"))
    }
    let request = "{\"task\":\"reduce\",\"data\":[\"\(name)\"]}"
    #expect((400...404).contains(try service.post("/v1/jobs", json: request).status))
    let inspect = "{\"data\":\"\(name)\"}"
    #expect((400...404).contains(try service.post("/v1/inspect", json: inspect).status))
    #expect(try service.get("/v1/preview?name=shared/t.csv").status == 200)
  }

  @Test func namesOfUploadsAreFileNamesAlone() throws {
    let service = try service()
    for name in [
      "..", "%2e%2e", "%2e%2e%2fx", "a%2fb", ".hidden", "a%5cb", "-o", "a%00b", "a%0ab", "%ff",
      "%zz", String(repeating: "a", count: 201),
    ] {
      let answer = try service.call("POST", "/v1/data/\(name)", body: [1])
      #expect((400...405).contains(answer.status), "\(name): \(answer.status)")
    }
    #expect(try service.call("POST", "/v1/data/%C3%A9t%C3%A9%20%231.csv", body: [1]).status == 201)
    #expect(try service.get("/v1/data").text.contains("uploads/été #1.csv"))
    #expect(try service.folder.names().sorted() == ["kept"])
  }

  /// A page that was uploaded does not run under the address of the server.
  @Test func uploadsAreNoPages() throws {
    let service = try service()
    for name in ["page.html", "image.svg", "script.js"] {
      try service.upload(name, "<script>alert(1)</script>")
      let answer = try service.get("/v1/file?name=uploads/\(name)")
      #expect(answer.headers["content-type"] == "application/octet-stream")
      #expect(answer.headers["content-disposition"]?.hasPrefix("attachment") == true)
    }
  }

  @Test func bodiesThatAreTooLongAreRefusedWithoutMemory() throws {
    let service = try service(["--max-upload", "8m"])
    try service.upload("small.csv", "a\n1\n")
    let before = try memory(of: service)
    let announced = try service.call(
      "POST",
      "/v1/data/b.csv",
      ["Content-Length": "\(64 << 20)"],
      body: []
    )
    #expect(announced.status == 413)
    // Pieces whose length nobody announced.
    let wire = try Wire(port: service.port)
    _ = wire.send(
      "POST /v1/data/c.csv HTTP/1.1\r\nHost: 127.0.0.1:\(service.port)\r\nConnection: close\r\n"
        + "Authorization: Bearer \(service.token)\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    let piece = Array("100000\r\n".utf8) + [UInt8](repeating: 0x61, count: 1 << 20) + [13, 10]
    var sent = 0
    while sent < 64, !wire.hasBytes, wire.send(piece) { sent += 1 }
    let answer = RunningService.parsed(wire.receiveAll())
    #expect(answer.status == 413)
    let growth = try memory(of: service) - before
    #expect(growth < 10 << 20, "\(growth) bytes more")
    #expect(try service.get("/v1/data").text.contains("c.csv") == false)
    let long = Array("{\"task\":\"\(String(repeating: "x", count: 2 << 20))\"}".utf8)
    let json = ["Content-Type": "application/json"]
    #expect(try service.call("POST", "/v1/jobs", json, body: long).status == 413)
    let header = ["X-Long": String(repeating: "x", count: 40_000)]
    #expect((400..<500).contains(try service.call("GET", "/healthz", header).status))
  }

  /// The bytes of memory of the server.
  private func memory(of service: RunningService) throws -> Int {
    let text = try String(contentsOfFile: "/proc/\(service.identifier)/status", encoding: .utf8)
    let line = text.split(separator: "\n").first { $0.hasPrefix("VmRSS:") } ?? ""
    return (line.split(separator: " ").compactMap { Int($0) }.first ?? 0) << 10
  }

  @Test func idleAndSlowConnectionsDoNotBlockOthers() throws {
    let service = try service()
    var wires: [Wire] = []
    for index in 0..<1_000 {
      let wire = try Wire(port: service.port)
      if index % 2 == 0 { _ = wire.send("GET /healthz HTTP/1.1\r\nHost: 127") }
      wires.append(wire)
    }
    for _ in 0..<20 {
      for wire in wires.prefix(200) { _ = wire.send("x") }
      #expect(try service.get("/healthz").status == 200)
      #expect(try service.get("/v1/session").status == 200)
    }
  }

  @Test(arguments: [
    (["--host", "0.0.0.0"], "--token-file"), (["--host", "192.168.1.1"], "--token-file"),
    (["--host", "::"], "--token-file"), (["--allow-host", "a.example.org"], "--token-file"),
    (["--request-minutes", "0"], "--request-minutes"),
    (["--request-minutes", "1e300"], "--request-minutes"), (["--data", "nothing"], "no folder"),
    (["--port", "70000"], "--port"), (["--job-memory", "much"], "--job-memory"),
    (["--job-memory", "1m"], "64m"), (["--quota-jobs", "0"], "--quota-jobs"),
    (["--token-file", "nothing.txt"], "nothing.txt"), (["--token-file", "short.txt"], "16"),
    (["--host", "0.0.0.0", "--token-file", "users.txt"], "--allow-host"),
  ])
  func startsThatAreNotSafeAreRefused(_ arguments: [String], _ word: String) throws {
    let folder = try Folder()
    try folder.write("anna short\n", to: "short.txt")
    try folder.write("anna 0123456789abcdef\n", to: "users.txt")
    let outcome = try Program.run(["serve", "--port", "0"] + arguments, in: folder)
    #expect(outcome.code != 0)
    #expect(outcome.errors.hasPrefix("error: "), "\(outcome.errors)")
    #expect(outcome.errors.contains(word), "\(outcome.errors)")
  }

  @Test func oneServerAtATimeHasAFolder() throws {
    let service = try service()
    let other = try Program.run(
      ["serve", "--port", "0", "--workspace", "kept"],
      in: service.folder
    )
    #expect(other.code == 2)
    #expect(other.errors.contains("another server uses the folder"))
  }
}
