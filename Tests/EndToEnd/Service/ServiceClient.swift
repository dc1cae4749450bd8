import Foundation
import Testing

/// An answer of the server.
struct Answer {
  var status = 0
  var headers: [String: String] = [:]
  var body: [UInt8] = []

  var text: String { String(decoding: body, as: UTF8.self) }

  /// The JSON object of the body.
  var object: [String: Any] { (try? json(text)) ?? [:] }

  subscript(name: String) -> Any? { object[name] }
}

/// A connection to a port of this machine; bytes as they are, so that tests can send what no library would.
final class Wire {
  private let descriptor: Int32

  init(port: Int) throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    try #require(descriptor >= 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr = in_addr(s_addr: UInt32(0x7f00_0001).bigEndian)
    let size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let code = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, size) }
    }
    try #require(code == 0, "cannot connect to port \(port): \(String(cString: strerror(errno)))")
  }

  deinit { close(descriptor) }

  /// Sends bytes; false where the other side has gone.
  @discardableResult
  func send(_ bytes: [UInt8]) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
      let piece = Array(rest.prefix(1 << 16))
      let count = Foundation.send(descriptor, piece, piece.count, Int32(MSG_NOSIGNAL))
      if count <= 0 { return false }
      rest = rest.dropFirst(count)
    }
    return true
  }

  func send(_ text: String) -> Bool { send(Array(text.utf8)) }

  /// Some bytes that came; none at the end, and after some seconds without any.
  func receive(seconds: Int = 60) -> [UInt8] {
    var wait = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    guard poll(&wait, 1, Int32(seconds * 1000)) > 0 else { return [] }
    var bytes = [UInt8](repeating: 0, count: 1 << 16)
    let count = recv(descriptor, &bytes, bytes.count, 0)
    return count > 0 ? Array(bytes[..<count]) : []
  }

  /// Whether something came that was not received yet.
  var hasBytes: Bool {
    var wait = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return poll(&wait, 1, 0) > 0
  }

  /// All that comes until the other side closes.
  func receiveAll() -> [UInt8] {
    var all: [UInt8] = []
    while case let bytes = receive(), !bytes.isEmpty { all += bytes }
    return all
  }
}

/// A server of the built program, which ends with its test.
final class RunningService {
  let folder: Folder
  let port: Int
  /// The token that it printed; empty where users have their own.
  let token: String
  private let process: Running
  private var hasEnded = false

  /// Starts it.
  ///
  /// - Parameter path: The folders in which it finds other programs.
  init(
    in folder: Folder,
    _ arguments: [String] = [],
    workspace: String = "kept",
    path: String = "/usr/bin:/bin"
  ) throws {
    self.folder = folder
    process = try Running(
      [
        "PATH=\(path)", Program.path, "serve", "--port", "0", "--workspace", workspace,
      ] + arguments,
      in: folder,
      program: "/usr/bin/env"
    )
    let end = Date() + 20
    while !process.errors.contains("Hourglass at http://") {
      try #require(Date() < end, "the server did not start: \(process.errors)")
      usleep(2_000)
    }
    let line = process.errors.split(separator: "\n").first { $0.hasPrefix("Hourglass at") } ?? ""
    let digits = line.split(separator: ":").last?.prefix { $0.isNumber } ?? ""
    port = try #require(Int(digits))
    token =
      process.errors.split(separator: " ").last.map {
        $0.trimmingCharacters(in: .whitespacesAndNewlines)
      } ?? ""
  }

  deinit { if !hasEnded { end(SIGKILL) } }

  /// Ends it by a signal, and gives its exit code.
  @discardableResult
  func end(_ signal: Int32) -> Int32 {
    hasEnded = true
    process.send(signal)
    return (try? process.wait(seconds: 40).code) ?? -1
  }

  var errors: String { process.errors }

  /// The number of its process.
  var identifier: Int32 { process.identifier }

  /// Sends a request and reads its answer.
  ///
  /// - Parameter token: The token; that of the server where none is named, and none where it is empty.
  func call(
    _ method: String,
    _ path: String,
    _ headers: [String: String] = [:],
    body: [UInt8]? = nil,
    token: String? = nil
  ) throws -> Answer {
    let wire = try Wire(port: port)
    var lines = ["\(method) \(path) HTTP/1.1", "Connection: close"]
    var headers = headers
    if headers["Host"] == nil { headers["Host"] = "127.0.0.1:\(port)" }
    if let given = token ?? (self.token.isEmpty ? nil : self.token), !given.isEmpty {
      headers["Authorization"] = headers["Authorization"] ?? "Bearer \(given)"
    }
    if let body { headers["Content-Length"] = headers["Content-Length"] ?? "\(body.count)" }
    for (name, value) in headers where value != "-" { lines.append("\(name): \(value)") }
    _ = wire.send(lines.joined(separator: "\r\n") + "\r\n\r\n")
    if let body { wire.send(body) }
    return Self.parsed(wire.receiveAll())
  }

  func get(_ path: String, token: String? = nil) throws -> Answer {
    try call("GET", path, token: token)
  }

  /// Sends JSON.
  func post(_ path: String, json: String, token: String? = nil) throws -> Answer {
    let body = Array(json.utf8)
    return try call("POST", path, ["Content-Type": "application/json"], body: body, token: token)
  }

  /// Uploads a text as a file.
  func upload(_ name: String, _ text: String, token: String? = nil) throws {
    let body = Array(text.utf8)
    let answer = try call("POST", "/v1/data/\(name)", body: body, token: token)
    try #require(answer.status == 201, "\(answer.text)")
  }

  /// Starts a job and gives its identifier.
  func start(_ json: String, token: String? = nil) throws -> String {
    let answer = try post("/v1/jobs", json: json, token: token)
    try #require(answer.status == 201, "\(answer.text)")
    return try #require(answer["id"] as? String)
  }

  /// Waits until a job is in one of some states.
  @discardableResult
  func wait(
    _ id: String,
    _ states: Set<String> = ["done", "stopped", "failed"],
    token: String? = nil
  ) throws -> [String: Any] {
    let end = Date() + 120
    while true {
      let job = try get("/v1/jobs/\(id)", token: token).object
      if states.contains(job["state"] as? String ?? "") { return job }
      try #require(Date() < end, "the job \(id) is still \(job)")
      usleep(20_000)
    }
  }

  static func parsed(_ bytes: [UInt8]) -> Answer {
    var answer = Answer()
    let gap = bytes.indices.first { index in
      index + 3 < bytes.count && Array(bytes[index...index + 3]) == [13, 10, 13, 10]
    }
    guard let gap else { return answer }
    let lines = String(decoding: bytes[..<gap], as: UTF8.self).split(separator: "\r\n")
    answer.status = lines.first.flatMap { Int($0.split(separator: " ")[1]) } ?? 0
    for line in lines.dropFirst() {
      guard let colon = line.firstIndex(of: ":") else { continue }
      let value = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
      answer.headers[line[..<colon].lowercased()] = value
    }
    let rest = Array(bytes[(gap + 4)...])
    answer.body = answer.headers["transfer-encoding"] == "chunked" ? unchunked(rest) : rest
    return answer
  }

  private static func unchunked(_ bytes: [UInt8]) -> [UInt8] {
    var (body, place) = ([UInt8](), 0)
    while let end = bytes[place...].firstIndex(of: 13) {
      let digits = String(decoding: bytes[place..<end], as: UTF8.self)
      guard let size = Int(digits, radix: 16), size > 0, end + 2 + size <= bytes.count else {
        break
      }
      body += bytes[end + 2..<end + 2 + size]
      place = end + 2 + size + 2
      if place >= bytes.count { break }
    }
    return body
  }
}
