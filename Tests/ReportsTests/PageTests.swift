import Foundation
import HourglassEvaluation
import HourglassReports
import HourglassStatistics
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

@Suite struct PageTests {
  /// The page as XML: what HTML leaves open is closed.
  private func isWellFormed(_ html: String) -> Bool {
    let closed = html.replacing("<!DOCTYPE html>", with: "").replacing(/<meta ([^>]*)>/) {
      "<meta \($0.1)/>"
    }
    // A style sheet is no XML only for its signs of comparison, of which it has none.
    return XMLParser(data: Data(closed.utf8)).parse()
  }

  @Test func pageIsWellFormedAndNeedsNothingElse() throws {
    let html = SamplePage.page.html
    #expect(isWellFormed(html))
    #expect(!html.contains("<script") && !html.contains("<link"))
    let addresses = html.matches(of: /(?:href|src)="([^"]*)"/).map { $0.1 }
    // At least a link to each of the six sections.
    #expect(addresses.count >= 6)
    #expect(addresses.allSatisfy { $0.hasPrefix("#") || $0.hasPrefix("data:image/png;base64,") })
    #expect(!html.contains("url(") && !html.contains("@import"))
    let names = html.matches(of: /<section id="([^"]*)"/).map { String($0.1) }
    #expect(names.count == 6 && Set(names).count == 6)
    #expect(names.allSatisfy { html.contains("href=\"#\($0)\"") })
    // To look at it: HOURGLASS_SAMPLE_PAGE names a file that is written.
    if let path = ProcessInfo.processInfo.environment["HOURGLASS_SAMPLE_PAGE"] {
      try SamplePage.page.write(to: path)
    }
  }

  @Test func textIsEscaped() {
    let evil = "</style><script>x</script>\"&'\u{0}"
    let page = ReportPage(
      title: evil,
      introduction: [evil],
      sections: [
        .init(
          evil,
          summary: evil,
          [
            .command(evil), .output(evil), .note(evil), .paragraph(evil),
            .facts([.init(evil, evil)], title: evil),
            .table(NumberTable(columns: [.init(evil)], rows: [[.text(evil)]]), caption: evil),
            .figure(ScatterMap(title: evil, x: [1], y: [1]), caption: evil),
          ]
        ),
        .init(evil, []),
      ],
      footer: evil
    )
    #expect(!page.html.contains("<script"))
    #expect(isWellFormed(page.html))
  }

  @Test func tableShowsNumbersAlike() {
    let table = NumberTable(
      columns: [
        .init("what"), .init("error", .numbers(decimals: 2)), .init("kept", .numbers(decimals: 0)),
      ],
      rows: [["a", 0.5, 1_200], ["b", .number(.nan)], ["c", -1, 300]]
    )
    let html = ReportPage(title: "t", sections: [.init("s", [.table(table, caption: "")])]).html
    #expect(html.contains("<td class=\"number\">0.50</td>"))
    #expect(html.contains("<td class=\"number\">–</td>"))
    #expect(html.contains("<td class=\"number\">1,200</td>"))
    #expect(html.contains("<tr><th scope=\"row\">c</th>"))
    #expect(!html.contains("<nav"), "one section needs no contents")
  }

  @Test func anEvaluationHasItsBestValuesInBold() {
    var evaluation = Evaluation(
      title: "Validation: 250 held-out images, 784 -> 2 dimensions",
      split: .heldOut,
      itemCount: 250,
      tables: [
        Evaluation.Table(
          metrics: [
            Evaluation.Metric("MSE", better: .lower),
            Evaluation.Metric("15-NN kept", better: .higher, format: .percent(1)),
            Evaluation.Metric("dimensions", better: .neither, format: .fixed(0)),
          ],
          methods: [
            Evaluation.Method("autoencoder", [0.02847, 0.477, 2]),
            Evaluation.Method("PCA", isBaseline: true, [0.04716, 0.52, 2]),
            Evaluation.Method("mean", isBaseline: true, [0.09019, nil, 0]),
          ]
        )
      ],
      verdict: Verdict("MSE", "PCA", advantage: 0.396, interval: 0.37...0.421, isRelative: true),
      notes: ["a note"],
      warnings: ["the error < 1 still fell"]
    )
    func html() -> String {
      ReportPage(title: "t", sections: [.init("s", [.evaluation(evaluation)])]).html
    }
    #expect(isWellFormed(html()))
    #expect(html().contains("<h3>Validation: 250 held-out images, 784 -&gt; 2 dimensions</h3>"))
    #expect(html().contains("<td class=\"number\"><b>0.0285</b></td>"))
    #expect(html().contains("<td class=\"number\"><b>52.0 %</b></td>"))
    #expect(html().contains("<td class=\"number\">-</td>"))
    #expect(html().components(separatedBy: "<b>").count == 3, "nothing else is better")
    func has(_ name: String, _ sentence: String) -> Bool {
      let start = "<p class=\"\(name)\"><svg class=\"sign\""
      guard let place = html().range(of: start)?.upperBound else { return false }
      return html()[place...].prefix { $0 != "\n" }.contains("<span>\(sentence)")
    }
    #expect(has("verdict", "Better than PCA: MSE 39.6 % lower"))
    #expect(html().contains("<tr class=\"own\"><th scope=\"row\">autoencoder</th>"))
    #expect(html().components(separatedBy: "class=\"own\"").count == 2, "one row is the model's")
    #expect(html().contains("aria-label=\"lower is better\""))
    #expect(html().contains("<p class=\"note\">a note</p>"))
    #expect(has("warning", "warning: the error &lt; 1 still fell</span>"))
    evaluation.verdict = Verdict.none(because: "nothing to compare")
    #expect(has("verdict open", "No verdict: nothing to compare.</span>"))
    evaluation.tables[0].methods += (0..<40).map { Evaluation.Method("row \($0)", [0.9, 0.1, 2]) }
    #expect(isWellFormed(html()))
    #expect(html().contains("<details><summary>19 more rows</summary>"))
    evaluation.tables[0].methods[0].intervals = [0.01...0.03, nil, nil]
    #expect(html().contains("<b>0.0285</b><span class=\"interval\"> [0.01"))
  }

  @Test func rowsOfATableDoNotWrapAndSentencesDo() {
    let page = ReportPage(
      title: "A run",
      sections: [.init("Output", [.output("A sentence.\n  gray  1 < 2\n\n  an indented sentence")])]
    )
    #expect(
      page.html.contains(
        "<pre class=\"output\">A sentence.\n<i>  gray  1 &lt; 2</i>\n\n  an indented sentence</pre>"
      )
    )
    #expect(page.html.contains("pre.output i { font-style: normal; white-space: pre; }"))
  }

  @Test func commandCanBeCopiedLineByLine() {
    let page = ReportPage(
      title: "t",
      sections: [.init("", [.command("hourglass a\nhourglass -b")])]
    )
    #expect(page.html.contains("<span>hourglass a</span><span>hourglass <i>-b</i></span>"))
    #expect(!page.html.contains("<h2>"))
  }
}
