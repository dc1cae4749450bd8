import Foundation
import Testing

extension RunningService {
  /// A connection with the beginning of a request: its head, and as much of its body as is given.
  func begin(
    _ method: String,
    _ path: String,
    _ headers: [String: String] = [:],
    length: Int,
    _ body: [UInt8] = [],
    token: String? = nil
  ) throws -> Wire {
    let wire = try Wire(port: port)
    var lines = [
      "\(method) \(path) HTTP/1.1", "Host: 127.0.0.1:\(port)", "Connection: close",
      "Authorization: Bearer \(token ?? self.token)", "Content-Length: \(length)",
    ]
    for (name, value) in headers { lines.append("\(name): \(value)") }
    _ = wire.send(lines.joined(separator: "\r\n") + "\r\n\r\n")
    wire.send(body)
    return wire
  }

  /// A connection with a whole request in JSON, whose answer is not read yet.
  func begin(_ path: String, json: String, token: String? = nil) throws -> Wire {
    let body = Array(json.utf8)
    let type = ["Content-Type": "application/json"]
    return try begin("POST", path, type, length: body.count, body, token: token)
  }

  /// The processes of the server with a word in their command, in the folder of a user.
  func children(_ word: String, of user: String) throws -> [Int32] {
    let all = try FileManager.default.contentsOfDirectory(atPath: "/proc").compactMap { Int32($0) }
    return all.filter { process in
      guard let state = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8),
        let words = try? String(contentsOfFile: "/proc/\(process)/cmdline", encoding: .utf8),
        let place = try? FileManager.default.destinationOfSymbolicLink(
          atPath: "/proc/\(process)/cwd"
        ),
        let end = state.lastIndex(of: ")")
      else { return false }
      let parts = state[end...].split(separator: " ")
      return parts.count > 2 && parts[1] != "Z" && Int32(parts[2]) == identifier
        && words.contains(word) && place.hasSuffix("/\(user)")
    }
  }

  /// Halts processes of a user as they come, so that they run for as long as a test wants, until there are so many.
  func halt(_ count: Int, of user: String) throws -> [Int32] {
    let end = Date() + 60
    var halted: Set<Int32> = []
    while halted.count < count {
      try #require(Date() < end, "only \(halted.count) processes came")
      for process in try children("--end-with-input", of: user) where !halted.contains(process) {
        kill(process, SIGSTOP)
        halted.insert(process)
      }
      usleep(1_000)
    }
    return Array(halted)
  }
}
