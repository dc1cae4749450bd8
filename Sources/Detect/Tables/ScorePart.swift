/// A part of the score of a row of a table, with its weight and its scale.
struct ScorePart: Hashable, Sendable {
  /// What is measured.
  enum Kind: Hashable, Sendable, Codable {
    /// The squared distance to the k-th nearest row that is kept, in a space.
    case neighbor(ColumnSpace.Kind, Int)
    /// The squared distance to the hull of the ten nearest rows.
    case hull
    /// How far in the tails of their columns the cells are.
    case tails
    /// The error of the autoencoder, each column in units of its usual error.
    case reconstruction
    /// The squared distance to the k-th nearest row among the latent vectors.
    case latent(Int)

    /// Whether it comes from the network, which is surer of rows that it was trained on.
    var isOfNetwork: Bool {
      switch self {
      case .reconstruction, .latent: true
      case .neighbor, .hull, .tails: false
      }
    }

    /// The scaling of the columns in which it takes distances; none for other parts.
    var space: ColumnSpace.Kind? {
      switch self {
      case .neighbor(let space, _): space
      case .hull: .standardized
      case .tails, .reconstruction, .latent: nil
      }
    }

    /// What it is called in an evaluation.
    var title: String {
      switch self {
      case .neighbor(let space, let rank):
        (rank == 1 ? "nearest row" : "\(rank)th nearest row") + ", \(space.title)"
      case .hull: "hull of the 10 nearest rows"
      case .tails: "tails of the columns"
      case .reconstruction: "autoencoder, reconstruction error"
      case .latent(let rank): "autoencoder, \(rank)th nearest latent vector"
      }
    }
  }

  let kind: Kind
  /// What it counts; those of all parts add up to 1.
  var weight: Double
  /// How well it alone told synthetic anomalies from training rows, as an area under the ROC curve.
  var area: Double
  var scale: ScoreScale

  /// The parts of rows that are normal.
  static let ofNormalRows: [Kind] =
    [ColumnSpace.Kind.standardized, .range, .quantiles, .whitened]
    .flatMap { [.neighbor($0, 1), .neighbor($0, 10)] } + [
      .hull, .tails, .reconstruction, .latent(5),
    ]

  /// The parts where anomalies may be among the rows that are trained on: neighbors so far that a small
  /// group of anomalies has none.
  static let ofMixedRows: [Kind] = [
    .neighbor(.whitened, 10), .neighbor(.whitened, 50), .neighbor(.encoded, 10),
    .neighbor(.encoded, 50), .reconstruction,
  ]
}

extension ColumnSpace.Kind {
  /// What it is called in an evaluation.
  var title: String {
    switch self {
    case .standardized: "standardized"
    case .range: "0 to 1"
    case .quantiles: "normal quantiles"
    case .whitened: "half whitened"
    case .encoded: "as encoded"
    }
  }
}
