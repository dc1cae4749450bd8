/// Points laid out on a square, where those far from the others stand at its border.
struct PlacedPoints {
  /// A point that has a place.
  struct Point {
    /// Which of the given points it is.
    var row: Int
    /// The distance from the left border.
    var x: Double
    /// The distance from the upper border.
    var y: Double
  }

  /// The points whose two numbers are finite.
  let points: [Point]
  /// How many of them lie outside of what the axes show.
  let outside: Int
  /// The lower axis.
  let x: Axis
  /// The left axis.
  let y: Axis

  /// Lays points out on a square with sides of a length.
  init(x first: [Double], y second: [Double], size: Double) {
    let rows = first.indices.filter { first[$0].isFinite && second[$0].isFinite }
    let x = Axis(Self.bulk(rows.map { first[$0] }))
    let y = Axis(Self.bulk(rows.map { second[$0] }))
    var outside = 0
    points = rows.map { row in
      let (across, up) = (x.part(first[row]), y.part(second[row]))
      if !(0...1).contains(across) || !(0...1).contains(up) { outside += 1 }
      return Point(
        row: row,
        x: min(max(across, 0), 1) * size,
        y: (1 - min(max(up, 0), 1)) * size
      )
    }
    self.outside = outside
    self.x = x
    self.y = y
  }

  /// The two ends of what is shown: all values, or, where a few lie far outside, nearly all.
  private static func bulk(_ values: [Double]) -> [Double] {
    let sorted = values.sorted()
    guard let least = sorted.first, let most = sorted.last else { return [] }
    let cut = values.count / 400
    let (low, high) = (sorted[cut], sorted[values.count - 1 - cut])
    let border = 0.15 * (high - low)
    return [max(least, low - border), min(most, high + border)]
  }
}
