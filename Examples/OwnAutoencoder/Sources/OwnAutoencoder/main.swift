import Hourglass

/// An objective of one's own, the squared error of the differences of neighboring pixels: edges
/// (Mathieu, Couprie, LeCun, 2015, arXiv:1511.05440, section 3.2).
struct EdgeError: ObjectiveTerm {
  var weight: Float = 0.5

  func loss(of nodes: ObjectiveNodes, in builder: inout GraphBuilder) -> NodeID {
    let error = builder.difference(nodes.output, nodes.target)
    let parts = [2, 3].map { axis in
      let extent = builder.shape(of: error)[axis]
      let next = builder.slice(error, axis: axis, 1..<extent)
      let previous = builder.slice(error, axis: axis, 0..<extent - 1)
      return builder.itemSum(builder.apply(.square, builder.difference(next, previous)))
    }
    return builder.sum(parts[0], parts[1])
  }
}

/// The mean squared error of a pixel.
func error(_ found: Tensor, _ wanted: Tensor) -> Float {
  let squares = zip(found.scalars, wanted.scalars).map { ($0 - $1) * ($0 - $1) }
  return squares.reduce(0, +) / Float(squares.count)
}

let arguments = CommandLine.arguments.dropFirst()
guard arguments.count == 3, let epochs = arguments.last.flatMap({ Int($0) }) else {
  print("usage: OwnAutoencoder IMAGES SAMPLES.png EPOCHS")
  throw CancellationError()
}
let images = try ImageSet.load(contentsOf: arguments[1]).uniform(channels: 1)
let learned = images.rows(0..<images.count - 256)
let new = images.rows(images.count - 256..<images.count)
let (height, width) = (images.itemShape[1], images.itemShape[2])
let trainer = Trainer(batchSize: 64, epochs: epochs)

let denoising = Autoencoder(
  encoder: .layers([.convolution(16, stride: 2), .batchNormalization, .dense(128)]),
  bottleneck: .deterministic(latent: 64),
  decoder: .layers([.dense(256)]),
  outputActivation: .logistic,
  corruption: .gaussian(standardDeviation: 0.3),
  terms: [EdgeError()]
)
var (noisy, noise) = (new, SeededGenerator(seed: 1))
for pixel in noisy.scalars.indices { noisy[flat: pixel] += 0.3 * noise.nextNormal() }
let denoised = try await trainer.fit(denoising, to: learned).reconstruct(noisy)
print("denoising: mean squared error", error(noisy, new), "->", error(denoised, new))

let variational = Autoencoder(
  encoder: .dense(hidden: [256], activation: .gelu),
  bottleneck: .gaussian(latent: 16),
  objective: .likelihood(.bernoulli)
)
let model = try await trainer.fit(variational, to: learned)
print("variational: mean squared error", error(try await model.reconstruct(new), new))
let samples = try await model.sample(count: 8, seed: 7).scalars.map { UInt8(255 * $0) }
try Image(width: width, height: 8 * height, channels: 1, samples: .bytes(samples))
  .write(to: arguments[2])
