import Foundation
import HourglassEvaluation
import HourglassModelFiles
import HourglassNetworks
import HourglassTestSupport
import Testing

@testable import HourglassData
@testable import HourglassFeatures
@testable import HourglassTasksCommon

/// Features of tables: the hidden activations of a denoising autoencoder.
@Suite struct TableFeatureTests {
  private let engine = smallEngine()

  /// Two columns of a circle, their product's sign, and a category that follows the angle.
  private func table(_ count: Int) -> Table {
    let angles = (0..<count).map { Double($0 * 7919 % 1000) / 1000 * 2 * Double.pi }
    let (x, y) = (angles.map { cos($0) }, angles.map { sin($0) })
    let quadrants = angles.map { Int32($0 / (.pi / 2)) % 4 }
    return Table(
      name: "circle",
      columns: [
        Table.Column(name: "x", kind: .number, cells: .numbers(x, missing: [])),
        Table.Column(name: "y", kind: .number, cells: .numbers(y, missing: [])),
        Table.Column(
          name: "quadrant",
          kind: .category,
          cells: .codes(quadrants, levels: ["a", "b", "c", "d"])
        ),
        Table.Column(
          name: "product",
          kind: .number,
          cells: .numbers(zip(x, y).map { $0 * $1 }, missing: [])
        ),
      ]
    )
  }

  private var session: TrainingSession { TrainingSession(engine: engine) }

  @Test func featuresAreAsWideAsTheTableAsksFor() async throws {
    let data = Dataset.table(TableData(table(60)))
    let settings = TrainingSettings(epochs: 1, seed: 1)
    let wide = try await FeatureExtractor(learning: settings).fit(data, session: session)
    #expect(wide.dimensions == 128)
    let short = try await FeatureExtractor(dimensions: 3, learning: settings)
      .fit(data, session: session)
    #expect(short.dimensions == 3)
    let own = try await FeatureExtractor(
      architecture: .dense(hidden: [8], activation: .relu),
      learning: settings
    )
    .fit(data, session: session)
    #expect(own.dimensions == 32)
    #expect(Defaults.featureWidth(columnCount: 100) == 200)
    #expect(Defaults.featureWidth(columnCount: 1_000) == 512)
    // Hidden activations lie between the bounds of their function.
    let features = try await wide.features(of: data, on: engine)
    #expect(features.shape == [60, 128])
    #expect(features.scalars.allSatisfy { -1 <= $0 && $0 <= 1 })
    let loaded = try FittedFeatureExtractor(ModelFile(bytes: wide.bytes(), path: "model"))
    #expect(try await loaded.features(of: data, on: engine) == features)
  }

  /// The product of two numbers is no line in them, and is one in the features.
  @Test func aLinearModelOnFeaturesIsBetterThanOnColumns() async throws {
    let whole = table(600)
    let data = Dataset.table(TableData(whole.removing(["product", "quadrant"])))
    let model = try await FeatureExtractor(learning: TrainingSettings(epochs: 60, seed: 1))
      .fit(data, session: session)
    let target = try #require(whole[column: "product"])
    let evaluation = try await FeatureProbe(name: "product", target: ProbeTarget(target))
      .evaluate(model, on: data, engine: engine)
    let names = evaluation.tables[0].methods.map(\.name)
    #expect(
      names == [
        "128 features", "2 raw values", "PCA, 2 dimensions", "128 random features", "mean",
      ]
    )
    #expect(
      evaluation.tables[0].metrics.map(\.name) == [
        "ridge regression", "ridge regression, 100 labels", "10 nearest neighbors",
      ]
    )
    for metric in ["ridge regression", "ridge regression, 100 labels"] {
      let own = try #require(evaluation["128 features", metric])
      let raw = try #require(evaluation["2 raw values", metric])
      #expect(own > 0.9 && raw < 0.1, "\(metric): \(own), \(raw)")
    }
  }
}
