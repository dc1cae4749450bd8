import HourglassStatistics
import HourglassTensors
import Testing

/// The search in panels finds what comparing all rows finds.
@Suite struct PanelNeighborTests {
  @Test(arguments: [1, 3])
  func theNearestRowsAreThoseOfComparingAll(_ threads: Int) {
    var generator = SeededGenerator(seed: 5)
    let (rows, queries, width) = (203, 37, 7)
    func random(_ count: Int) -> Tensor {
      // Halves make ties.
      Tensor(
        (0..<count * width).map { _ in (2 * generator.nextNormal()).rounded() / 2 },
        shape: [count, width]
      )
    }
    let (known, items) = (random(rows), random(queries))
    let found = PanelNeighbors(known).nearest(to: items, count: 5, threads: threads)
    for query in 0..<queries {
      let all = (0..<rows).map { row in
        (0..<width).reduce(0.0) { sum, place in
          let difference =
            Double(items.scalars[query * width + place])
            - Double(known.scalars[row * width + place])
          return sum + difference * difference
        }
      }
      let order = all.indices.sorted { (all[$0], $0) < (all[$1], $1) }.prefix(5)
      #expect(found.of(query).map(\.row) == Array(order))
      #expect(found.of(query).map(\.distance) == order.map { all[$0] })
    }
    #expect(PanelNeighbors(known).nearest(to: items, count: 500, threads: 1).of(0).count == rows)
  }
}
