internal import HTTPTypes
internal import HourglassJobs
internal import HourglassSystem
internal import Hummingbird
internal import NIOCore

#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

extension Request {
  /// The bytes of a short body, such as a request in JSON.
  ///
  /// - Parameter limit: The most bytes.
  func shortBody(limit: Int = 1 << 20) async throws -> [UInt8] {
    try checkLength(limit: limit)
    let deadline = ContinuousClock.now + .seconds(30)
    var bytes: [UInt8] = []
    for try await buffer in body {
      guard bytes.count + buffer.readableBytes <= limit else { throw Self.tooLong(limit) }
      bytes += buffer.readableBytesView
      guard .now < deadline else { throw Problem(.requestTimeout, "The body came too slowly.") }
    }
    return bytes
  }

  /// A value of a JSON body.
  func json<Value: Decodable>(_ type: Value.Type) async throws -> Value {
    try requireJSON()
    let bytes = try await shortBody()
    do {
      return try JSONDecoder().decode(type, from: Data(bytes))
    } catch {
      throw Problem(
        .badRequest,
        "The body is not the JSON object that is expected here; GET /openapi.json describes it."
      )
    }
  }

  /// Refuses a body that does not say that it is JSON.
  func requireJSON() throws {
    guard mediaType == "application/json" else {
      throw Problem(.unsupportedMediaType, "Send JSON, with Content-Type: application/json.")
    }
  }

  /// The kind of content without its parameters, in lowercase letters.
  var mediaType: String {
    let value = headers[.contentType] ?? ""
    let type = value.prefix { $0 != ";" }
    return type.lowercased().filter { $0 != " " && $0 != "\t" }
  }

  /// Writes the body to a file, which takes its place whole or not at all.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - limit: The most bytes.
  /// - Returns: The number of bytes.
  func store(at path: String, limit: Int, tooLong: Problem? = nil) async throws -> Int {
    let file = try AtomicFile(replacing: path)
    defer { file.cancel() }
    let size = try await pieces(limit: limit, tooLong) { try file.write($0) }
    try file.commit()
    return size
  }

  /// Writes the body to a file of a run, which nobody needs after the run.
  ///
  /// - Parameters:
  ///   - path: The file, which is made.
  ///   - limit: The most bytes.
  func spool(to path: String, limit: Int, tooLong: Problem? = nil) async throws {
    let file = try SpoolFile(path)
    _ = try await pieces(limit: limit, tooLong) { try file.append($0) }
  }

  /// Gives the body piece by piece, and counts its bytes.
  private func pieces(
    limit: Int,
    _ tooLong: Problem?,
    _ take: ([UInt8]) throws -> Void
  ) async throws -> Int {
    try checkLength(limit: limit, tooLong)
    let deadline = ContinuousClock.now + .seconds(6 * 3600)
    var size = 0
    for try await buffer in body {
      size += buffer.readableBytes
      guard size <= limit else { throw tooLong ?? Self.tooLong(limit) }
      try take(Array(buffer.readableBytesView))
      guard .now < deadline else { throw Problem(.requestTimeout, "The body came too slowly.") }
    }
    guard size > 0 else {
      throw Problem(.badRequest, "The body is empty: send the bytes of a file.")
    }
    return size
  }

  private func checkLength(limit: Int, _ tooLong: Problem? = nil) throws {
    guard let length = headers[.contentLength].flatMap({ Int($0) }), length > limit else { return }
    throw tooLong ?? Self.tooLong(limit)
  }

  private static func tooLong(_ limit: Int) -> Problem {
    Problem(.contentTooLarge, "The body is longer than the \(NumberText.bytes(limit)) taken here.")
  }
}

/// A file that is written once, read by a run, and removed: it need not survive a power cut.
private final class SpoolFile {
  private let path: String
  private let descriptor: Int32

  init(_ path: String) throws(FileError) {
    self.path = path
    descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    if descriptor < 0 { throw FileError(path: path, operation: .create, code: errno) }
  }

  deinit { close(descriptor) }

  func append(_ bytes: [UInt8]) throws(FileError) {
    var rest = bytes
    while !rest.isEmpty {
      let count = write(descriptor, rest, rest.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else {
        throw FileError(path: path, operation: .write, code: count < 0 ? errno : EIO)
      }
      rest.removeFirst(count)
    }
  }
}

extension Request {
  /// A query parameter; none where it is not given.
  func query(_ name: String) -> String? { uri.queryParameters.get(name) }

  /// A query parameter that must be given.
  func requiredQuery(_ name: String) throws -> String {
    guard let value = query(name), !value.isEmpty else {
      throw Problem(.badRequest, "The query parameter \(name) is missing.")
    }
    return value
  }

  /// A number of the query within a range.
  func query(_ name: String, _ range: ClosedRange<Int>, default standard: Int) throws -> Int {
    guard let text = query(name) else { return standard }
    guard let value = Int(text), range.contains(value) else {
      throw Problem(
        .badRequest,
        "The query parameter \(name) is a number from \(range.lowerBound) to \(range.upperBound)."
      )
    }
    return value
  }

  /// A truth value of the query, false where it is not given.
  func flag(_ name: String) throws -> Bool {
    switch query(name) {
    case nil, "false": return false
    case "true": return true
    default: throw Problem(.badRequest, "The query parameter \(name) is true or false.")
    }
  }
}

extension Response {
  /// A value as JSON.
  static func json(
    _ value: some Encodable,
    status: HTTPResponse.Status = .ok,
    location: String? = nil
  ) throws -> Response {
    json(text: try value.jsonLine(), status: status, location: location)
  }

  /// A text that is JSON already.
  static func json(
    text: String,
    status: HTTPResponse.Status = .ok,
    location: String? = nil
  ) -> Response {
    var headers: HTTPFields = [.contentType: "application/json"]
    if let location { headers[.location] = location }
    return Response(
      status: status,
      headers: headers,
      body: ResponseBody(byteBuffer: ByteBuffer(string: text))
    )
  }

  /// An answer without a body.
  static var nothing: Response { Response(status: .noContent) }

  /// A text.
  static func text(_ text: String, type: String = "text/plain; charset=utf-8") -> Response {
    Response(
      status: .ok,
      headers: [.contentType: type],
      body: ResponseBody(byteBuffer: ByteBuffer(string: text))
    )
  }
}
