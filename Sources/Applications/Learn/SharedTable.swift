internal import HourglassAutoencoders
internal import HourglassDatasets
internal import HourglassNetworks
internal import HourglassTensors

/// One network of the rows of a table that several applications share, and the networks within it.
struct SharedTable: Sendable {
  /// How cells become values.
  let encoding: TableEncoding
  /// How cells fall into groups.
  let columns: [CellGroups]
  /// The whole network.
  let whole: FittedAutoencoder
  /// The network of the values of rows.
  let rows: FittedAutoencoder
  /// The network of the groups of the cells of rows.
  let groups: FittedAutoencoder

  init(
    encoding: TableEncoding,
    columns: [CellGroups],
    whole: FittedAutoencoder
  ) throws {
    self.encoding = encoding
    self.columns = columns
    self.whole = whole
    rows = try whole.rendition(0)
    groups = try whole.rendition(1)
  }

  /// How it learnt.
  var record: HourglassAutoencoders.TrainingRecord {
    get throws {
      guard let record = whole.record else { throw TrainingError.noItems }
      return record
    }
  }

  /// The network of the values of rows with an objective that an application judges by.
  func values(_ objective: Objective) -> Autoencoder {
    var autoencoder = rows.autoencoder
    autoencoder.objective = objective
    return autoencoder
  }

  /// An autoencoder of an application with what was learnt: that of `generate` is one of the groups of
  /// cells, all others are ones of the values of rows.
  func learnt(
    _ autoencoder: Autoencoder,
    for application: String,
    itemShape: Shape
  ) throws -> LearningRun.Learnt {
    let own = application == FittedSynthesizer.application ? groups : rows
    let network = try FittedAutoencoder(
      autoencoder,
      variables: own.variables,
      itemShape: itemShape,
      record: own.record
    )
    return (network, try record)
  }

  /// The variables of a network of signatures: the means of codes without their variances.
  var signatureVariables: [String: Tensor] {
    var variables = rows.variables
    let latent = rows.autoencoder.latent
    for (name, tensor) in variables where name.hasPrefix("bottleneck.") {
      let width = tensor.shape.elementCount / (2 * latent)
      variables[name] = Tensor(
        Array(tensor.scalars[..<(latent * width)]),
        shape: tensor.shape.replacing(axis: 0, with: latent)
      )
    }
    return variables
  }
}

extension Autoencoder {
  /// The network of rows that are told by their values and by the groups of their cells.
  init(
    _ learner: TableLearner,
    encoding: TableEncoding,
    columns: [CellGroups],
    learningCount: Int
  ) {
    let learnt = columns.filter { $0.count > 0 }
    let names = learnt.map(\.name)
    // A column that is told in one way alone, such as a constant, is a cell of its own.
    let cells = encoding.fields.enumerated().map { place, field in
      names.firstIndex(of: field.column) ?? names.count + place
    }
    let fields = encoding.layout.fields + learnt.map { .category(levels: $0.count) }
    self.init(
      encoder: learner.architecture
        ?? AutomaticChoices.tableArchitecture(learningCount: learningCount),
      bottleneck: .gaussian(
        latent: learner.latent ?? AutomaticChoices.tableLatent(fieldCount: encoding.fields.count),
        beta: learner.beta ?? AutomaticChoices.tableBeta
      ),
      objective: .likelihood(.gaussian(variance: AutomaticChoices.tableVariance)),
      corruption: .hiding(lower: learner.hidden.least, upper: learner.hidden.greatest),
      fields: FieldLayout(fields),
      renditions: Renditions(
        firstCount: encoding.fields.count,
        cells: Self.numbered(cells + Array(0..<names.count)),
        firstShare: AutomaticChoices.tableFirstShare
      )
    )
  }

  /// The same cells, numbered from 0 without gaps.
  private static func numbered(_ cells: [Int]) -> [Int] {
    let places = Array(Set(cells)).sorted()
    return cells.map { cell in places.firstIndex(of: cell) ?? 0 }
  }
}

/// Rows as their values and the groups of their cells, then the presences of both: `[D + G + F + C]`.
struct TwiceToldRows: BatchSource {
  let values: TableRows
  let groups: GroupedRows
  let itemShape: Shape

  init(_ table: Table, rows: [Int], encoding: TableEncoding, columns: [CellGroups]) throws {
    values = TableRows(try encoding.encoded(table), rows: rows)
    groups = try GroupedRows(table, rows: rows, columns: columns)
    itemShape = [values.itemShape[0] + groups.itemShape[0]]
  }

  var count: Int { values.count }

  func copyItems(_ indices: Span<Int>, into destination: inout MutableSpan<Float>) {
    let (first, second) = (values.itemShape[0], groups.itemShape[0])
    var ofValues = [Float](repeating: 0, count: indices.count * first)
    var ofGroups = [Float](repeating: 0, count: indices.count * second)
    var span = ofValues.mutableSpan
    values.copyItems(indices, into: &span)
    var other = ofGroups.mutableSpan
    groups.copyItems(indices, into: &other)
    let width = values.encoded.width
    let groupWidth = second - groups.counts.count
    var place = 0
    for row in indices.indices {
      let (own, others) = (row * first, row * second)
      for source in own..<own + width {
        destination[place] = ofValues[source]
        place += 1
      }
      for source in others..<others + groupWidth {
        destination[place] = ofGroups[source]
        place += 1
      }
      for source in own + width..<own + first {
        destination[place] = ofValues[source]
        place += 1
      }
      for source in others + groupWidth..<others + second {
        destination[place] = ofGroups[source]
        place += 1
      }
    }
  }
}

extension AutomaticChoices {
  /// The layers of a network for all jobs: wide, for each cell is told twice.
  static func tableArchitecture(learningCount: Int) -> Architecture {
    let width = learningCount < 2_000 ? 128 : learningCount < 10_000 ? 256 : 512
    return .dense(hidden: [width, width], activation: .silu)
  }

  /// The numbers of a code: one for each field within bounds; the divergence idles what is not needed.
  static func tableLatent(fieldCount: Int) -> Int { min(max(fieldCount, 2), 32) }

  /// The weight of the divergence beside the losses of both tellings of each cell.
  static var tableBeta: Float { 0.1 }

  /// The variance of a number about its mean, of numbers brought to a standard deviation of 1: the
  /// smaller, the more the numbers count beside the groups.
  static var tableVariance: Float { 0.03 }

  /// How often the encoder sees the values of a row, and else the groups of its cells, which generating
  /// alone asks for.
  static var tableFirstShare: Float { 0.7 }
}
