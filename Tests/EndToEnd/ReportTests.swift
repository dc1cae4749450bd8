import Foundation
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// Pages that tell a result.
@Suite struct ReportTests {
  private let quick = ["--epochs", "3", "--threads", "1", "--seed", "1", "--report", "page.html"]

  private func page(_ words: [String], in folder: Folder) throws -> String {
    let outcome = try Program.run(words + quick, in: folder)
    try #require(outcome.code == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("page.html"), "\(outcome.output)")
    let html = folder.text("page.html")
    let closed = html.replacing("<!DOCTYPE html>", with: "")
      .replacing(/<meta ([^>]*)>/) { "<meta \($0.1)/>" }
      .replacing(/<img ([^>]*)>/) { "<img \($0.1)/>" }
    #expect(XMLParser(data: Data(closed.utf8)).parse())
    // It asks for nothing beside itself, and runs nothing.
    #expect(!html.contains("<script") && !html.contains("<link") && !html.contains("@import"))
    let addresses = html.matches(of: /(?:href|src)="([^"]*)"/).map { $0.1 }
    #expect(addresses.allSatisfy { $0.hasPrefix("#") || $0.hasPrefix("data:image/") })
    // Nothing stands in it as a terminal shows it.
    #expect(!html.contains("<pre class=\"output\">"))
    #expect(html.contains("<tr class=\"own\">"), "the evaluation has the row of the model")
    #expect(html.contains("<dt>Trained on</dt>"))
    #expect(html.contains("<pre class=\"command\">"))
    return html
  }

  @Test func aReductionIsToldWithItsMap() throws {
    let folder = try Folder()
    try folder.write(Made.table(rows: 300, columns: 6), to: "data.csv")
    let html = try page(["reduce", "data.csv", "-o", "codes.csv"], in: folder)
    #expect(html.contains("<h1>Reduce: data.csv</h1>"))
    #expect(html.contains("The first two dimensions"))
    #expect(html.components(separatedBy: "<circle").count > 100 || html.contains("<path"))
    #expect(html.contains("codes.csv"))
    #expect(try folder.names() == ["codes.csv", "data.csv", "page.html"])
  }

  @Test func whatWasFoundStandsInTables() throws {
    let folder = try Folder()
    try folder.write(Made.table(rows: 300, columns: 6), to: "data.csv")
    let found = try page(["detect", "data.csv"], in: folder)
    #expect(found.contains("The first rows of the result"))
    let lines = Made.table(rows: 200, columns: 4).split(separator: "\n")
    let holes = lines.enumerated().map { index, line in
      index % 7 == 3
        ? line.split(separator: ",").dropLast().joined(separator: ",") + "," : "\(line)"
    }
    try folder.write(holes.joined(separator: "\n") + "\n", to: "holes.csv")
    let draws = ["impute", "holes.csv", "-o", "filled.csv", "--draws", "3"]
    let filled = try page(draws, in: folder)
    #expect(filled.contains("pooled by Rubin"))
    #expect(filled.contains("<th scope=\"row\">mean of c4</th>"))
  }

  @Test func imagesAreShown() throws {
    let folder = try Folder()
    try folder.write(Made.images(count: 60, side: 12), to: "images.idx")
    let html = try page(
      ["denoise", "images.idx", "--add-noise", "--noise", "gaussian:0.1"],
      in: folder
    )
    #expect(html.contains("The first items before and after"))
    #expect(html.contains("data:image/png;base64,"))
  }

  @Test func pagesHaveANameOfTheirOwn() throws {
    let folder = try Folder()
    try folder.write(Made.table(rows: 60, columns: 4), to: "data.csv")
    for words in [["--report", "page.txt"], ["--report", "a.html", "-o", "a.html"]] {
      let outcome = try Program.run(["reduce", "data.csv"] + words, in: folder)
      #expect(outcome.code == 2, "\(outcome.errors)")
    }
    #expect(try folder.names() == ["data.csv"])
  }
}
