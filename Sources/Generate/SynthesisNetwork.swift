internal import HourglassAutoencoders
internal import HourglassData
internal import HourglassEncodings
internal import HourglassEngines
internal import HourglassTensors

/// A network with everything that turns random latent vectors into items.
struct SynthesisNetwork: Sendable {
  let fields: SynthesisFields
  let network: FittedAutoencoder
  /// The distribution of latent vectors; `nil` is the standard normal one.
  let codes: CodeMixture?
  /// What pixels are on their own; none for other data.
  let pixels: IndependentPixels?
  /// Where the latent vectors of classes lie; none where no classes are known.
  var classes: ClassCodes?
  /// The latent vectors of the windows that new ones get their times from; none but for series.
  var windows: WindowCodes?

  /// The items of a block, which has random numbers of its own: fewer rows where they are wide.
  var blockSize: Int {
    fields.kind == .table ? min(max((1 << 25) / fields.encoding.valueCount, 64), 4_096) : 4_096
  }

  /// The number of latent dimensions.
  var latent: Int { network.autoencoder.latent }

  /// Items of some data as the network takes them.
  func source(_ data: Dataset, rows: [Int]? = nil) throws -> EncodedRows {
    let items = try RawItems(data, for: fields.encoding)
    let all = try EncodedRows(items, encoding: fields.encoding)
    return rows.map(all.selecting) ?? all
  }

  /// The tensors that no gradient was followed of, by name.
  var stateTensors: [String: Tensor] {
    [codes?.tensors(), pixels?.tensors, classes?.tensors, windows?.tensors].compactMap(\.self)
      .reduce(into: [:]) { $0.merge($1) { first, _ in first } }
  }

  /// Latent vectors of new items, `[count, latent]`.
  func newCodes(_ count: Int, block: Int, seed: UInt64, isPrior: Bool) -> Tensor {
    var generator = SeededGenerator.named("codes of block \(block)", seed: seed)
    if !isPrior, let codes { return codes.draw(count, &generator) }
    let scalars = (0..<count * latent).map { _ in generator.nextNormal() }
    return Tensor(scalars, shape: [count, latent])
  }

  /// Calls something for each block of new latent vectors; fewer are the first of more.
  func forEachBlock(
    _ count: Int,
    seed: UInt64,
    isPrior: Bool = false,
    _ body: (_ codes: Tensor, _ block: Int) async throws -> Void
  ) async throws {
    for (block, start) in stride(from: 0, to: count, by: blockSize).enumerated() {
      let size = min(blockSize, count - start)
      try await body(newCodes(size, block: block, seed: seed, isPrior: isPrior), block)
      try Task.checkCancellation()
    }
  }

  /// The table of rows drawn at latent vectors; for a table.
  func table(
    at codes: Tensor,
    block: Int,
    seed: UInt64,
    on engine: ComputeEngine
  ) async throws -> Table {
    precondition(fields.kind == .table, "the model is not of a table")
    let items = try await values(at: codes, block: block, seed: seed, on: engine)
    let (count, width) = (codes.shape[0], items.shape[1])
    let scalars = items.scalars
    var start = 0
    let drawn = fields.columns.map { field in
      defer { start += field.width }
      let bins = (0..<count).map { row in
        let place = row * width + start
        return Int32((0..<field.width).first { scalars[place + $0] == 1 } ?? 0)
      }
      var generator = SeededGenerator.named("cells of \(field.name), \(block)", seed: seed)
      return field.drawn(bins, &generator)
    }
    return Table(name: "generated", columns: drawn)
  }

  /// The values of items drawn at latent vectors, in the network's scale: `[count, item…]`.
  func values(
    at codes: Tensor,
    block: Int,
    seed: UInt64,
    on engine: ComputeEngine
  ) async throws -> Tensor {
    try await network.draw(codes: codes, seed: blockSeed(block, seed), on: engine)
  }

  /// The new rows of a table, or windows of a series as a table.
  ///
  /// - Parameter isWhole: Whether windows of short series are not cut to their length.
  func newTable(
    _ count: Int,
    seed: UInt64,
    isPrior: Bool = false,
    isWhole: Bool = false,
    on engine: ComputeEngine
  ) async throws -> Table {
    var parts: [Table] = []
    try await forEachBlock(count, seed: seed, isPrior: isPrior) { codes, block in
      parts.append(
        try await dataset(at: codes, block: block, seed: seed, isWhole: isWhole, on: engine)
      )
    }
    return fields.formed(Table(joining: parts, name: "generated"), seed: seed)
  }

  /// The table of rows or windows at latent vectors.
  func dataset(
    at codes: Tensor,
    block: Int,
    seed: UInt64,
    isWhole: Bool = false,
    on engine: ComputeEngine
  ) async throws -> Table {
    guard case .series(let series) = fields.encoding else {
      return try await table(at: codes, block: block, seed: seed, on: engine)
    }
    let values = try await values(at: codes, block: block, seed: seed, on: engine)
    let places = try await windows?.nearest(to: values, by: network, on: engine)
    return series.table(
      values.scalars,
      after: block * blockSize,
      like: places ?? [],
      isWhole: isWhole
    )
  }

  private func blockSeed(_ block: Int, _ seed: UInt64) -> UInt64 {
    seed &+ UInt64(block) &* 0x9E37_79B9_7F4A_7C15
  }
}

extension Table {
  /// The rows of tables of the same columns one after another, at least one table.
  init(joining tables: [Table], name: String) {
    precondition(!tables.isEmpty, "there are no tables to join")
    let columns = tables[0].columns.indices.map { place in
      let parts = tables.map { $0.columns[place] }
      return parts[0].replacing(cells: Cells(joining: parts.map(\.cells)))
    }
    self.init(name: name, columns: columns)
  }
}

extension Table {
  /// The same with texts that count the rows, the first of which has a number after some others.
  func numberingTexts(from start: Int) -> Table {
    columns.reduce(self) { table, column in
      guard case .texts(let texts) = column.cells else { return table }
      let numbers = texts.indices.map { "\(start + $0 + 1)" }
      return table.replacing(column.replacing(cells: .texts(numbers)))
    }
  }
}

extension Table.Cells {
  /// Some of the cells.
  func part(_ range: Range<Int>) -> Table.Cells {
    switch self {
    case .numbers(let values, let missing):
      .numbers(Array(values[range]), missing: missing.isEmpty ? [] : Array(missing[range]))
    case .codes(let codes, let levels): .codes(Array(codes[range]), levels: levels)
    case .texts(let texts): .texts(Array(texts[range]))
    }
  }

  /// The cells of one kind one after another; codes are of the same levels.
  fileprivate init(joining all: [Table.Cells]) {
    var numbers: [Double] = []
    var marks: [Bool] = []
    var codes: [Int32] = []
    var texts: [String?] = []
    var levels: [String]?
    for cells in all {
      switch cells {
      case .numbers(let values, let missing):
        numbers += values
        marks += missing.isEmpty ? Array(repeating: false, count: values.count) : missing
      case .codes(let own, let known):
        codes += own
        levels = known
      case .texts(let own): texts += own
      }
    }
    if let levels {
      self = .codes(codes, levels: levels)
    } else if texts.isEmpty {
      self = .numbers(numbers, missing: marks)
    } else {
      // Identifiers are counted on through the blocks.
      self = .texts(texts.indices.map { "\($0 + 1)" })
    }
  }
}
