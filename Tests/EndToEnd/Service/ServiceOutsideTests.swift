import Foundation
import Testing

/// What the server leaves alone outside of itself: other programs, other machines, and a disk that is full.
@Suite struct ServiceOutsideTests {
  private func json(_ value: Any) throws -> String {
    String(decoding: try JSONSerialization.data(withJSONObject: value), as: UTF8.self)
  }

  @Test func uploadsNeverReachFFmpeg() throws {
    let folder = try Folder()
    let boxes = [0, 0, 0, 32] + Array("ftypM4A ".utf8) + [UInt8](repeating: 0, count: 40)
    try folder.write(boxes, to: "a.m4a")
    try folder.write(
      "#!/bin/sh\necho \"$*\" >>\(folder.path("called"))\nexit 3\n".utf8.map { $0 },
      to: "bin/ffmpeg",
      making: "bin"
    )
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o755],
      ofItemAtPath: folder.path("bin/ffmpeg")
    )
    let path = folder.path("bin") + ":/usr/bin:/bin"
    let words = ["PATH=\(path)", Program.path, "inspect", "a.m4a"]
    _ = try Running(words, in: folder, program: "/usr/bin/env").wait()
    // The command asks it, so that the server would have found it too.
    try #require(folder.has("called"))
    try FileManager.default.removeItem(atPath: folder.path("called"))
    let service = try RunningService(in: folder, path: path)
    for name in ["a.m4a", "set/a.m4a", "set/b.m4a", "a.wav"] {
      #expect(try service.call("POST", "/v1/data/\(name)", body: boxes).status == 201)
    }
    for data in ["uploads/a.m4a", "uploads/set", "uploads/a.wav"] {
      let seen = try service.post("/v1/inspect", json: "{\"data\":\"\(data)\"}")
      #expect(seen.status == 422, "\(data): \(seen.text)")
      for task in ["denoise", "reduce", "match add"] {
        let options = task == "match add" ? ",\"options\":{\"database\":\"s.db\"}" : ""
        let request = "{\"task\":\"\(task)\",\"data\":[\"\(data)\"]\(options)}"
        let job = try service.wait(try service.start(request))
        #expect(job["state"] as? String == "failed", "\(data) \(task): \(job)")
      }
    }
    #expect(!folder.has("called"), "\(folder.text("called"))")
  }

  @Test func addressesAreNeverFetched() throws {
    let listener = try Listener()
    let service = try RunningService(in: Folder())
    let rows = (0..<60).map { "\(listener.address)/\($0).png,\($0)" }.joined(separator: "\n")
    try service.upload("links.csv", "image,number\n\(rows)\n")
    let own = "uploads/links.csv"
    for address in [
      "\(listener.address)/a.csv", "//127.0.0.1:\(listener.port)/a.csv",
      "uploads/\(listener.address)/a.csv", "shared/\(listener.address)/a.csv",
      "file:///etc/passwd", "ftp://127.0.0.1:\(listener.port)/a.csv",
    ] {
      let name = address.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
      for path in ["/v1/preview?name=\(name)", "/v1/file?name=\(name)"] {
        #expect([400, 404].contains(try service.get(path).status), "\(path)")
      }
      let seen = try service.post("/v1/inspect", json: try json(["data": address]))
      #expect([400, 404].contains(seen.status), "\(address): \(seen.status)")
      let requests: [[String: Any]] = [
        ["task": "reduce", "data": [address]],
        ["task": "detect", "data": [own], "files": ["learnFrom": address]],
        ["task": "detect", "data": [own], "files": ["model": address]],
        ["task": "impute", "data": [own], "files": ["output": address]],
        ["task": "match find", "data": [own], "options": ["database": address]],
      ]
      for request in requests {
        let answer = try service.post("/v1/jobs", json: try json(request))
        #expect([400, 404].contains(answer.status), "\(request): \(answer.status)")
      }
    }
    // Cells that are addresses are texts.
    let request = ["task": "impute", "data": [own], "training": ["epochs": 1]] as [String: Any]
    try service.wait(try service.start(try json(request)))
    #expect(!listener.wasCalled)
    _ = try Wire(port: listener.port)
    #expect(listener.wasCalled)
  }

  /// Mounts a small disk in memory, which root alone may do, and not in every container.
  private func mounted(_ folder: Folder, _ name: String, megabytes: Int) throws -> Bool {
    try FileManager.default.createDirectory(
      atPath: folder.path(name),
      withIntermediateDirectories: true
    )
    let words = ["-t", "tmpfs", "-o", "size=\(megabytes)m", "tmpfs", folder.path(name)]
    return try Running(words, in: folder, program: "/bin/mount").wait().code == 0
  }

  @Test(.enabled(if: geteuid() == 0)) func aFullDiskLeavesTheFormerState() throws {
    let folder = try Folder()
    try folder.write(Made.table(rows: 300, columns: 5), to: "data.csv")
    guard try mounted(folder, "kept", megabytes: 6) else { return }
    defer {
      let words = ["-l", folder.path("kept")]
      _ = try? Running(words, in: folder, program: "/bin/umount").wait()
    }
    let service = try RunningService(in: folder)
    defer { service.end(SIGKILL) }
    let table = folder.text("data.csv")
    try service.upload("a.csv", table)
    let job = try service.start(
      try json([
        "task": "reduce", "data": ["uploads/a.csv"], "training": ["epochs": 2],
        "files": ["output": "codes.csv", "save": "m.hourglass"],
      ])
    )
    #expect(try service.wait(job)["state"] as? String == "done")
    let type = ["Content-Type": "text/csv"]
    func score() throws -> Answer {
      let path = "/v1/models/m.hourglass/score"
      return try service.call("POST", path, type, body: Array(table.utf8))
    }
    let scores = try score()
    #expect(scores.status == 200)
    // An upload that has no room leaves the former file, and nothing beside it.
    let large = [UInt8](repeating: 49, count: 12 << 20)
    for path in ["/v1/data/b.csv", "/v1/data/a.csv?replace=true", "/v1/models/n.hourglass"] {
      let answer = try service.call("POST", path, body: large)
      #expect(answer.status == 507, "\(path): \(answer.status)")
      #expect((answer["detail"] as? String)?.contains("disk is full") == true, "\(answer.text)")
    }
    #expect(try service.get("/v1/file?name=uploads/a.csv").text == table)
    let data = try service.get("/v1/data")["items"] as? [[String: Any]] ?? []
    #expect(data.map { $0["name"] as? String } == ["uploads/a.csv"])
    // Not a byte is left for anything else.
    try folder.write([UInt8](), to: "kept/filler")
    let filler = try FileHandle(forWritingTo: folder.url.appendingPathComponent("kept/filler"))
    for size in [1 << 16, 1 << 12, 1 << 8, 1] {
      while (try? filler.write(contentsOf: Data(repeating: 0, count: size))) != nil {}
    }
    try filler.close()
    let refused = try service.post(
      "/v1/jobs",
      json: "{\"task\":\"reduce\",\"data\":[\"uploads/a.csv\"]}"
    )
    if refused.status == 201 {
      let state = try service.wait(try #require(refused["id"] as? String))
      #expect(state["state"] as? String == "failed")
    } else {
      #expect(refused.status == 507, "\(refused.status) \(refused.text)")
      #expect((refused["detail"] as? String)?.contains("disk is full") == true, "\(refused.text)")
    }
    #expect(try score().status == 507)
    #expect(try service.get("/v1/models/m.hourglass").status == 200)
    #expect(try service.get("/v1/jobs/\(job)/file?name=codes.csv").status == 200)
    #expect(try service.get("/healthz").status == 200)
    // With room again all goes on.
    try FileManager.default.removeItem(atPath: folder.path("kept/filler"))
    #expect(try score().body == scores.body)
    let next = try service.start(
      try json(["task": "reduce", "data": ["uploads/a.csv"], "training": ["epochs": 2]])
    )
    #expect(try service.wait(next)["state"] as? String == "done")
  }
}

/// A port of this machine at which nobody answers.
private final class Listener {
  let port: Int
  private let descriptor: Int32

  init() throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    try #require(descriptor >= 0)
    try #require(listen(descriptor, 16) == 0)
    port = try Self.port(of: descriptor)
  }

  deinit { close(descriptor) }

  var address: String { "http://127.0.0.1:\(port)" }

  /// Whether anybody has connected.
  var wasCalled: Bool {
    var wait = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return poll(&wait, 1, 200) > 0
  }

  private static func port(of descriptor: Int32) throws -> Int {
    // A socket that listens without an address was given a port by the system, which names it here.
    let lines = try String(contentsOfFile: "/proc/self/net/tcp", encoding: .utf8)
    let link = try FileManager.default.destinationOfSymbolicLink(
      atPath: "/proc/self/fd/\(descriptor)"
    )
    let inode = link.filter(\.isNumber)
    for line in lines.split(separator: "\n").dropFirst() {
      let parts = line.split(separator: " ")
      guard parts.count > 9, parts[9] == inode else { continue }
      let digits = parts[1].split(separator: ":").last ?? ""
      return try #require(Int(digits, radix: 16))
    }
    throw CocoaError(.featureUnsupported)
  }
}
