internal import HourglassEvaluation

extension Evaluation {
  /// The evaluation as HTML: its tables with the best value of each metric in bold, the notes, the verdict, the
  /// warnings.
  var html: String {
    var text = "<div class=\"evaluation\">\n<h3>\(Markup.escaped(title))</h3>\n"
    for table in tables where !table.methods.isEmpty && !table.metrics.isEmpty {
      text += table.html
    }
    text += notes.map { "<p class=\"note\">\(Markup.escaped($0))</p>\n" }.joined()
    if let verdict {
      let name = verdict.outcome == .better ? "verdict" : "verdict open"
      text += "<p class=\"\(name)\">\(Markup.escaped(verdict.description))</p>\n"
    }
    text += warnings.map { "<p class=\"warning\">warning: \(Markup.escaped($0))</p>\n" }.joined()
    return text + "</div>\n"
  }
}

extension Evaluation.Table {
  fileprivate var html: String {
    var text = "<figure class=\"table\">\n"
    if !title.isEmpty { text += "<figcaption>\(Markup.escaped(title))</figcaption>\n" }
    text += "<div class=\"scroll\"><table>\n<thead><tr><th scope=\"col\"></th>"
    for metric in metrics {
      text += "<th scope=\"col\" class=\"number\">\(Markup.escaped(metric.name))</th>"
    }
    text += "</tr></thead>\n<tbody>\n"
    let best = best
    for (row, method) in methods.enumerated() {
      text += "<tr><th scope=\"row\">\(Markup.escaped(method.name))</th>"
      for (column, cell) in cells(of: method).enumerated() {
        let isBest = best[column].contains(row)
        let escaped = Markup.escaped(cell)
        text += "<td class=\"number\">\(isBest ? "<b>\(escaped)</b>" : escaped)</td>"
      }
      text += "</tr>\n"
    }
    return text + "</tbody>\n</table></div>\n</figure>\n"
  }
}
