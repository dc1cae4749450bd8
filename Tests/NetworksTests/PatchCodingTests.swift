import Foundation
import HourglassGraphs
import HourglassNetworks
import HourglassTensors
import HourglassTestSupport
import Testing

@Suite struct PatchCodingTests {
  private let coding = PatchCoding(side: 3, stride: 2, filters: 4, grid: 2)

  /// The values of one image by their formula, each place by itself.
  private func formula(_ image: Tensor, _ variables: [String: Tensor]) throws -> [Double] {
    let (channels, height, width) = (image.shape[1], image.shape[2], image.shape[3])
    let filters = try #require(variables["filters"]).doubles
    let thresholds = try #require(variables["thresholds"]).doubles
    let means = try #require(variables["means"]).doubles
    let factors = try #require(variables["factors"]).doubles
    let (rows, columns) = (coding.places(height), coding.places(width))
    let size = channels * coding.side * coding.side
    func patch(_ row: Int, _ column: Int) -> [Double] {
      (0..<channels).flatMap { channel in
        (0..<coding.side).flatMap { y in
          (0..<coding.side).map { x in
            let place = (channel * height + 2 * row + y) * width + 2 * column + x
            return image.doubles[place]
          }
        }
      }
    }
    var result: [Double] = []
    for filter in 0..<coding.filters {
      for cell in 0..<4 {
        let (tall, wide) = (rows / 2, columns / 2)
        let (top, left) = ((rows - 2 * tall) / 2, (columns - 2 * wide) / 2)
        var sum = 0.0
        for row in 0..<tall {
          for column in 0..<wide {
            let values = patch(top + cell / 2 * tall + row, left + cell % 2 * wide + column)
            let mean = values.reduce(0, +) / Double(size)
            let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(size)
            let product = (0..<size).reduce(0.0) { $0 + filters[filter * size + $1] * values[$1] }
            sum += max(0, product / (variance + 0.01).squareRoot() - thresholds[filter])
          }
        }
        let place = filter * 4 + cell
        let value = (sum / Double(tall * wide)).squareRoot()
        result.append((value - means[place]) * factors[place])
      }
    }
    return result
  }

  @Test(arguments: [Shape([1, 1, 9, 9]), [1, 3, 12, 15]])
  func hasItsFormula(_ shape: Shape) throws {
    let variables = [
      "filters": normal([4, shape[1], 3, 3]),
      "thresholds": normal([4], seed: 5, scale: 0.3),
      "means": normal([16], seed: 6),
      "factors": uniform([16]),
    ]
    let image = uniform(shape, seed: 8)
    let found = try evaluate([image], variables: variables) { [coding($1[0], in: &$0)] }[0]
    #expect(found.shape == [1, 16] && coding.valueCount == 16)
    let expected = try formula(image, variables)
    #expect(expected.contains { abs($0) > 0.1 })
    for (value, wanted) in zip(found.doubles, expected) { #expect(near(value, wanted, 1e-4)) }
  }

  /// An image with its left and right exchanged.
  private func mirrored(_ image: Tensor) -> Tensor {
    let width = image.shape[3]
    let columns = (0..<image.shape.elementCount).map { index in
      image.scalars[index - index % width + width - 1 - index % width]
    }
    return Tensor(columns, shape: image.shape)
  }

  @Test(arguments: [Shape([1, 1, 9, 9]), [1, 3, 12, 13]])
  func mirrorImagesAreAlikeWhereTheyShouldBe(_ shape: Shape) throws {
    let variables = [
      "filters": normal([4, shape[1], 3, 3]),
      "thresholds": normal([4], seed: 5, scale: 0.3),
    ]
    let image = uniform(shape, seed: 8)
    func values(_ image: Tensor, isMirrored: Bool) throws -> [Double] {
      var coding = coding
      coding.isMirrored = isMirrored
      return try evaluate([image], variables: variables) { [coding($1[0], in: &$0)] }[0].doubles
    }
    let alike = try values(image, isMirrored: true)
    let (apart, other) = (
      try values(image, isMirrored: false), try values(mirrored(image), isMirrored: false)
    )
    #expect(zip(apart, other).contains { abs($0 - $1) > 0.05 })
    for (value, same) in zip(alike, try values(mirrored(image), isMirrored: true)) {
      #expect(near(value, same, 1e-5))
    }
    // The square of a value is the mean of those of the image and its mirror image.
    for place in alike.indices {
      let expected = (apart[place] * apart[place] + other[place] * other[place]) / 2
      #expect(near(alike[place] * alike[place], expected, 1e-4))
    }
  }

  @Test func codingsComeBackFromText() throws {
    let mirrored = PatchCoding(filters: 3, isMirrored: true)
    let again = try JSONDecoder().decode(PatchCoding.self, from: JSONEncoder().encode(mirrored))
    #expect(again == mirrored)
  }

  @Test func imagesOfOneShadeAreFinite() throws {
    let found = try evaluate([Tensor([Float](repeating: 0.7, count: 81), shape: [1, 1, 9, 9])]) {
      [coding($1[0], in: &$0)]
    }[0]
    #expect(found.isFinite)
  }

  @Test func whatHasNoRoomIsRefused() throws {
    #expect(coding.fits(height: 5, width: 5))
    #expect(!coding.fits(height: 4, width: 9))
    for bad in [
      PatchCoding(side: 1, filters: 4), PatchCoding(stride: 0, filters: 4), PatchCoding(filters: 0),
      PatchCoding(filters: 4, grid: 0),
    ] {
      #expect(!bad.fits(height: 40, width: 40))
    }
    #expect(throws: GraphError.self) { try built([2, 1, 4, 9]) { coding($1, in: &$0) } }
    #expect(throws: GraphError.self) { try built([2, 9]) { coding($1, in: &$0) } }
  }

  @Test func isTheBeginningOfAnEncoderAndNoParameter() throws {
    let architecture = Architecture.patches(coding, hidden: [7], activation: .relu)
    let (graph, shape) = try built([2, 1, 9, 9]) {
      architecture.encoder($1, mode: .inference, in: &$0)
    }
    #expect(shape == [2, 7])
    #expect(graph.parameterList == ["0.weight [7, 16]", "0.bias [7]"])
    #expect(
      Set(graph.stateNames) == [
        "patches.filters", "patches.thresholds", "patches.means", "patches.factors",
      ]
    )
    #expect(architecture.compresses && architecture.halvings == nil)
  }
}
