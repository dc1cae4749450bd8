import HourglassJobs

extension JobResult {
  /// The result for people: evaluations, sentences, the first rows of a table that was not written, and
  /// the files that were written.
  ///
  /// - Parameter width: The columns of the terminal.
  func text(width: Int) -> String {
    text(of: paragraphs + evaluations.map { "\($0)" }, width: width)
  }

  private func text(of paragraphs: [String], width: Int) -> String {
    var lines = paragraphs.flatMap { [$0, ""] } + sentences
    let labelWidth = outputs.map(\.label.count).max() ?? 0
    for output in outputs where output.path != "/dev/stdout" {
      let blanks = String(repeating: " ", count: labelWidth - output.label.count + 2)
      lines.append(output.label + blanks + output.path + (output.note.map { "  (\($0))" } ?? ""))
    }
    if let preview {
      if lines.last?.isEmpty == false { lines.append("") }
      lines += ["The first rows of the result:"] + preview.lines(width: width)
      lines.append(
        "-o FILE keeps the whole table, -o - writes it to standard output"
          + (outputs.isEmpty && usedModel == nil ? ", --save FILE keeps the model" : "")
      )
    } else if outputs.isEmpty, let hint {
      lines.append("nothing was written: \(hint)")
    }
    return (lines + details).joined(separator: "\n")
  }
}
