import HourglassAutoencoders
import HourglassNetworks
import HourglassTensors

/// Autoencoders of items with fields.
enum FieldVariants {
  static let mixed = FeatureSchema([
    .number, .category(levels: 3), .number, .number, .category(levels: 2), .category(levels: 3),
  ])

  static let all: [Variant] = [
    variant(
      "fields, learned variances, hiding",
      mixed,
      objective: .likelihood(.gaussianLearnedVariance),
      corruption: .hiding(lower: 0.1, upper: 0.6),
      weights: Autoencoder.FieldWeights(hidden: 1, visible: 0.3)
    ),
    variant(
      "fields, variational",
      mixed,
      bottleneck: .gaussian(latent: 2, beta: 0.2),
      objective: .likelihood(.gaussian(variance: 0.2))
    ),
    variant(
      "fields, Huber, noise",
      mixed,
      objective: .distance(.huber(delta: 0.4)),
      corruption: .hiding(lower: 0, upper: 0.3, standardDeviation: 0.1)
    ),
    variant(
      "fields, categories alone",
      FeatureSchema([.category(levels: 3), .category(levels: 2), .category(levels: 4)]),
      corruption: .masking(rate: 0.2)
    ),
    variant(
      "fields, vectors, noise",
      FeatureSchema([.number, .vector(width: 3), .category(levels: 2), .vector(width: 2)]),
      corruption: .hiding(lower: 0.1, upper: 0.4, standardDeviation: 0.1)
    ),
    variant("fields, vectors alone", FeatureSchema([.vector(width: 3), .vector(width: 2)])),
    variant("fields, numbers alone", .numbers(5), corruption: .gaussian(standardDeviation: 0.1)),
    Variant(
      "fields, neighbors",
      Autoencoder(
        encoder: .dense(hidden: [7], activation: .tanh),
        bottleneck: .deterministic(latent: 2),
        corruption: .hiding(lower: 0.1, upper: 0.4),
        fields: mixed,
        pairTerm: NearPartners(weight: 0.2)
      ),
      [mixed.width + mixed.count],
      target: [mixed.width + mixed.count]
    ),
    Variant(
      "fields, images",
      Autoencoder(
        encoder: .convolutional(channels: [3], hidden: [6], activation: .tanh),
        bottleneck: .deterministic(latent: 2),
        objective: .likelihood(.bernoulli),
        corruption: .hiding(lower: 0.1, upper: 0.4),
        fields: .numbers(20)
      ),
      [2, 5, 4]
    ),
  ]

  static func variant(
    _ name: String,
    _ fields: FeatureSchema,
    bottleneck: Autoencoder.Bottleneck = .deterministic(latent: 2),
    objective: Objective = .squaredError,
    corruption: Corruption = .none,
    weights: Autoencoder.FieldWeights = Autoencoder.FieldWeights()
  ) -> Variant {
    Variant(
      name,
      Autoencoder(
        encoder: .dense(hidden: [7], activation: .tanh),
        bottleneck: bottleneck,
        objective: objective,
        corruption: corruption,
        fields: fields,
        fieldWeights: weights
      ),
      [fields.width + fields.count]
    )
  }
}

/// Items with fields that two numbers an item explain; some are missing.
enum TinyFields {
  static func items(
    count: Int,
    _ layout: FeatureSchema,
    missing: Float = 0.15,
    seed: UInt64 = 1
  ) -> Tensor {
    var generator = SeededGenerator(seed: seed)
    let scores = TinyData.items(count: count, [layout.width], seed: seed)
    var scalars: [Float] = []
    for row in 0..<count {
      let own = scores.rows(row..<row + 1).scalars
      var observed: [Float] = []
      for (field, range) in zip(layout.fields, layout.ranges) {
        let isPresent = generator.nextUniform() >= missing
        observed.append(isPresent ? 1 : 0)
        let largest = range.max { own[$0] < own[$1] }
        for place in range {
          let value = field == .number ? own[place] : place == largest ? 1 : 0
          scalars.append(isPresent ? value : 0)
        }
      }
      scalars += observed
    }
    return Tensor(scalars, shape: [count, layout.width + layout.count])
  }
}
