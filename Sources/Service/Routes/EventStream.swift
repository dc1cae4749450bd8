internal import HTTPTypes
internal import HourglassJobs
internal import Hummingbird
internal import NIOCore
internal import ServiceLifecycle

/// What happens in a job, as server-sent events: all since its start, and then what comes, to its end.
struct EventStream: Sendable {
  let scheduler: JobScheduler
  let workspace: Workspace
  let id: String

  /// The answer that sends them.
  ///
  /// - Parameter place: The identifier of the last event that is known already; 0 for none.
  func response(from place: Int) -> Response {
    Response(
      status: .ok,
      headers: [.contentType: "text/event-stream", .xAccelBuffering: "no"],
      body: ResponseBody { writer in
        try await send(to: &writer, from: place)
        try await writer.finish(nil)
      }
    )
  }

  private func send(to writer: inout any ResponseBodyWriter, from place: Int) async throws {
    var tail = EventTail(path: workspace.path("\(JobRecord.folder(id))/events"), from: place)
    var version: Int?
    var lastWrite = ContinuousClock.now
    while true {
      // The order matters: what the job wrote before its record changed comes first.
      let current = await scheduler.version(id, of: workspace)
      let view = try? await scheduler.view(id, of: workspace)
      var text = ""
      while case let lines = tail.next(), !lines.isEmpty {
        for line in lines { text += event(line) }
        if text.utf8.count > 1 << 16 {
          try await writer.write(ByteBuffer(string: text))
          text = ""
        }
      }
      if current != version, let view {
        text += "event: \(view.record.state.isOpen ? "state" : "ended")\n"
        text += "data: \(try view.jsonLine())\n\n"
        version = current
      }
      if text.isEmpty, .now - lastWrite > .seconds(15) { text = ": still here\n\n" }
      if !text.isEmpty {
        try await writer.write(ByteBuffer(string: text))
        lastWrite = .now
      }
      guard let view, view.record.state.isOpen, !Task.isShuttingDownGracefully else { return }
      try await Task.sleep(for: .milliseconds(120))
    }
  }

  private func event(_ line: EventTail.Line) -> String {
    // The name stands in the line: {"event":"training",...
    let name = line.text.firstRange(of: "\"event\":\"").map { range in
      line.text[range.upperBound...].prefix { $0.isLetter }
    }
    return "id: \(line.end)\nevent: \(name ?? "message")\ndata: \(line.text)\n\n"
  }
}

extension HTTPField.Name {
  /// By which a proxy is told to pass an answer on as it comes.
  static var xAccelBuffering: Self { Self("X-Accel-Buffering") ?? .cacheControl }
}
