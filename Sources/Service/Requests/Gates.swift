internal import HTTPTypes
internal import Hummingbird
internal import Logging

/// Makes a problem object of every error, and gives every answer the headers that keep a browser safe.
struct AnswerRules: RouterMiddleware {
  /// What else answers to an address, by its path, for the header Allow.
  let methods: @Sendable (String) -> [HTTPRequest.Method]

  func handle(
    _ request: Request,
    context: ServiceContext,
    next: (Request, ServiceContext) async throws -> Response
  ) async throws -> Response {
    var response: Response
    do {
      // Others would each be counted under a name of their own.
      guard [.get, .head, .post, .put, .patch, .delete, .options].contains(request.method) else {
        throw Problem(HTTPError(.methodNotAllowed))
      }
      response = try await next(request, context)
    } catch is CancellationError {
      throw CancellationError()
    } catch {
      var problem = Problem(error)
      if problem.status == .internalServerError {
        context.logger.error("\(request.method) failed: \(error)")
      }
      let isNoRoute = problem.status == .notFound && context.endpointPath == "NotFound"
      if isNoRoute || problem.status == .methodNotAllowed {
        let methods = methods(request.uri.path)
        if !methods.isEmpty, !methods.contains(request.method) {
          problem = Problem(HTTPError(.methodNotAllowed))
          problem.headers[.allow] = methods.map(\.rawValue).joined(separator: ", ")
        }
      }
      response = try problem.response(from: request, context: context)
    }
    let isPolicySet = response.headers[.contentSecurityPolicy] != nil
    if !isPolicySet { response.headers[.contentSecurityPolicy] = PagePolicy.own }
    response.headers[.xContentTypeOptions] = "nosniff"
    response.headers[.referrerPolicy] = "no-referrer"
    response.headers[.crossOriginOpenerPolicy] = "same-origin"
    response.headers[.crossOriginResourcePolicy] = "same-origin"
    if response.headers[.cacheControl] == nil { response.headers[.cacheControl] = "no-store" }
    return response
  }
}

extension HTTPField.Name {
  /// No page gets hold of the window of another origin.
  static var crossOriginOpenerPolicy: Self {
    Self("Cross-Origin-Opener-Policy") ?? .cacheControl
  }
  /// A second Host; the first one is the authority of the request.
  static var hostField: Self { Self("Host") ?? .cacheControl }
  /// How a client speaks with the proxy before the server.
  static var forwardedScheme: Self { Self("X-Forwarded-Proto") ?? .cacheControl }
  /// What a browser is told of this address elsewhere.
  static var referrerPolicy: Self { Self("Referrer-Policy") ?? .cacheControl }
  /// From where a browser sends a request.
  static var fetchSite: Self { Self("Sec-Fetch-Site") ?? .cacheControl }
  /// After which event a stream goes on.
  static var lastEventID: Self { Self("Last-Event-ID") ?? .cacheControl }
}

/// Refuses requests to other names, and those that pages of other origins send.
struct OriginRules: RouterMiddleware {
  let names: OwnNames

  func handle(
    _ request: Request,
    context: ServiceContext,
    next: (Request, ServiceContext) async throws -> Response
  ) async throws -> Response {
    guard let rules = names.rules, rules.allows(host: request.head.authority) else {
      throw Problem(
        .misdirectedRequest,
        "The server does not answer to this Host. Start it with --allow-host to give it more names."
      )
    }
    // Of two names a proxy may take another one than this server does.
    guard request.headers[values: .hostField].isEmpty else {
      throw Problem(.badRequest, "The request has more than one Host.")
    }
    guard request.method != .get, request.method != .head else {
      return try await next(request, context)
    }
    let origins = request.headers[values: .origin]
    let site = request.headers[.fetchSite] ?? "none"
    guard origins.allSatisfy({ rules.allows(origin: $0) }), ["same-origin", "none"].contains(site)
    else {
      throw Problem(.forbidden, "Pages of other origins may not send this.")
    }
    return try await next(request, context)
  }
}

/// Finds out who asks, by the token or the cookie.
struct CallerRules: RouterMiddleware {
  let callers: Callers

  func handle(
    _ request: Request,
    context: ServiceContext,
    next: (Request, ServiceContext) async throws -> Response
  ) async throws -> Response {
    var context = context
    if let value = request.headers[.authorization] {
      let words = value.split(separator: " ", maxSplits: 1)
      if words.count == 2, words[0].lowercased() == "bearer" {
        context.caller = callers.workspace(token: String(words[1]))
      }
    } else if let session = request.session {
      context.caller = callers.workspace(session: session)
    }
    return try await next(request, context)
  }
}

/// Lets nobody through who is not known.
struct KnownCallersOnly: RouterMiddleware {
  func handle(
    _ request: Request,
    context: ServiceContext,
    next: (Request, ServiceContext) async throws -> Response
  ) async throws -> Response {
    guard context.caller != nil else {
      var problem = Problem(
        .unauthorized,
        "Send the token that was printed at the start, or that you were given, as "
          + "'Authorization: Bearer TOKEN'; in a browser, load the page again."
      )
      problem.headers[.wwwAuthenticate] = "Bearer"
      throw problem
    }
    return try await next(request, context)
  }
}

extension Request {
  /// The value of the cookie of a session.
  var session: String? {
    for field in headers[values: .cookie] {
      for pair in field.split(separator: ";") {
        let parts = pair.split(separator: "=", maxSplits: 1)
        if parts.count == 2, parts[0].drop(while: { $0 == " " }) == Callers.cookie {
          return String(parts[1])
        }
      }
    }
    return nil
  }

  /// The header that sets the cookie of a session; over HTTPS it is sent back over HTTPS alone.
  func cookie(_ value: String) -> String {
    let isSecure =
      headers[.forwardedScheme]?.lowercased() == "https"
      || headers[.origin]?.lowercased().hasPrefix("https://") == true
    return "\(Callers.cookie)=\(value); Path=/; HttpOnly; SameSite=Strict; Max-Age=604800"
      + (isSecure ? "; Secure" : "")
  }
}
