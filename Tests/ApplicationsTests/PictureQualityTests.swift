import Foundation
import Testing

@testable import HourglassApplications

/// Measures, filters and colours beside those of scikit-image and SciPy, see
/// `Scripts/goldens/make_picture_quality.py`.
@Suite struct PictureQualityTests {
  struct Goldens: Decodable {
    let ratio: Double
    let similarity: Double
    let colourfulness: Double
    let median: [Double]
    let gaussian: [Double]
    let colours: [[Float]]
    let lab: [[Double]]
  }

  private let goldens: Goldens
  private let truth: PicturePlanes
  private let other: PicturePlanes

  init() throws {
    goldens = try golden(Goldens.self, "picture_quality")
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
    truth = PicturePlanes(width: 24, height: 20, planes: planes.truth)
    other = PicturePlanes(width: 24, height: 20, planes: planes.other)
  }

  @Test func measuresAgree() {
    #expect(abs(PictureQuality.peakSignalToNoiseRatio(other, truth) - goldens.ratio) < 1e-5)
    #expect(abs(PictureQuality.structuralSimilarity(other, truth) - goldens.similarity) < 1e-5)
    #expect(abs(ColourQuality.colourfulness(other) - goldens.colourfulness) < 1e-3)
    #expect(PictureQuality.structuralSimilarity(truth, truth) == 1)
    #expect(PictureQuality.peakSignalToNoiseRatio(truth, truth) > 108)
  }

  @Test func filtersAgree() {
    let median = PictureFilters.median(other, radius: 1).planes[0]
    let gaussian = PictureFilters.gaussian(other, standardDeviation: 0.9).planes[0]
    for index in median.indices {
      #expect(abs(Double(median[index]) - goldens.median[index]) < 1e-6)
      #expect(abs(Double(gaussian[index]) - goldens.gaussian[index]) < 1e-5)
    }
  }

  @Test func coloursAgreeAndComeBack() {
    for (colour, expected) in zip(goldens.colours, goldens.lab) {
      let picture = PicturePlanes(width: 1, height: 1, planes: colour.map { [$0] })
      let lab = LabColor.planes(of: picture)
      for channel in 0..<3 {
        #expect(abs(Double(lab.planes[channel][0]) - expected[channel]) < 0.01, "\(colour)")
      }
      let back = LabColor.colours(of: lab)
      for channel in 0..<3 { #expect(abs(back.planes[channel][0] - colour[channel]) < 1e-3) }
    }
  }

  @Test func aColourOutOfReachGivesWayAndNotTheLightness() {
    for lightness: Float in [5, 30, 60, 90] {
      let lab = PicturePlanes(width: 1, height: 1, planes: [[lightness], [90], [-110]])
      let shown = LabColor.planes(of: LabColor.colours(of: lab))
      #expect(abs(shown.planes[0][0] - lightness) < 0.1)
      #expect(shown.planes[1][0] > 1, "the hue stays")
      #expect(shown.planes[2][0] < -1)
    }
  }
}
