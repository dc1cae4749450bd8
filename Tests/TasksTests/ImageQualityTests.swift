import Foundation
import HourglassTestSupport
import Testing

@testable import HourglassColorize
@testable import HourglassDenoise
@testable import HourglassEvaluation
@testable import HourglassMedia

/// Measures, filters and colors beside those of scikit-image and SciPy, see
/// `Scripts/goldens/make_image_quality.py`.
@Suite struct ImageQualityTests {
  struct Goldens: Decodable {
    let ratio: Double
    let similarity: Double
    let colorfulness: Double
    let median: [Double]
    let gaussian: [Double]
    let colors: [[Float]]
    let lab: [[Double]]
  }

  private let goldens: Goldens
  private let truth: PlanarImage
  private let other: PlanarImage

  init() throws {
    goldens = try golden(Goldens.self, "image_quality")
    var planes: (truth: [[Float]], other: [[Float]]) = ([], [])
    for c in 0..<3 {
      var first: [Float] = []
      var second: [Float] = []
      for place in 0..<20 * 24 {
        let (x, y, plane) = (Double(place % 24), Double(place / 24), Double(c))
        let wave: Double = sin(0.5 * x + plane) * cos(0.3 * y)
        let value: Double = 0.5 + 0.3 * wave + 0.15 * sin(0.9 * x * y / 20)
        first.append(Float(value))
        second.append(Float(value + 0.1 * sin(1.7 * x + 2.3 * y + plane)))
      }
      planes.truth.append(first)
      planes.other.append(second)
    }
    truth = PlanarImage(width: 24, height: 20, planes: planes.truth)
    other = PlanarImage(width: 24, height: 20, planes: planes.other)
  }

  @Test func measuresAgree() {
    #expect(abs(ImageQuality.peakSignalToNoiseRatio(other, truth) - goldens.ratio) < 1e-5)
    #expect(abs(ImageQuality.structuralSimilarity(other, truth) - goldens.similarity) < 1e-5)
    #expect(abs(ColorQuality.colorfulness(other) - goldens.colorfulness) < 1e-3)
    #expect(ImageQuality.structuralSimilarity(truth, truth) == 1)
    #expect(ImageQuality.peakSignalToNoiseRatio(truth, truth) > 108)
  }

  @Test func filtersAgree() {
    let median = ImageFilters.median(other, radius: 1).planes[0]
    let gaussian = ImageFilters.gaussian(other, standardDeviation: 0.9).planes[0]
    for index in median.indices {
      #expect(abs(Double(median[index]) - goldens.median[index]) < 1e-6)
      #expect(abs(Double(gaussian[index]) - goldens.gaussian[index]) < 1e-5)
    }
  }

  @Test func colorsAgreeAndComeBack() {
    for (color, expected) in zip(goldens.colors, goldens.lab) {
      let image = PlanarImage(width: 1, height: 1, planes: color.map { [$0] })
      let lab = LabColor.planes(of: image)
      for channel in 0..<3 {
        #expect(abs(Double(lab.planes[channel][0]) - expected[channel]) < 0.01, "\(color)")
      }
      let back = LabColor.colors(of: lab)
      for channel in 0..<3 { #expect(abs(back.planes[channel][0] - color[channel]) < 1e-3) }
    }
  }

  @Test func aColorOutOfReachGivesWayAndNotTheLightness() {
    for lightness: Float in [5, 30, 60, 90] {
      let lab = PlanarImage(width: 1, height: 1, planes: [[lightness], [90], [-110]])
      let shown = LabColor.planes(of: LabColor.colors(of: lab))
      #expect(abs(shown.planes[0][0] - lightness) < 0.1)
      #expect(shown.planes[1][0] > 1, "the hue stays")
      #expect(shown.planes[2][0] < -1)
    }
  }
}
