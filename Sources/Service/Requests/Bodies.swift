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
    try checkForm()
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

  /// The text of a JSON body.
  func jsonText() async throws -> String {
    guard let text = String(validating: try await shortBody(), as: UTF8.self) else {
      throw Problem(.badRequest, "The body is not valid UTF-8.")
    }
    return text
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

  /// Writes the body to a new file, piece by piece.
  ///
  /// - Parameters:
  ///   - path: The file, which is made.
  ///   - room: The room that it needs, which is reserved as it comes, or before where its length is known.
  ///   - most: The most bytes, where they are fewer than those of the room.
  ///   - isKept: Whether it must survive a power cut; what only a run needs need not.
  func spool(
    to path: String,
    _ room: Reservation,
    most: Int = .max,
    isKept: Bool = false
  ) async throws {
    try checkForm()
    let limit = min(room.limit, most)
    try checkLength(limit: limit)
    if let length { try room.grow(to: length) }
    let file = try SpoolFile(path)
    let deadline = ContinuousClock.now + .seconds(6 * 3600)
    var size = 0
    for try await buffer in body {
      size += buffer.readableBytes
      guard size <= limit else { throw Self.tooLong(limit) }
      try room.grow(to: size)
      // Read as fast as it comes: a client that cannot send on does not see that it is refused.
      try file.append(Array(buffer.readableBytesView))
      guard .now < deadline else { throw Problem(.requestTimeout, "The body came too slowly.") }
    }
    guard size > 0 else {
      throw Problem(.badRequest, "The body is empty: send the bytes of a file.")
    }
    if isKept { try await Blocking.run { try file.flush() } }
  }

  /// Refuses bodies that are not the bytes of a file themselves.
  private func checkForm() throws {
    guard !mediaType.hasPrefix("multipart/") else {
      throw Problem(
        .unsupportedMediaType,
        "The body is a form. Send the bytes of the file themselves, as curl does with --data-binary @FILE."
      )
    }
    let codings = headers[values: .contentEncoding].map { $0.lowercased() }
    guard codings.allSatisfy({ $0 == "identity" }) else {
      throw Problem(
        .unsupportedMediaType,
        "The body is encoded. Send the bytes of the file without Content-Encoding."
      )
    }
  }

  private var length: Int? { headers[.contentLength].flatMap { Int($0) } }

  private func checkLength(limit: Int) throws {
    guard let length, length > limit else { return }
    throw Self.tooLong(limit)
  }

  private static func tooLong(_ limit: Int) -> Problem {
    Problem(.contentTooLarge, "The body is longer than the \(NumberText.bytes(limit)) taken here.")
  }

  /// Works for a client whose body was read already; when the client goes, the work is cancelled.
  ///
  /// The connection ends with the answer, which is to say so (`closing`).
  func whileConnected<Value: Sendable>(_ work: () async throws -> Value) async throws -> Value {
    do {
      return try await body.consumeWithCancellationOnInboundClose { rest in
        // The stream wants to be read by somebody before it is given up.
        let reader = rest.makeAsyncIterator()
        defer { withExtendedLifetime(reader) {} }
        return try await work()
      }
    } catch is CancellationError {
      throw CancellationError()
    } catch {
      var problem = Problem(error)
      problem.headers[.connection] = "close"
      throw problem
    }
  }
}

extension Response {
  /// The answer to a client whose connection ends with it.
  var closing: Response {
    var response = self
    response.headers[.connection] = "close"
    return response
  }
}

/// A file that is written once, piece by piece.
private final class SpoolFile: Sendable {
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

  /// Puts the bytes on the disk.
  func flush() throws(FileError) {
    if fsync(descriptor) != 0 { throw FileError(path: path, operation: .flush, code: errno) }
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
