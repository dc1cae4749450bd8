internal import HourglassAutoencoders
internal import HourglassEncodings
internal import HourglassGraphs
internal import HourglassNetworks
internal import HourglassSystem
internal import HourglassTasksCommon
internal import HourglassTensors

/// A mixture of normal distributions over latent vectors.
///
/// It holds no latent vector of a row, only the parameters of its distributions.
///
/// Reference: Dempster, Laird, Rubin, 1977, "Maximum likelihood from incomplete data via the EM
/// algorithm", doi:10.1111/j.2517-6161.1977.tb01600.x, section 4.3; Ghosh et al., 2019, "From
/// Variational to Deterministic Autoencoders", arXiv:1903.12436, section 4, for a mixture in place
/// of the prior.
struct CodeMixture: Hashable, Sendable {
  /// The share of each distribution, `[count]`, adding up to 1.
  private(set) var weights: [Double]
  /// The means, `[count, size]`.
  private(set) var means: [Double]
  /// The lower triangular roots L of the covariances L Lᵀ, `[count, size, size]`.
  private(set) var factors: [Double]
  /// The number of latent dimensions.
  let size: Int

  /// The number of distributions.
  var count: Int { weights.count }

  /// What is added to each variance, so that none vanishes.
  private static let least = 1e-3

  /// Fits a mixture to latent vectors by expectation and maximization.
  ///
  /// - Parameters:
  ///   - codes: The latent vectors, `[rows, size]`, at least one.
  ///   - count: The number of distributions.
  ///   - seed: Where their first means come from.
  ///   - rounds: The rounds of expectation and maximization.
  init(fitting codes: Tensor, count: Int, seed: UInt64, rounds: Int = 30) {
    size = codes.shape[1]
    let rows = codes.shape[0]
    let points = codes.scalars.map(Double.init)
    weights = []
    means = []
    factors = []
    let whole = [Double](repeating: 1, count: rows)
    var generator = SeededGenerator.named("mixture", seed: seed)
    for place in 0..<max(min(count, rows), 1) {
      add(points, weights: whole, share: 1 / Double(max(min(count, rows), 1)))
      guard place > 0 || count > 1 else { continue }
      let row = Int(generator.next() % UInt64(rows))
      for index in 0..<size { means[place * size + index] = points[row * size + index] }
    }
    guard self.count > 1 else { return }
    var shares = [Double](repeating: 0, count: rows * self.count)
    for _ in 0..<rounds {
      expect(points, rows, into: &shares)
      maximize(points, rows, shares)
    }
  }

  /// Latent vectors drawn from it, `[count, size]`.
  func draw(_ count: Int, _ generator: inout SeededGenerator) -> Tensor {
    var scalars: [Float] = []
    scalars.reserveCapacity(count * size)
    for _ in 0..<count {
      var left = Double(generator.nextUniform())
      var chosen = self.count - 1
      for (place, weight) in weights.enumerated() {
        left -= weight
        if left < 0 {
          chosen = place
          break
        }
      }
      let noise = (0..<size).map { _ in Double(generator.nextNormal()) }
      for row in 0..<size {
        var value = means[chosen * size + row]
        for column in 0...row {
          value += factors[(chosen * size + row) * size + column] * noise[column]
        }
        scalars.append(Float(value))
      }
    }
    return Tensor(scalars, shape: [count, size])
  }

  // MARK: Files

  /// The tensors for a model file, by names that begin with a word.
  func tensors(named prefix: String = "codes") -> [String: Tensor] {
    [
      "\(prefix).weights": Tensor(weights.map { Float($0) }, shape: [count]),
      "\(prefix).means": Tensor(means.map { Float($0) }, shape: [count, size]),
      "\(prefix).factors": Tensor(factors.map { Float($0) }, shape: [count, size, size]),
    ]
  }

  /// The distributions of several mixtures of latent vectors of one length, at least one.
  init(joining mixtures: [CodeMixture]) {
    size = mixtures[0].size
    weights = mixtures.flatMap(\.weights)
    means = mixtures.flatMap(\.means)
    factors = mixtures.flatMap(\.factors)
  }

  /// Some of the distributions, with the shares that they have.
  func part(_ range: Range<Int>) -> CodeMixture {
    var result = self
    result.weights = Array(weights[range])
    result.means = Array(means[range.lowerBound * size..<range.upperBound * size])
    let square = size * size
    result.factors = Array(factors[range.lowerBound * square..<range.upperBound * square])
    return result
  }

  /// The mixture with the precision of a file, so that it draws the same before and after saving.
  var asSaved: CodeMixture {
    var copy = self
    copy.weights = weights.map { Double(Float($0)) }
    copy.means = means.map { Double(Float($0)) }
    copy.factors = factors.map { Double(Float($0)) }
    return copy
  }

  /// Takes the tensors of a model file and checks them; `nil` where it has none.
  init?(
    _ file: ModelContents,
    named prefix: String = "codes",
    size: Int
  ) throws(TaskError) {
    guard let count = file.tensors["\(prefix).weights"]?.shape.dimensions.first else { return nil }
    let weights = try file.tensor("\(prefix).weights", shape: [count])
    guard count > 0, weights.scalars.allSatisfy({ $0 >= 0 }) else {
      throw file.damaged("the latent mixture should have weights that are not negative")
    }
    self.size = size
    self.weights = weights.scalars.map(Double.init)
    means = try file.tensor("\(prefix).means", shape: [count, size]).scalars.map(Double.init)
    factors =
      try file.tensor("\(prefix).factors", shape: [count, size, size]).scalars.map(Double.init)
  }

  // MARK: Fitting

  /// ln of each distribution's weighted density at each point, turned into shares.
  private func expect(_ points: [Double], _ rows: Int, into shares: inout [Double]) {
    let terms = DensityTerms(self)
    var y = [Double](repeating: 0, count: size)
    let points = points.span
    var result = shares.mutableSpan
    for row in 0..<rows {
      var greatest = -Double.infinity
      for place in 0..<count {
        let density = logDensity(place, points, row * size, terms, &y)
        result[row * count + place] = density
        greatest = max(greatest, density)
      }
      var sum = 0.0
      for place in 0..<count {
        let share = exp(result[row * count + place] - greatest)
        result[row * count + place] = share
        sum += share
      }
      for place in 0..<count { result[row * count + place] /= sum }
    }
  }

  /// The density of latent vectors.
  struct Density: CodeDensity {
    private let mixture: CodeMixture
    private let terms: DensityTerms

    init(_ mixture: CodeMixture) {
      self.mixture = mixture
      terms = DensityTerms(mixture)
    }

    /// ln Σ wᵢ N(z; μᵢ, Lᵢ Lᵢᵀ).
    func logDensity(of code: [Double]) -> Double {
      var y = [Double](repeating: 0, count: mixture.size)
      let each = (0..<mixture.count).map { mixture.logDensity($0, code.span, 0, terms, &y) }
      let greatest = each.max() ?? -.infinity
      guard greatest.isFinite else { return greatest }
      let sum = each.reduce(0) { $0 + exp($1 - greatest) }
      return greatest + log(sum) - 0.5 * Double(mixture.size) * log(2 * Double.pi)
    }
  }

  /// What a density needs besides the mixture, once for all points.
  private struct DensityTerms {
    /// ln w - Σ ln Lᵢᵢ of each distribution.
    let constants: [Double]
    /// 1 / Lᵢᵢ, `[count, size]`.
    let inverses: [Double]

    init(_ mixture: CodeMixture) {
      let size = mixture.size
      let diagonals = (0..<mixture.count).map { place in
        (0..<size).map { mixture.factors[(place * size + $0) * size + $0] }
      }
      constants = zip(mixture.weights, diagonals).map { weight, diagonal in
        log(max(weight, 1e-300)) - diagonal.reduce(0) { $0 + log($1) }
      }
      inverses = diagonals.flatMap { $0.map { 1 / $0 } }
    }
  }

  /// ln of the weighted density of one distribution at a point that starts at a place.
  ///
  ///     ln N(x; μ, L Lᵀ) = -½ ‖L⁻¹ (x - μ)‖² - Σ ln Lᵢᵢ - ½ d ln 2π, without the last term
  private func logDensity(
    _ place: Int,
    _ points: Span<Double>,
    _ offset: Int,
    _ terms: DensityTerms,
    _ y: inout [Double]
  ) -> Double {
    let (factors, means) = (factors.span, means.span)
    var square = 0.0
    for i in 0..<size {
      var value = points[offset + i] - means[place * size + i]
      let start = (place * size + i) * size
      for j in 0..<i { value -= factors[start + j] * y[j] }
      value *= terms.inverses[place * size + i]
      y[i] = value
      square += value * value
    }
    return terms.constants[place] - 0.5 * square
  }

  private mutating func maximize(_ points: [Double], _ rows: Int, _ shares: [Double]) {
    let count = count
    weights = []
    means = []
    factors = []
    var own = [Double](repeating: 0, count: rows)
    for place in 0..<count {
      var total = 0.0
      for row in 0..<rows {
        own[row] = shares[row * count + place]
        total += own[row]
      }
      add(points, weights: own, share: (total + 1) / Double(rows + count))
    }
  }

  /// Appends the distribution of weighted points.
  private mutating func add(_ points: [Double], weights own: [Double], share: Double) {
    let size = size
    var total = 1e-9
    var mean = [Double](repeating: 0, count: size)
    for row in own.indices where own[row] > 1e-6 {
      total += own[row]
      for i in 0..<size { mean[i] += own[row] * points[row * size + i] }
    }
    for i in 0..<size { mean[i] /= total }
    var covariance = [Double](repeating: 0, count: size * size)
    var centered = [Double](repeating: 0, count: size)
    for row in own.indices where own[row] > 1e-6 {
      for i in 0..<size { centered[i] = points[row * size + i] - mean[i] }
      for i in 0..<size {
        let weighted = own[row] * centered[i]
        for j in 0...i { covariance[i * size + j] += weighted * centered[j] }
      }
    }
    // A few rows know little of a covariance: as if one more row of a small spread were among them.
    for i in 0..<size {
      for j in 0...i { covariance[i * size + j] /= total + 1 }
      covariance[i * size + i] += Self.least + 0.1 / (total + 1)
    }
    weights.append(share)
    means += mean
    factors += Self.root(of: covariance, size)
  }

  /// The lower triangular root of a covariance.
  private static func root(of matrix: [Double], _ size: Int) -> [Double] {
    var root = [Double](repeating: 0, count: size * size)
    for i in 0..<size {
      for j in 0...i {
        var value = matrix[i * size + j]
        for k in 0..<j { value -= root[i * size + k] * root[j * size + k] }
        root[i * size + j] =
          i == j ? max(value, least * 1e-3).squareRoot() : value / root[j * size + j]
      }
    }
    return root
  }
}
