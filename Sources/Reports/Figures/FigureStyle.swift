/// The colors and fonts of all figures.
///
/// The first eight colors stay apart for readers who confuse red and green, and differ in
/// lightness; they follow Okabe and Ito, "Color Universal Design", 2002, made darker on white and
/// lighter on black so that thin lines can be seen.
enum FigureStyle {
  /// The fonts of the system that reads the page.
  static let fonts =
    "system-ui, -apple-system, &#39;Segoe UI&#39;, Roboto, "
    + "&#39;Noto Sans&#39;, &#39;DejaVu Sans&#39;, sans-serif"

  /// The colors of classes and lines, each on white and on black.
  static let colors: [(light: String, dark: String)] = [
    ("#0b6cb0", "#5aaee8"), ("#e08a00", "#f0a93a"), ("#0a8f68", "#35c09a"),
    ("#c8501a", "#f0814a"), ("#b5609b", "#dc8fc4"), ("#4fb0e5", "#9bd8f8"),
    ("#a8980c", "#e3d54e"), ("#43388f", "#9a8fee"), ("#8a2352", "#e0709c"),
    ("#7a828c", "#a3abb5"), ("#8cc0e6", "#2f6f9f"), ("#f3c987", "#a06a14"),
    ("#8fd3bd", "#1f7a60"), ("#eeb394", "#a3532a"), ("#e0b9d5", "#8a5578"),
    ("#2b6f94", "#4f86a6"), ("#6b6108", "#8f852a"), ("#9c94d6", "#6259b0"),
    ("#c98aa6", "#93456a"), ("#b9bfc6", "#6a727c"),
  ]

  /// The number of a color for a class; classes beyond the colors begin again.
  static func index(_ place: Int) -> Int { place % colors.count }

  /// The rules of a style sheet for a light page.
  static let lightRules =
    ".figure .ink{fill:#1b1f24}.figure .dim{fill:#626b76}.figure .grid{stroke:#e7eaee}"
    + ".figure .axis{stroke:#9aa3ad}.figure .band{fill:#c8501a;fill-opacity:.16}"
    + ".figure .rule{stroke:#1b1f24;stroke-dasharray:4 3}.figure .halo{stroke:#fff}"
    + ".figure .whisker{stroke:#1b1f24}.figure .frame{fill:none;stroke:#d5dae0}.figure .track{fill:#eef0f3}"
    + rules(colors.map(\.light))

  /// The rules of a style sheet that a dark page puts in place of the light ones.
  static let darkRules =
    ".figure .ink{fill:#e8eaed}.figure .dim{fill:#9ba4af}.figure .grid{stroke:#2b3037}"
    + ".figure .axis{stroke:#626b76}.figure .band{fill:#f0814a;fill-opacity:.22}"
    + ".figure .rule{stroke:#e8eaed}.figure .halo{stroke:#16191d}"
    + ".figure .whisker{stroke:#e8eaed}.figure .frame{stroke:#3a4048}.figure .track{fill:#262b31}"
    + rules(colors.map(\.dark))

  private static func rules(_ colors: [String]) -> String {
    colors.enumerated().map { ".figure .f\($0){fill:\($1)}.figure .s\($0){stroke:\($1)}" }.joined()
  }

  /// A color from dark violet over green to yellow for a part from 0 to 1 (close to "viridis" of
  /// van der Walt and Smith, 2015, without its darkest end).
  static func sequential(_ part: Double) -> String {
    let stops: [(Double, Double, Double)] = [
      (70, 50, 127), (54, 92, 141), (39, 127, 142), (31, 161, 135), (74, 194, 109), (191, 212, 48),
    ]
    let place = (part.isFinite ? min(max(part, 0), 1) : 0) * Double(stops.count - 1)
    let index = min(Int(place), stops.count - 2)
    let share = place - Double(index)
    let (from, to) = (stops[index], stops[index + 1])
    let parts = [(from.0, to.0), (from.1, to.1), (from.2, to.2)].map { pair in
      Int((pair.0 + (pair.1 - pair.0) * share).rounded())
    }
    return "#" + parts.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}
