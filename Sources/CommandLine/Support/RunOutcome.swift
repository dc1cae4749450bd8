/// What a run of a verb came to, for people and for programs.
protocol RunOutcome: Encodable {
  /// It for people.
  var text: String { get }

  /// Whether the result went to standard output, in which nothing else must be found then.
  var resultTakesOutput: Bool { get }
}

extension RunOutcome {
  var resultTakesOutput: Bool { false }

  /// Prints it as it was asked for: as one line of JSON, or for people unless these want quiet.
  func say(_ options: ReportOptions) throws {
    guard options.json || !options.quiet else { return }
    let text = options.json ? try jsonLine() : text
    if resultTakesOutput { Console.note(text) } else { try Console.print(text) }
  }
}
