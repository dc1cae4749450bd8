internal import HTTPTypes
internal import HourglassJobs
internal import HourglassSystem
internal import Hummingbird
internal import NIOCore
internal import Synchronization

/// What the routes share.
struct ServiceParts: Sendable {
  let callers: Callers
  let scheduler: JobScheduler
  let shortRuns: ShortRuns
  let files = FileIO()
  /// The bytes of the longest body that is stored.
  let maxUpload: Int
  /// A folder that the page is served from in place of what is compiled in.
  let studio: String?

  /// Room for what comes in; refused where nothing is left.
  func room(in workspace: Workspace) async throws -> Reservation {
    let measure = try await workspace.measure()
    try workspace.checkRoom(measure)
    return Reservation(workspace, measure: measure, limit: maxUpload)
  }

  /// Deletes something that no job uses.
  func delete(_ name: String, in workspace: Workspace) async throws {
    let taken = Mutex("")
    try await scheduler.storing(name, in: workspace) {
      let new = try workspace.takeAway(name)
      taken.withLock { $0 = new }
    }
    let path = workspace.path(taken.withLock { $0 })
    try await Blocking.run { FolderFile.remove(path) }
  }

  /// A file, or the part of it that was asked for.
  ///
  /// - Parameters:
  ///   - path: Where it is.
  ///   - media: Its media type.
  ///   - saveAs: The name under which a browser is to save it; it is shown where there is none.
  func file(
    at path: String,
    media: String,
    saveAs name: String? = nil,
    _ request: Request,
    _ context: ServiceContext
  ) async throws -> Response {
    guard
      let size = FolderFile(Folders.resolved(path), name: "").flatMap({
        $0.kind == .file ? $0.bytes : nil
      })
    else { throw Problem.missing("file") }
    var headers: HTTPFields = [.contentType: media, .acceptRanges: "bytes"]
    if media.hasPrefix("text/html") || media.hasPrefix("image/svg") {
      headers[.contentSecurityPolicy] = PagePolicy.ofJobs
    }
    if let name { headers[.contentDisposition] = Self.attachment(name) }
    guard let range = request.headers[.range].flatMap({ Self.range($0, size: size) }) else {
      let body = try await files.loadFile(path: path, context: context)
      return Response(status: .ok, headers: headers, body: body)
    }
    headers[.contentRange] = "bytes \(range.lowerBound)-\(range.upperBound)/\(size)"
    let body = try await files.loadFile(path: path, range: range, context: context)
    return Response(status: .partialContent, headers: headers, body: body)
  }

  /// The range of bytes of a header; none where the whole is sent.
  static func range(_ header: String, size: Int) -> ClosedRange<Int>? {
    guard header.hasPrefix("bytes="), size > 0 else { return nil }
    let parts = header.dropFirst(6).split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 2, parts.allSatisfy({ $0.count < 19 }) else { return nil }
    switch (Int(parts[0]), Int(parts[1])) {
    case (let first?, let last?) where first >= 0 && first <= last && first < size:
      return first...min(last, size - 1)
    case (let first?, nil) where first >= 0 && parts[1].isEmpty && first < size:
      return first...(size - 1)
    case (nil, let count?) where parts[0].isEmpty && count > 0:
      return max(size - count, 0)...(size - 1)
    default: return nil
    }
  }

  /// The header by which a browser saves a file under a name.
  static func attachment(_ name: String) -> String {
    var encoded = ""
    for byte in lastPart(of: name).utf8 {
      let isPlain =
        (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
        || [0x2d, 0x2e, 0x5f].contains(byte)
      let digits = String(byte, radix: 16, uppercase: true)
      encoded +=
        isPlain ? String(UnicodeScalar(byte)) : "%" + (digits.count == 1 ? "0" : "") + digits
    }
    return "attachment; filename*=UTF-8''\(encoded)"
  }
}

extension ServiceContext {
  /// A part of the address, decoded; a name of a file in it is plain.
  ///
  /// It is not inlined: the optimizer of Swift 6.3 fails on asynchronous closures that hold it twice.
  @inline(never)
  func name(_ part: String) throws -> String { try FileNames.plain(try decoded(part)) }

  /// A part of the address as the name of something new.
  @inline(never)
  func newName(_ part: String) throws -> String { try FileNames.new(try decoded(part)) }

  private func decoded(_ part: String) throws -> String {
    guard let decoded = try parameters.require(part).percentDecoded else {
      throw Problem(.badRequest, "A name in the address is not valid percent-encoded UTF-8.")
    }
    return decoded
  }
}

extension String {
  /// The text that percent signs and digits stand for; none where they stand for no text.
  fileprivate var percentDecoded: String? {
    var bytes: [UInt8] = []
    var rest = Array(utf8)[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        bytes.append(byte)
        continue
      }
      let digits = rest.prefix(2)
      guard digits.count == 2,
        let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 16),
        digits.first != UInt8(ascii: "+")
      else { return nil }
      bytes.append(value)
      rest = rest.dropFirst(2)
    }
    return String(validating: bytes, as: UTF8.self)
  }
}
