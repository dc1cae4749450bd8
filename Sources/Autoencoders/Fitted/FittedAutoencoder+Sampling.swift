package import HourglassEngines
internal import HourglassNetworks
internal import HourglassSystem
package import HourglassTensors

/// Where the latent vectors of new items come from.
package enum CodeOrigin: Sendable {
  /// The standard normal distribution.
  case prior
  /// The distributions of the latent vectors of these items, each as often as the others.
  case posterior(any BatchSource)
}

extension FittedAutoencoder {
  /// New items with fields, `[count, width]`, drawn from the decoder's distribution: numbers with
  /// their deviation, where the objective has one, and categories as one level that is 1.
  ///
  /// `temperature` scales the deviation of latent vectors. The same seed gives the same items. Items without
  /// fields are given by their means.
  ///
  /// - Throws: `ModelError.deterministicBottleneck` where latent vectors have no distribution;
  ///   `TrainingError.noItems` where there are no items to take latent vectors from.
  package func draw(
    count: Int,
    seed: UInt64,
    from origin: CodeOrigin = .prior,
    temperature: Float = 1,
    on engine: ComputeEngine
  ) async throws -> Tensor {
    let codes = try await codes(
      count: count,
      seed: seed,
      from: origin,
      temperature: temperature,
      on: engine
    )
    return try await draw(codes: codes, seed: seed, on: engine)
  }

  /// Items drawn from the decoder's distribution at latent vectors `[count, latent]`, as `draw(count:)` does.
  package func draw(codes: Tensor, seed: UInt64, on engine: ComputeEngine) async throws -> Tensor {
    let count = codes.shape[0]
    var items = try await decode(codes, on: engine)
    guard let fields = autoencoder.fields else { return items }
    var generator = SeededGenerator.named("decoder", seed: seed)
    let deviations = fieldDeviations(fields)
    items.withMutableScalars { scalars in
      for row in 0..<count {
        for (field, range) in zip(fields.fields, fields.ranges) {
          let start = row * fields.width + range.lowerBound
          if field.holdsNumbers {
            for (place, value) in range.enumerated() where deviations[value] > 0 {
              scalars[start + place] += deviations[value] * generator.nextNormal()
            }
          } else {
            Self.chooseLevel(
              &scalars,
              start..<start + range.count,
              at: generator.nextUniform()
            )
          }
        }
      }
    }
    return items
  }

  /// Latent vectors drawn from the prior or from the distributions of items, `[count, latent]`.
  ///
  /// - Throws: As `draw(count:)`.
  package func codes(
    count: Int,
    seed: UInt64,
    from origin: CodeOrigin,
    temperature: Float = 1,
    on engine: ComputeEngine
  ) async throws -> Tensor {
    guard case .gaussian = autoencoder.bottleneck else { throw ModelError.deterministicBottleneck }
    let count = max(count, 0)
    let latent = autoencoder.latent
    var generator = SeededGenerator.named("samples", seed: seed)
    var codes = (0..<count * latent).map { _ in temperature * generator.nextNormal() }
    if case .posterior(let source) = origin {
      guard source.count > 0 else { throw TrainingError.noItems }
      let posterior = try await posterior(source, on: engine)
      // Every item once, in a random order, before any comes again.
      var order = Array(0..<source.count)
      for row in 0..<count {
        let place = row % source.count
        if place == 0 { order.shuffle(using: &generator) }
        let start = order[place] * 2 * latent
        for index in 0..<latent {
          let logVariance = Double(posterior.scalars[start + latent + index])
          codes[row * latent + index] *= Float(exp(0.5 * logVariance))
          codes[row * latent + index] += posterior.scalars[start + index]
        }
      }
    }
    return Tensor(codes, shape: [count, latent])
  }

  /// The standard deviation of each value that is a number; 0 where the objective has none.
  private func fieldDeviations(_ fields: FeatureSchema) -> [Float] {
    switch autoencoder.objective.numberTerm {
    case .gaussian(let variance):
      return Array(repeating: variance.squareRoot(), count: fields.width)
    case .gaussianLearnedVariance:
      guard let parameter = variables["fields.logVariance"] else { break }
      return parameter.scalars.map {
        Float(exp(0.5 * Double(FieldTerms.logVariance($0))))
      }
    case .bernoulli, .distance, nil: break
    }
    return Array(repeating: 0, count: fields.width)
  }

  /// Replaces probabilities by a 1 at the level where their running sum passes a number from 0 to 1.
  private static func chooseLevel(_ scalars: inout [Float], _ range: Range<Int>, at draw: Float) {
    var remaining = Double(draw) * range.reduce(0) { $0 + Double(scalars[$1]) }
    var chosen = range.upperBound - 1
    for place in range {
      remaining -= Double(scalars[place])
      if remaining < 0 {
        chosen = place
        break
      }
    }
    for place in range { scalars[place] = place == chosen ? 1 : 0 }
  }
}
