internal import HourglassEvaluation

extension Evaluation {
  /// The evaluation as HTML, in the parts that the page in the browser has: the verdict with its sign, the tables with
  /// the row of the model marked and the best value of each metric in bold, the warnings, the notes.
  var html: String {
    var text = "<div class=\"evaluation\">\n"
    if let verdict { text += verdict.html }
    text += "<h3>\(Markup.escaped(title))</h3>\n"
    for table in tables where !table.methods.isEmpty && !table.metrics.isEmpty {
      text += table.html
    }
    text += warnings.map { Sign.warning.paragraph("warning", "warning: \($0)") }.joined()
    text += notes.map { "<p class=\"note\">\(Markup.escaped($0))</p>\n" }.joined()
    return text + "</div>\n"
  }
}

/// A sign before a sentence, drawn as the page in the browser draws it.
private enum Sign: String {
  case check = "M4 12.5l5 5L20 6.5"
  case warning = "M12 4l9 16H3zM12 10v5M12 17.5v.01"
  case info = "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18M12 11v5M12 8v.01"

  /// A sentence with the sign before it.
  func paragraph(_ name: String, _ sentence: String) -> String {
    "<p class=\"\(name)\"><svg class=\"sign\" viewBox=\"0 0 24 24\" aria-hidden=\"true\">"
      + "<path d=\"\(rawValue)\"/></svg><span>\(Markup.escaped(sentence))</span></p>\n"
  }
}

extension Verdict {
  fileprivate var html: String {
    switch outcome {
    case .better: Sign.check.paragraph("verdict", description)
    case .worse: Sign.warning.paragraph("verdict worse", description)
    default: Sign.info.paragraph("verdict open", description)
    }
  }
}

extension Evaluation.Metric {
  /// Which way is better, as an arrow and for those who hear the page.
  fileprivate var arrow: String {
    switch better {
    case .lower: " <span class=\"better\" role=\"img\" aria-label=\"lower is better\">↓</span>"
    case .higher: " <span class=\"better\" role=\"img\" aria-label=\"higher is better\">↑</span>"
    case .neither: ""
    }
  }
}

extension Evaluation.Table {
  /// The rows that are shown at first; the others are folded away.
  private static let shownRows = 24

  fileprivate var html: String {
    var text = "<figure class=\"table\">\n"
    if !title.isEmpty { text += "<figcaption>\(Markup.escaped(title))</figcaption>\n" }
    text += table(of: methods.indices.prefix(Self.shownRows))
    let rest = methods.indices.dropFirst(Self.shownRows)
    if !rest.isEmpty {
      text += "<details><summary>\(rest.count) more rows</summary>\n\(table(of: rest))</details>\n"
    }
    return text + "</figure>\n"
  }

  private func table(of rows: Range<Int>) -> String {
    var text = "<div class=\"scroll\" tabindex=\"0\"><table>\n<thead><tr><td></td>"
    for metric in metrics {
      let name = Markup.escaped(metric.name)
      text += "<th scope=\"col\" class=\"number\">\(name)\(metric.arrow)</th>"
    }
    text += "</tr></thead>\n<tbody>\n"
    let best = best
    let hasBaseline = methods.contains(where: \.isBaseline)
    for row in rows {
      let isOwn = hasBaseline && row == 0 && !methods[row].isBaseline
      text += isOwn ? "<tr class=\"own\">" : "<tr>"
      text += "<th scope=\"row\">\(Markup.escaped(methods[row].name))</th>"
      for (column, cell) in cells(of: methods[row]).enumerated() {
        let isBest = best[column].contains(row)
        text += "<td class=\"number\">\(Self.cell(cell, isBest: isBest))</td>"
      }
      text += "</tr>\n"
    }
    return text + "</tbody>\n</table></div>\n"
  }

  /// A cell, whose interval is of lesser weight.
  private static func cell(_ text: String, isBest: Bool) -> String {
    let parts = text.split(separator: " [", maxSplits: 1)
    let number = Markup.escaped(String(parts.first ?? ""))
    let interval = parts.count > 1 ? " [" + Markup.escaped(String(parts[1])) : ""
    return (isBest ? "<b>\(number)</b>" : number)
      + (interval.isEmpty ? "" : "<span class=\"interval\">\(interval)</span>")
  }
}
