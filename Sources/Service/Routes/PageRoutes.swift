internal import HTTPTypes
internal import HourglassSystem
internal import Hummingbird
internal import NIOCore

/// The page, and what tells of the server itself.
struct PageRoutes: Sendable {
  let parts: ServiceParts
  let cookie: @Sendable (Request, String) -> String

  func add(to router: Router<ServiceContext>) {
    router.get("/") { request, context in
      var response = try page("index.html")
      // Without a token file a browser of this machine gets its session here.
      if context.caller == nil, let workspace = parts.callers.open {
        response.headers[.setCookie] = cookie(request, parts.callers.begin(workspace))
      }
      return response
    }
    router.get("/studio/:name") { request, context in try page(try context.name("name")) }
    router.get("/favicon.ico") { _, _ in try page("hourglass.svg") }
    router.get("/healthz") { _, _ in Response.text("ok\n", type: "text/plain") }
    router.get("/readyz") { _, _ in
      guard await parts.scheduler.isReady else {
        throw Problem(.serviceUnavailable, "The server is ending.")
      }
      return Response.text("ready\n", type: "text/plain")
    }
    router.get("/openapi.json") { _, _ in
      Response(
        status: .ok,
        headers: [.contentType: "application/json"],
        body: ResponseBody(
          byteBuffer: ByteBuffer(bytes: EmbeddedFiles.bytes(of: "openapi.json") ?? [])
        )
      )
    }
    router.get("/metrics") { _, _ in
      let counts = await parts.scheduler.counts
      let text = MetricsRegistry.shared.text(gauges: [
        ("hourglass_jobs_running", Double(counts.running)),
        ("hourglass_jobs_waiting", Double(counts.waiting)),
      ])
      return Response.text(text, type: "text/plain; version=0.0.4")
    }
  }

  private func page(_ name: String) throws -> Response {
    guard let file = try StudioFiles.file(name, in: parts.studio) else {
      throw Problem.missing("page")
    }
    return Response(
      status: .ok,
      headers: [.contentType: file.media, .cacheControl: "no-cache"],
      body: ResponseBody(byteBuffer: ByteBuffer(bytes: file.bytes))
    )
  }
}
