internal import HourglassData
internal import HourglassEncodings
internal import HourglassStatistics
internal import HourglassTasksCommon
internal import HourglassTensors

/// How trees are laid out; kept in a model file in the place of the layers of a network.
struct TreeLayout: Codable, Hashable, Sendable {
  /// How many chains there are, and how many trees a column has in each.
  let size: TreeChains.Size
  /// How trees grew.
  let settings: TreeSettings
}

/// The distribution of the rows of a table by chains of trees, with everything that makes cells of bins.
struct TableTrees: Sendable {
  let fields: SynthesisFields
  let layout: TreeLayout
  let chains: TreeChains

  /// The rows that are drawn at once, from random numbers of their own.
  static let blockSize = 1_024
  /// The rows that are drawn at once where they must have certain cells.
  static let demandedBlockSize = 256

  /// Learns rows of a table.
  ///
  /// - Parameter seconds: About how long trees may grow on one core, where something was said of it.
  /// - Throws: `CancellationError`.
  init(
    _ fields: SynthesisFields,
    learning table: Table,
    seconds: Double?,
    seed: UInt64,
    threads: Int
  ) async throws {
    let bins = try fields.table.bins(of: table).map { $0.map { UInt16(max($0, 0)) } }
    let columns = Self.columns(of: fields)
    layout = Defaults.treeLayout(rows: table.rowCount, columns: columns, seconds: seconds)
    self.fields = fields
    chains = try await TreeChains(
      learning: bins,
      columns,
      layout.size,
      settings: layout.settings,
      seed: seed,
      threads: threads
    )
  }

  /// Takes trees from a model file.
  init(_ file: ModelContents, _ fields: SynthesisFields) throws {
    guard fields.kind == .table, Self.areBinned(fields) else {
      throw file.damaged("its trees should be of a table of bins")
    }
    layout = try file.decoded(\.architecture, as: TreeLayout.self)
    self.fields = fields
    do {
      chains = try TreeChains(
        tensors: file.tensors,
        Self.columns(of: fields),
        layout.size,
        settings: layout.settings
      )
    } catch {
      throw file.damaged(error.problem)
    }
  }

  /// Whether all columns are in bins, of which some have any, and no more than trees count.
  static func areBinned(_ fields: SynthesisFields) -> Bool {
    let columns = columns(of: fields)
    return !columns.isEmpty && columns.allSatisfy { $0.count <= mostBins }
      && fields.columns.allSatisfy { if case .bins = $0.content { true } else { false } }
  }

  /// The most bins of a column.
  private static let mostBins = 4_096

  /// The columns of the trees: those that have bins.
  static func columns(of fields: SynthesisFields) -> [BinColumn] {
    fields.columns.compactMap { field in
      guard case .bins(let bins) = field.content, bins.count > 0 else { return nil }
      let isOrdered = if case .intervals = bins.content { true } else { false }
      return BinColumn(count: bins.count, isOrdered: isOrdered)
    }
  }

  /// New rows of a table.
  func newTable(_ count: Int, seed: UInt64) async throws -> Table {
    var parts: [Table] = []
    try await forEachBlock(count, seed: seed) { parts.append($0) }
    return fields.formed(Table(joining: parts, name: "generated"), seed: seed)
  }

  /// Gives new rows block by block; texts that are not trained on are not made yet.
  func forEachBlock(
    _ count: Int,
    seed: UInt64,
    _ body: (Table) async throws -> Void
  ) async throws {
    for (block, start) in stride(from: 0, to: count, by: Self.blockSize).enumerated() {
      var generator = SeededGenerator.named("rows of block \(block)", seed: seed)
      let bins = chains.drawn(min(Self.blockSize, count - start), &generator)
      try await body(table(of: bins, [:], block: "\(block)", seed: seed))
      try Task.checkCancellation()
    }
  }

  /// New rows whose cells meet demands.
  struct DemandedRows {
    /// The rows; texts that are not trained on are not made yet.
    let table: Table
    /// The probability that a row meets the demands.
    let probability: Double
    /// How many different rows were found, where these were too few.
    let differentCount: Int?
  }

  /// New rows whose cells meet demands, `nil` where no row can meet them.
  ///
  /// - Parameters:
  ///   - demands: What cells may be, by the names of their columns.
  ///   - block: What distinguishes the random numbers of these rows from those of others.
  func rows(
    _ count: Int,
    _ demands: [String: CellDemand],
    block: String,
    seed: UInt64
  ) -> DemandedRows? {
    var allowed: [Int: [Double]] = [:]
    for (place, field) in binned.enumerated() {
      guard let demand = demands[field.name], let shares = field.shares(of: demand) else {
        continue
      }
      allowed[place] = shares
    }
    var generator = SeededGenerator.named("demanded rows of block \(block)", seed: seed)
    guard let found = chains.demanded(count, allowing: allowed, &generator) else { return nil }
    return DemandedRows(
      table: table(of: found.rows, demands, block: block, seed: seed),
      probability: found.probability,
      differentCount: found.differentCount
    )
  }

  private var binned: [TableEncoding.Field] { fields.columns.filter { $0.width > 0 } }

  /// The table of rows of bins.
  private func table(
    of bins: [[UInt16]],
    _ demands: [String: CellDemand],
    block: String,
    seed: UInt64
  ) -> Table {
    var place = 0
    let count = bins.first?.count ?? 0
    let columns = fields.columns.map { field in
      var own = [Int32](repeating: 0, count: count)
      if field.width > 0 {
        own = bins[place].map { Int32($0) }
        place += 1
      }
      var generator = SeededGenerator.named("cells of \(field.name), \(block)", seed: seed)
      return field.drawn(own, demands[field.name], &generator)
    }
    return Table(name: "generated", columns: columns)
  }
}

extension SynthesisFields {
  /// The columns of a table.
  fileprivate var table: TableEncoding {
    guard case .table(let table) = encoding else { preconditionFailure("no table") }
    return table
  }
}
