import Foundation
import HourglassReports
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

@Suite struct FigureTests {
  /// Every kind of figure with values as they come, and with none, one, and ones that are no numbers.
  static let odd: [Double] = [.nan, .infinity, -.infinity, 1e308, -1e308, 2.3e-308, 0]

  static let figures: [any Figure] = {
    var figures: [any Figure] = [
      SamplePage.map(count: 300), SamplePage.map(count: 50, byValue: true),
      SamplePage.lines(count: 600), SamplePage.lines(count: 30_000), SamplePage.bars,
      SamplePage.denoised, SamplePage.photos, ImageGrid(rows: []),
      ImageGrid(rows: [.init("a", [.init(nil)])]),
    ]
    for values in [[], [3], [.nan], [2, 2], odd] as [[Double]] {
      let classes = values.indices.map { $0 - 1 }
      figures += [
        ScatterMap(x: values, y: values),
        ScatterMap(x: values, y: values, coloring: .values(name: "v", of: values)),
        ScatterMap(x: values, y: values, coloring: .classes(names: ["a", "b"], of: classes)),
        LineChart(lines: [.init("a", values)], bands: [.init(0..<9)], level: (.nan, "")),
        LineChart(lines: [.init("a", values), .init("b", [])], places: ["one"], level: (0, "l")),
        BarChart(series: ["a"], groups: [.init("g", values.map { .init($0, error: $0) })]),
      ]
    }
    figures += [LineChart(lines: []), BarChart(series: [], groups: [])]
    return figures
  }()

  @Test(arguments: figures.indices) func isWellFormed(_ index: Int) {
    let drawing = Self.figures[index].drawing
    let parser = XMLParser(data: Data(drawing.svgFile.utf8))
    #expect(parser.parse(), "\(drawing.title): \(String(describing: parser.parserError))")
    #expect(drawing.width > 0 && drawing.width < 1_000)
    #expect(drawing.height > 0 && drawing.height < 2_000)
    for word in ["nan", "inf"] {
      let marks = drawing.svgFile.split(separator: "\"").enumerated().filter { $0.offset % 2 == 1 }
      #expect(!marks.contains { $0.element == word }, "a coordinate is \(word)")
    }
  }

  @Test func sameValuesGiveTheSameBytes() {
    #expect(SamplePage.page.html == SamplePage.page.html)
    #expect(
      SamplePage.map(count: 700).drawing.svgFile == SamplePage.map(count: 700).drawing.svgFile
    )
  }

  @Test func emptyFiguresSayso() {
    for figure in [ScatterMap(x: [], y: []), LineChart(lines: [])] as [any Figure] {
      #expect(figure.drawing.svgFile.contains("no values to draw"))
    }
  }

  @Test func everyPointHasItsDot() {
    let svg = SamplePage.map(count: 1_234).drawing.svgFile
    let dots = svg.components(separatedBy: "h0").count - 1
    #expect(dots == 1_234)
    #expect(svg.utf8.count < 1_234 * 20 + 12_000, "a point takes few bytes")
    let lost = ScatterMap(x: [1, 2, .nan], y: [1, .infinity, 3]).drawing
    #expect(lost.subtitle == "3 points, 2 without a place")
  }

  @Test func farPointsStandAtTheBorder() {
    let values = (0..<1_000).map { Double($0 % 10) } + [1e6]
    let drawing = ScatterMap(x: values, y: values).drawing
    #expect(drawing.subtitle == "1,001 points, 1 far outside, drawn at the border")
  }

  @Test func spikesOfLongLinesAreKept() {
    var values = [Double](repeating: 0, count: 100_000)
    values[54_321] = 100
    let svg = LineChart(lines: [.init("a", values)]).drawing.svgFile
    #expect(svg.utf8.count < 60_000)
    // The greatest value stands a border of 4 % below the upper end of 190 pixels.
    #expect(svg.contains(/L[0-9.]+ 43L/), "the spike reaches the top")
  }

  @Test func textIsEscaped() {
    let evil = "<script>alert('x')</script>&\"\u{1}"
    let figures: [any Figure] = [
      ScatterMap(
        title: evil,
        x: [1],
        y: [1],
        coloring: .classes(names: [evil], of: [0]),
        axes: (evil, evil)
      ),
      LineChart(
        title: evil,
        lines: [.init(evil, [1, 2])],
        places: [evil, evil],
        bands: [.init(0..<1, label: evil)],
        bandName: evil,
        level: (1, evil),
        axes: (evil, evil)
      ),
      BarChart(
        title: evil,
        series: [evil, evil],
        groups: [.init(evil, [.init(1, text: evil)])],
        level: (1, evil),
        axis: evil
      ),
      ImageGrid(
        title: evil,
        columns: [evil],
        rows: [.init(evil, [.init(SamplePage.digit(1), caption: evil)])]
      ),
    ]
    for figure in figures {
      let svg = figure.drawing.svgFile
      #expect(!svg.contains("<script"))
      #expect(svg.contains("&lt;"))
      #expect(XMLParser(data: Data(svg.utf8)).parse(), "\(figure.drawing.title)")
    }
  }

  @Test func figureIsDrawnAsBefore() throws {
    let chart = BarChart(
      title: "Accuracy",
      subtitle: "held-out rows",
      series: ["code", "PCA"],
      groups: [.init("kNN", [.init(0.75, error: 0.05), .init(0.5)])],
      level: (0.25, "chance")
    )
    let url = try #require(
      Bundle.module.url(forResource: "bars", withExtension: "svg", subdirectory: "Goldens")
    )
    #expect(chart.drawing.svgFile == String(decoding: try Data(contentsOf: url), as: UTF8.self))
  }
}
