internal import HourglassJobs
internal import HourglassModelFiles
internal import HourglassSystem

/// A job as somebody would start it without the page.
struct CommandTexts: Encodable {
  /// As a command of a terminal, with the names of files alone.
  var command: String
  /// As a call of curl, with the token in a variable.
  var curl: String
  var request: JSONValue

  /// - Parameter host: The name of the server, which the rules of hosts allow.
  init(_ record: JobRecord, host: String) throws {
    let name = "the request"
    request = try JSONValue(text: record.request, file: name)
    command = try JobRequest(json: record.request, name: name)
      .replacingPaths { path, _ in lastPart(of: path) }
      .commandLine()
    curl =
      "curl -H \"Authorization: Bearer $HOURGLASS_TOKEN\" -H 'Content-Type: application/json' \\\n"
      + "  http://\(host)/v1/jobs --data-binary @- <<'REQUEST'\n\(record.request)\nREQUEST"
  }
}
