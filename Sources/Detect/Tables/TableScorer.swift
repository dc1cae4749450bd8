internal import HourglassAutoencoders
internal import HourglassEncodings
internal import HourglassEngines
internal import HourglassNetworks
internal import HourglassStatistics
internal import HourglassTensors

/// What items score, in their order.
struct ScoredItems: Sendable {
  /// The sums of the parts.
  var scores: [Double] = []
  /// What each field adds, `[count, fields]`.
  var parts: [Float] = []
  /// How the cells of the rows of a table are spread.
  var counts: ColumnCounts?
}

extension ScoredItems {
  /// Takes those of several parts of the items, in their order.
  init(joining parts: [ScoredItems]) {
    scores = parts.flatMap(\.scores)
    self.parts = parts.flatMap(\.parts)
    for other in parts.compactMap(\.counts) {
      if counts == nil { counts = other } else { counts?.add(other) }
    }
  }
}

/// Scores rows of a table by several parts: distances to rows that are kept in several spaces, their local
/// hull, the tails of the columns, and what the autoencoder reconstructs and how it encodes.
///
///     score = Σ w_j (-ln p_j)
///
/// with the weights w_j of the parts, which add up to 1, so that about 1 is usual. What a part adds is
/// divided among the columns as its value is, which is a sum over columns; a part that is no such sum
/// (the latent distance) as all others together.
///
/// Reference: Ramaswamy, Rastogi, Shim, 2000, doi:10.1145/342009.335437 (distances to the k-th nearest
/// row); Vincent, Bengio, 2001, "K-Local Hyperplane and Convex Distance Nearest Neighbor Algorithms",
/// NIPS 14 (the hull).
struct TableScorer: Sendable {
  let encoding: TableEncoding
  let network: FittedAutoencoder
  /// The usual reconstruction error of each field, above 0.
  let fieldErrors: [Float]
  /// The rows that are kept, with their observed masks; none for no distances.
  let references: EncodedTable?
  /// The parts, with their weights.
  var parts: [ScorePart]

  private let spaces: [ColumnSpace]
  private let mapped: [Tensor]
  private let searches: [PanelNeighbors]
  private let hullRows: LocalHull?
  private let tails: ColumnTails?
  private let binning: ColumnBinning?
  /// The latent vectors of the rows that are kept, each dimension by its deviation.
  private let codes: Codes?

  fileprivate struct Codes: Sendable {
    let latent: Tensor
    let scales: [Float]
    let values: Tensor
    let search: PanelNeighbors
  }

  /// Prepares the search among the rows that are kept.
  ///
  /// - Parameters:
  ///   - codes: The latent vectors of the rows that are kept, `[count, latent]`.
  ///   - kinds: The parts that are measured; those that need rows are left out where there are none, and
  ///     so are spaces of rows that are too wide for them.
  init(
    _ encoding: TableEncoding,
    network: FittedAutoencoder,
    fieldErrors: [Float],
    references: EncodedTable?,
    codes: Tensor?,
    kinds: [ScorePart.Kind]
  ) {
    self.encoding = encoding
    self.network = network
    self.fieldErrors = fieldErrors
    self.references = references
    guard let references else {
      (spaces, mapped, searches) = ([], [], [])
      (hullRows, tails, binning, self.codes) = (nil, nil, nil, nil)
      parts = [ScorePart(.reconstruction)]
      return
    }
    let items = EncodedRows(references)
    let rows = RawRows(items, encoding)
    let wanted = ColumnSpace.Kind.allCases.filter { space in kinds.contains { $0.space == space } }
    let spaces = ColumnSpace.fitted(wanted, to: rows)
    self.spaces = spaces
    mapped = spaces.map { $0.mapped(rows) }
    searches = mapped.map { PanelNeighbors($0) }
    hullRows = zip(spaces, mapped).first { $0.0.kind == ScorePart.Kind.hull.space }.map {
      LocalHull($0.1.scalars.span, width: rows.width)
    }
    tails = ColumnTails(rows, items, encoding)
    binning = ColumnBinning(rows, items, encoding)
    self.codes = codes.map { Codes($0) }
    parts = kinds.filter { kind in
      switch kind {
      case .neighbor(let space, _): spaces.contains { $0.kind == space }
      case .latent: codes != nil
      case .hull, .tails, .reconstruction: true
      }
    }.map { ScorePart($0) }
  }

  /// The latent vectors of the rows that are kept, as the network gives them.
  var latentVectors: Tensor? { codes?.latent }

  /// The columns whose cells are spread otherwise than in the rows that are kept.
  func moved(_ counts: ColumnCounts) -> [MovedColumn] {
    let names = encoding.fields.filter { $0.width > 0 }.map(\.name)
    return binning?.moved(counts, names: names) ?? []
  }

  /// The number of rows that are kept.
  var referenceCount: Int { references?.count ?? 0 }

  /// Gives of each item what each part measures of it, and what each field adds to that.
  ///
  /// An item that is at no distance from a row that is kept may be that row: one such row is left out, as
  /// it is for the rows that are kept themselves.
  ///
  /// - Parameters:
  ///   - rows: The items in the units of their columns, where these are at hand.
  ///   - own: For each item its place among the rows that are kept, which is left out; -1 for none.
  ///   - isCounted: Whether a part is measured.
  ///   - take: Takes the item, the part, its value, and what the fields add; empty where it
  ///     is no sum over them.
  func measure(
    _ items: EncodedRows,
    _ rows: RawRows? = nil,
    without own: [Int]? = nil,
    threads: Int? = nil,
    where isCounted: (ScorePart) -> Bool = { _ in true },
    on engine: ComputeEngine,
    _ take: (_ item: Int, _ part: Int, _ value: Double, _ fields: Span<Double>) -> Void
  ) async throws {
    let threads = threads ?? engine.threads
    let counted = parts.map(isCounted)
    let ranges = encoding.layout.ranges
    let fieldCount = ranges.count
    var fields = [Double](repeating: 0, count: fieldCount)
    if references != nil {
      let rows = rows ?? RawRows(items, encoding)
      for (place, space) in spaces.enumerated() {
        let wanted = parts.indices.filter { counted[$0] && parts[$0].kind.space == space.kind }
        guard !wanted.isEmpty else { continue }
        measure(
          wanted,
          place,
          space.mapped(rows),
          without: own,
          threads: threads,
          take
        )
      }
      if let part = parts.firstIndex(where: { $0.kind == .tails }), counted[part], let tails {
        let width = rows.width
        items.forEachItem { item, _, observed in
          var sums = fields.mutableSpan
          tails.measure(
            rows.raw.span.extracting(item * width..<(item + 1) * width),
            isObserved: { observed[ranges[$0].lowerBound] != 0 },
            isOwn: (own?[item] ?? -1) >= 0,
            into: &sums
          )
          take(item, part, fields.reduce(0, +), fields.span)
        }
      }
    }
    for part in parts.indices where counted[part] {
      switch parts[part].kind {
      case .reconstruction:
        let losses = try await network.fieldLosses(items, on: engine).scalars
        for item in 0..<items.count {
          for field in 0..<fieldCount {
            let loss = Double(losses[item * fieldCount + field]) / Double(fieldErrors[field])
            fields[field] = loss.isFinite ? min(loss, 1e30) : 1e30
          }
          take(item, part, fields.reduce(0, +), fields.span)
        }
      case .latent(let rank):
        guard let codes else { continue }
        let latent = codes.scaled(try await network.encode(items, on: engine))
        let found = codes.search.nearest(to: latent, count: rank + 1, threads: threads)
        for item in 0..<items.count {
          let neighbors = OtherRows(found, item, own)
          let distance = neighbors.isEmpty ? 0 : neighbors[min(rank, neighbors.count) - 1].distance
          take(item, part, distance, fields.span.extracting(..<0))
        }
      case .neighbor, .hull, .tails: continue
      }
    }
  }

  /// Measures parts of one space.
  private func measure(
    _ wanted: [Int],
    _ place: Int,
    _ items: Tensor,
    without own: [Int]?,
    threads: Int,
    _ take: (_ item: Int, _ part: Int, _ value: Double, _ fields: Span<Double>) -> Void
  ) {
    let ranks = wanted.compactMap { part -> (part: Int, rank: Int)? in
      guard case .neighbor(_, let rank) = parts[part].kind else { return nil }
      return (part, rank)
    }
    let hull = wanted.first { parts[$0].kind == .hull }
    let most = max(ranks.map(\.rank).max() ?? 0, hull == nil ? 0 : LocalHull.count)
    let found = searches[place].nearest(to: items, count: most + 1, threads: threads)
    let width = encoding.layout.width
    let fieldOfValue = encoding.layout.fieldOfValue
    let (knownRows, itemRows) = (mapped[place].scalars, items.scalars)
    let known = knownRows.span
    let values = itemRows.span
    var fields = [Double](repeating: 0, count: encoding.layout.count)
    var hullSearch = hullRows
    var nearest: [Int] = []
    for item in 0..<items.shape[0] {
      let neighbors = OtherRows(found, item, own)
      let row = values.extracting(item * width..<(item + 1) * width)
      for (part, rank) in ranks {
        guard !neighbors.isEmpty else {
          take(item, part, 0, fields.span.extracting(..<0))
          continue
        }
        let place = min(rank, neighbors.count, Self.highestRank(of: known.count / width))
        let neighbor = neighbors[place - 1]
        let other = known.extracting(neighbor.row * width..<(neighbor.row + 1) * width)
        for field in fields.indices { fields[field] = 0 }
        for index in 0..<width {
          let difference = Double(row[index]) - Double(other[index])
          fields[fieldOfValue[index]] += difference * difference
        }
        take(item, part, neighbor.distance, fields.span)
      }
      if let hull {
        for field in fields.indices { fields[field] = 0 }
        nearest.removeAll(keepingCapacity: true)
        for place in 0..<min(neighbors.count, LocalHull.count) {
          nearest.append(neighbors[place].row)
        }
        hullSearch?.addSquares(of: row, neighbors: nearest, fields: fieldOfValue, to: &fields)
        take(item, hull, fields.reduce(0, +), fields.span)
      }
    }
  }

  /// The highest rank of a neighbor among so many rows: an eighth of them, so that a far neighbor of few rows is
  /// no average of all.
  private static func highestRank(of rows: Int) -> Int { max(rows / 8, 10) }

  /// The fewest items that are scored side by side.
  private static let fewestForThreads = 512

  /// Scores items, on as many threads as the engine has; what an item scores depends on no other.
  func scored(_ items: EncodedRows, on engine: ComputeEngine) async throws -> ScoredItems {
    let threads = items.count >= Self.fewestForThreads ? engine.threads : 1
    guard threads > 1 else { return try await scoredInOrder(items, on: engine) }
    return try await withThrowingTaskGroup(of: (Int, ScoredItems).self) { group in
      for part in 0..<threads {
        let rows = part * items.count / threads..<(part + 1) * items.count / threads
        group.addTask {
          (part, try await scoredInOrder(items.selecting(Array(rows)), on: engine))
        }
      }
      var parts = [ScoredItems](repeating: ScoredItems(), count: threads)
      for try await (part, scored) in group { parts[part] = scored }
      return ScoredItems(joining: parts)
    }
  }

  /// Scores items on one thread.
  private func scoredInOrder(
    _ items: EncodedRows,
    on engine: ComputeEngine
  ) async throws -> ScoredItems {
    let fieldCount = encoding.layout.count
    var sums = [Double](repeating: 0, count: items.count * fieldCount)
    var undivided = [Double](repeating: 0, count: items.count)
    var isObserved = [Bool](repeating: false, count: items.count * fieldCount)
    let ranges = encoding.layout.ranges
    let rows = references == nil ? nil : RawRows(items, encoding)
    let takesMissing = parts.map { $0.kind == .tails }
    // Where anomalies may be among the known rows, the farthest of these say little of what no row has.
    let raisesUnseen = !takesMissing.contains(true)
    var hasUnseen = [Bool](repeating: false, count: items.count)
    let unseen = encoding.fields.filter { $0.width > 0 }.map(\.unseenValue)
    items.forEachItem { item, values, observed in
      for field in 0..<fieldCount {
        let range = ranges[field]
        let isUnseen = unseen[field].map { values[range.lowerBound + $0] != 0 } ?? false
        isObserved[item * fieldCount + field] = isUnseen || observed[range.lowerBound] != 0
        if isUnseen, raisesUnseen { hasUnseen[item] = true }
      }
    }
    try await measure(items, rows, threads: 1, where: { $0.weight > 0 }, on: engine) {
      item,
      part,
      value,
      fields in
      let (weight, scale) = (parts[part].weight, parts[part].scale)
      let least = hasUnseen[item] && parts[part].kind.space != nil ? scale.greatestSurprise : 0
      let added = weight * max(scale.surprise(value), least)
      // A missing cell is no reason, unless cells of its column are seldom missing.
      let takesMissing = takesMissing[part]
      var total = 0.0
      for field in fields.indices where takesMissing || isObserved[item * fieldCount + field] {
        total += fields[field]
      }
      guard total > 0 else {
        undivided[item] += added
        return
      }
      let factor = added / total
      for field in fields.indices where takesMissing || isObserved[item * fieldCount + field] {
        sums[item * fieldCount + field] += factor * fields[field]
      }
    }
    var scored = ScoredItems()
    if let rows { scored.counts = binning?.counts(rows, items) }
    scored.parts.reserveCapacity(sums.count)
    for item in 0..<items.count {
      let range = item * fieldCount..<(item + 1) * fieldCount
      let divided = sums[range].reduce(0, +)
      let total = divided + undivided[item]
      var score = 0.0
      for sum in sums[range] {
        let part = divided > 0 ? sum * (total / divided) : total / Double(fieldCount)
        let kept = part.isFinite ? Float(min(max(part, 0), 1e30)) : 1e30
        scored.parts.append(kept)
        score += Double(kept)
      }
      scored.scores.append(score)
    }
    return scored
  }

  /// The rows that are kept that are nearest to items with standardized columns, the nearest first.
  func neighbors(
    of items: EncodedRows,
    count: Int,
    without own: [Int]? = nil,
    on engine: ComputeEngine
  ) async throws -> [[(row: Int, distance: Double)]]? {
    guard let place = spaces.firstIndex(where: { $0.kind == .standardized }) ?? spaces.indices.first
    else { return nil }
    let rows = spaces[place].mapped(RawRows(items, encoding))
    let found = searches[place].nearest(to: rows, count: count + 1, threads: engine.threads)
    return (0..<items.count).map { item in
      let others = OtherRows(found, item, own)
      return (0..<min(count, others.count)).map { others[$0] }
    }
  }
}

/// The neighbors of an item other than itself, which is one of them or stands for one at no distance; the
/// nearest first.
private struct OtherRows {
  private let found: NeighborLists
  private let places: Range<Int>
  /// The place that is left out, or one after the last.
  private let itself: Int

  init(_ found: NeighborLists, _ item: Int, _ own: [Int]?) {
    self.found = found
    let all = found.places(of: item)
    let own = own?[item] ?? -1
    if own >= 0, let itself = all.first(where: { found[$0].row == own }) {
      (places, self.itself) = (all.dropLast(), itself)
    } else if own < 0, all.count > 1, found[all.lowerBound].distance == 0 {
      (places, itself) = (all.dropLast(), all.lowerBound)
    } else {
      // As many as there are of an item that is among them.
      places = all.prefix(max(found.count - 1, 1))
      itself = all.upperBound
    }
  }

  var count: Int { places.count }
  var isEmpty: Bool { places.isEmpty }

  subscript(index: Int) -> (row: Int, distance: Double) {
    let place = places.lowerBound + index
    return found[place < itself ? place : place + 1]
  }
}

extension ScorePart {
  /// A part that is not weighed yet.
  init(_ kind: Kind) {
    self.init(kind: kind, weight: 1, area: 0.5, scale: ScoreScale([0]))
  }
}

extension TableScorer.Codes {
  init(_ latent: Tensor) {
    self.latent = latent
    let (count, width) = (latent.shape[0], latent.shape[1])
    scales = (0..<width).map { place in
      let values = (0..<count).map { Double(latent.scalars[$0 * width + place]) }
      let mean = values.reduce(0) { $0 + $1 / Double(count) }
      let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) / Double(count) }
      return variance > 1e-12 && variance.isFinite ? Float(1 / variance.squareRoot()) : 0
    }
    values = Self.scaled(latent, scales)
    search = PanelNeighbors(values)
  }

  /// Latent vectors with each dimension by its deviation.
  func scaled(_ latent: Tensor) -> Tensor { Self.scaled(latent, scales) }

  private static func scaled(_ latent: Tensor, _ scales: [Float]) -> Tensor {
    Tensor(
      latent.scalars.enumerated().map { place, value in
        let scaled = value * scales[place % scales.count]
        return scaled.isFinite ? min(max(scaled, -1e6), 1e6) : 1e6
      },
      shape: latent.shape
    )
  }
}
