internal import HourglassAutoencoders
internal import HourglassData
internal import HourglassEncodings
internal import HourglassEngines
internal import HourglassModelFiles
internal import HourglassTasksCommon
internal import HourglassTensors

/// Where the latent vectors of the items of each class lie: a mixture of normal distributions for each.
///
///     p(x | class) = ∫ p(x | z) p(z | class) dz
///
/// The network is trained without classes, so that classes may be few, and that what they share is trained on
/// all of them; a class only determines where latent vectors are drawn.
///
/// Reference: Ghosh et al., 2019, "From Variational to Deterministic Autoencoders", arXiv:1903.12436, section
/// 4, for densities of latent vectors that are fitted afterwards.
struct ClassCodes: Sendable {
  /// The names of the classes.
  let names: [String]
  /// The mixture of each class.
  let mixtures: [CodeMixture]
  private let densities: [CodeMixture.Density]

  /// The fewest items of a class that its mixture is fitted to.
  static let leastItems = 10
  /// The most classes.
  static let mostClasses = 1_000
  /// The most latent vectors that the mixture of a class is fitted to.
  private static let codeLimit = 4_000

  private static let sizes = "classes.sizes"
  private static let prefix = "classes"

  /// Fits the mixtures of all classes that have enough items; `nil` where none has.
  ///
  /// - Parameters:
  ///   - classes: The classes of the items of `source`.
  ///   - rows: The items that may be trained on.
  ///   - source: Gives some of the items as the network takes them.
  init?(
    _ classes: ItemClasses,
    rows: [Int],
    network: FittedAutoencoder,
    seed: UInt64,
    on engine: ComputeEngine,
    source: ([Int]) throws -> any BatchSource
  ) async throws {
    var (names, mixtures): ([String], [CodeMixture]) = ([], [])
    for (place, name) in classes.names.enumerated() {
      let own = classes.items(rows, of: place)
      guard own.count >= Self.leastItems else { continue }
      let count = min(own.count, Self.codeLimit)
      let codes = try await network.codes(
        count: count,
        seed: seed,
        from: .posterior(try source(own)),
        on: engine
      )
      names.append(name)
      mixtures.append(
        CodeMixture(
          fitting: codes,
          count: Defaults.classMixtureCount(codes: count, latent: codes.shape[1]),
          seed: seed
        ).asSaved
      )
      try Task.checkCancellation()
    }
    guard !names.isEmpty else { return nil }
    self.init(names: names, mixtures: mixtures)
  }

  private init(names: [String], mixtures: [CodeMixture]) {
    self.names = names
    self.mixtures = mixtures
    densities = mixtures.map(CodeMixture.Density.init)
  }

  /// Latent vectors of new items of a class, `[count, latent]`, drawn from its mixture.
  ///
  /// What a mixture has beyond the latent vectors that it was fitted to may lie among those of another class:
  /// one that is more probable there is drawn again, a few times.
  func draw(_ count: Int, of place: Int, _ generator: inout SeededGenerator) -> Tensor {
    let size = mixtures[place].size
    var scalars: [Float] = []
    scalars.reserveCapacity(count * size)
    for _ in 0..<count {
      var code: [Float] = []
      for _ in 0..<Self.tries {
        code = mixtures[place].draw(1, &generator).scalars
        let point = code.map(Double.init)
        let own = densities[place].logDensity(of: point)
        if densities.allSatisfy({ $0.logDensity(of: point) <= own }) { break }
      }
      scalars += code
    }
    return Tensor(scalars, shape: [count, size])
  }

  /// How often a latent vector is drawn before one is taken that may be of another class.
  private static let tries = 20

  /// The tensors for a model file: the distributions of all mixtures, and how many each has.
  var tensors: [String: Tensor] {
    var result = CodeMixture(joining: mixtures).tensors(named: Self.prefix)
    result[Self.sizes] = Tensor(mixtures.map { Float($0.count) }, shape: [mixtures.count])
    return result
  }

  /// Takes the tensors of a model file and checks them; `nil` where it names no classes.
  init?(_ file: ModelContents, names: [String]?, size: Int) throws(TaskError) {
    guard let names, !names.isEmpty else { return nil }
    guard let all = try CodeMixture(file, named: Self.prefix, size: size) else {
      throw file.damaged("the latent distributions of its classes are missing")
    }
    let sizes = try file.tensor(Self.sizes, shape: [names.count]).scalars
    var mixtures: [CodeMixture] = []
    var start = 0
    for value in sizes {
      guard let count = Int(exactly: value), count > 0, start + count <= all.count else {
        throw file.damaged("its classes should have latent distributions")
      }
      mixtures.append(all.part(start..<start + count))
      start += count
    }
    guard start == all.count else { throw file.damaged("its classes leave distributions over") }
    self.init(names: names, mixtures: mixtures)
  }
}
