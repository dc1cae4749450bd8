import Foundation
import HourglassReports
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
    #expect(!addresses.isEmpty)
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
            .paragraph(evil), .command(evil), .output(evil), .verdict(evil), .note(evil),
            .facts(title: evil, [(evil, evil)]),
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
        .init("what"), .init("error", .numbers(decimals: 2)), .init("kept", .bars(decimals: 0)),
      ],
      rows: [["a", 0.5, 1_200], ["b", .number(.nan)], ["c", -1, 300]],
      best: [2]
    )
    let html = ReportPage(title: "t", sections: [.init("s", [.table(table, caption: "")])]).html
    #expect(html.contains("<td class=\"number\">0.50</td>"))
    #expect(html.contains("<td class=\"number\">–</td>"))
    #expect(html.contains("<td class=\"number bar\" style=\"--part:100.0%\">1,200</td>"))
    #expect(html.contains("<tr class=\"best\"><th scope=\"row\">c</th>"))
    #expect(html.contains("--part:25.0%"))
    #expect(!html.contains("<nav"), "one section needs no contents")
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
