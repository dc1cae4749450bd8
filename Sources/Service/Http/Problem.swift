internal import HTTPTypes
internal import HourglassJobs
internal import HourglassModelFiles
internal import HourglassSystem
internal import HourglassTasksCommon
internal import Hummingbird
internal import NIOCore

/// Why a request is not answered as asked: a problem object of RFC 9457.
///
/// Its text says what is wrong and what to do; of the request it repeats nothing but what the validator of
/// jobs says of it, without the characters that have a meaning in HTML.
struct Problem: Error, HTTPResponseError, Encodable, Sendable {
  let status: HTTPResponse.Status
  let detail: String
  var headers = HTTPFields()

  init(_ status: HTTPResponse.Status, _ detail: String) {
    self.status = status
    self.detail = detail
  }

  /// The failure of a job or of its request.
  init(_ failure: Failure) {
    let status: HTTPResponse.Status =
      switch failure.exitCode {
      case 1: .unprocessableContent
      case 2: .badRequest
      default: .insufficientStorage
      }
    self.init(status, failure.message.withoutMarkup)
  }

  /// What could not be read or written on the server.
  init(_ error: FileError) {
    switch error.code {
    case ENOSPC, EDQUOT:
      self.init(.insufficientStorage, "The disk is full. Delete data, jobs or models.")
    case ENOENT, ENOTDIR: self.init(.notFound, "There is nothing of this name.")
    default: self.init(.insufficientStorage, "A file cannot be read or written: \(error.reason).")
    }
  }

  /// Any error; of those that are not known here nothing is said.
  init(_ error: any Error) {
    switch error {
    case let problem as Problem: self = problem
    case let failure as Failure: self.init(failure)
    case let error as FileError: self.init(error)
    case let error as HTTPError: self.init(error.status, Self.text(of: error.status))
    case is ModelFileError:
      self.init(.unprocessableContent, "The file is no model of Hourglass, or is damaged.")
    case is any ErrorWithExitCode: self.init(Failure(error))
    default: self.init(.internalServerError, "The server failed. Its log says why.")
    }
  }

  private static func text(of status: HTTPResponse.Status) -> String {
    switch status {
    case .notFound: "There is nothing at this address. GET /openapi.json describes the interface."
    case .methodNotAllowed: "This address takes other methods; the header Allow names them."
    case .contentTooLarge: "The body is longer than is taken."
    default: "The request cannot be answered: \(status.reasonPhrase)."
    }
  }

  private enum Key: CodingKey { case type, title, status, detail }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode("about:blank", forKey: .type)
    try container.encode(status.reasonPhrase, forKey: .title)
    try container.encode(status.code, forKey: .status)
    try container.encode(detail, forKey: .detail)
  }

  func response(from request: Request, context: some RequestContext) throws -> Response {
    var headers = headers
    headers[.contentType] = "application/problem+json"
    return Response(
      status: status,
      headers: headers,
      body: ResponseBody(byteBuffer: ByteBuffer(string: try jsonLine()))
    )
  }
}

extension Problem {
  /// Something that the workspace has none of.
  static func missing(_ what: String) -> Problem { Problem(.notFound, "There is no such \(what).") }
}

extension HTTPResponse.Status {
  /// The disk has no room.
  static var insufficientStorage: Self { Self(code: 507, reasonPhrase: "Insufficient Storage") }
}

extension String {
  /// The text without the characters that have a meaning in HTML; a double quote becomes a single one.
  var withoutMarkup: String {
    String(compactMap { "<>&".contains($0) ? nil : $0 == "\"" ? "'" : $0 })
  }
}
