internal import HourglassData
internal import HourglassReduce
internal import HourglassReports
internal import HourglassSystem
internal import HourglassTensors

extension DimensionCurve {
  private var what: String {
    search.measure == .variance ? "variance kept" : "neighbors kept"
  }

  /// The sizes that were tried as a table, and what was found.
  var lines: [String] {
    var table = TextTable(["dimensions", "\(what), autoencoder", "PCA"])
    for size in sizes {
      table.append([
        "\(size.dimensions)", NumberText.fixed(size.autoencoder, places: 3),
        NumberText.fixed(size.principalComponents, places: 3),
      ])
    }
    let share = NumberText.plain(search.share)
    let tried = sizes.last.map { NumberText.counted($0.dimensions, "dimension") } ?? "none"
    var sentence =
      enough.map { "\(NumberText.counted($0, "dimension")) keep \(share) or more" }
      ?? "even \(tried) do not keep \(share)"
    if let other = enoughOfPrincipalComponents {
      sentence += "; PCA needs \(other)"
    } else if enough != nil {
      sentence += "; PCA needs more than were tried"
    }
    return table.lines + [sentence + "."]
  }

  /// What is kept against the number of dimensions, from 1 to the largest one that was tried.
  func figure(of name: String) -> LineChart {
    let largest = sizes.last?.dimensions ?? 1
    return LineChart(
      title: "\(what.prefix(1).uppercased())\(what.dropFirst()), \(name)",
      subtitle: lines.last ?? "",
      lines: [
        .init("autoencoder", values(largest) { $0.autoencoder }),
        .init("principal components", values(largest) { $0.principalComponents }, isFaint: true),
      ],
      places: (1...largest).map { "\($0)" },
      level: (search.share, "to be kept"),
      axes: (x: "dimensions", y: what)
    )
  }

  /// The values for each number of dimensions; between those that were tried a straight line.
  private func values(_ largest: Int, _ value: (Size) -> Double) -> [Double] {
    (1...largest).map { dimensions in
      guard let next = sizes.firstIndex(where: { $0.dimensions >= dimensions }) else { return .nan }
      let after = sizes[next]
      guard after.dimensions > dimensions, next > 0 else { return value(after) }
      let before = sizes[next - 1]
      let part =
        Double(dimensions - before.dimensions) / Double(after.dimensions - before.dimensions)
      return value(before) + part * (value(after) - value(before))
    }
  }
}
