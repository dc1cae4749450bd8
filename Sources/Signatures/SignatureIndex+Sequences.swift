internal import CHourglassNearest

extension SignatureIndex {
  /// The items that hold a stretch like a sequence of signatures, such as a song that a query clip is
  /// from, with the place of the stretch; the best of each item, nearest first.
  ///
  /// Each signature of the sequence asks for its nearest rows, which vote for an item and an offset;
  /// the offsets with the most votes are then compared signature by signature. At least half of the
  /// sequence must fall on the item. The second answer is the runner-up.
  ///
  /// - Parameters:
  ///   - query: Signatures at a regular distance.
  ///   - spacing: That distance, in the unit of the positions.
  ///   - neighbors: How many rows vote for each signature.
  ///   - isPlacedBetween: Whether the place may lie between two signatures of the item: where the parabola
  ///     through the squares of the least distance and of those a step before and after is lowest.
  ///
  /// Throws `SignatureError` where the query or the spacing cannot be used, and where an item has
  /// signatures that do not follow each other at one distance.
  package func sequenceMatches(
    for query: [[Float]],
    spacing: Double,
    count: Int = 5,
    filter: SignatureFilter = .all,
    neighbors: Int = 20,
    isPlacedBetween: Bool = false,
    threads: Int = 1
  ) throws(SignatureError) -> [SequenceMatch] {
    guard spacing > 0, spacing.isFinite else { throw .unusableSpacing(value: spacing) }
    let found = try self.neighbors(
      of: query,
      count: neighbors,
      onePerItem: false,
      filter: filter,
      threads: threads
    )
    var votes: [Alignment: Int] = [:]
    var spacings: [Int32: Double] = [:]
    for (index, rows) in found.enumerated() {
      for row in rows.map(\.row) {
        let place = itemOfRow[row]
        let item = items[Int(place)]
        let own: Double
        if let known = spacings[place] {
          own = known
        } else {
          own = try self.spacing(of: item, otherwise: spacing)
          spacings[place] = own
        }
        let offset = positions[row] - Double(index) * spacing - positions[item.rows.lowerBound]
        // An alignment that is not within a thousand million steps of the item is no alignment with it.
        guard abs(offset / own) < 1e9 else { continue }
        votes[Alignment(item: place, step: Int((offset / own).rounded())), default: 0] += 1
      }
    }
    let candidates = votes.sorted { a, b in
      (-a.value, a.key.item, a.key.step) < (-b.value, b.key.item, b.key.step)
    }.prefix(500)
    func match(at alignment: Alignment, votes: Int) -> SequenceMatch? {
      let own = spacings[alignment.item] ?? spacing
      return compared(query, at: alignment, ratio: spacing / own, own: own, votes: votes)
    }
    var best: [Int32: (match: SequenceMatch, step: Int)] = [:]
    for (alignment, votes) in candidates {
      guard let found = match(at: alignment, votes: votes) else { continue }
      if let former = best[alignment.item], !isNearer(found, former.match) { continue }
      best[alignment.item] = (found, alignment.step)
    }
    return best.sorted { isNearer($0.value.match, $1.value.match) }.prefix(max(count, 0)).map {
      entry in
      let (item, found) = (entry.key, entry.value.match)
      guard isPlacedBetween else { return found }
      let sides = [-1, 1].map { side in
        match(at: Alignment(item: item, step: entry.value.step + side), votes: 0)
      }
      guard let before = sides[0], let after = sides[1],
        [before, after].allSatisfy({ $0.alignedCount == found.alignedCount })
      else { return found }
      let own = spacings[item] ?? spacing
      return found.moved(to: found.offset + own * Self.lowest(before, found, after))
    }
  }

  /// Where the parabola through the squares of three distances, a step apart, is lowest: from -½ to ½
  /// steps from the middle one.
  private static func lowest(
    _ before: SequenceMatch,
    _ middle: SequenceMatch,
    _ after: SequenceMatch
  ) -> Double {
    let squares = [before, middle, after].map { $0.distance * $0.distance }
    let bend = squares[0] - 2 * squares[1] + squares[2]
    guard bend > 0 else { return 0 }
    return min(max((squares[0] - squares[2]) / (2 * bend), -0.5), 0.5)
  }

  /// An item, and the number of its own steps from its first signature to the sequence's.
  private struct Alignment: Hashable {
    let item: Int32
    let step: Int
  }

  private func isNearer(_ a: SequenceMatch, _ b: SequenceMatch) -> Bool {
    (a.distance, a.itemID, a.offset) < (b.distance, b.itemID, b.offset)
  }

  /// The distance between the signatures of an item; that of the query where there is one alone.
  private func spacing(
    of item: IndexedItem,
    otherwise fallback: Double
  ) throws(SignatureError) -> Double {
    guard item.rows.count > 1 else { return fallback }
    let first = positions[item.rows.lowerBound]
    let spacing = (positions[item.rows.upperBound - 1] - first) / Double(item.rows.count - 1)
    for (index, row) in item.rows.enumerated() {
      guard abs(positions[row] - first - Double(index) * spacing) <= spacing / 4 else {
        throw .irregularPositions(name: item.name)
      }
    }
    return spacing
  }

  /// The mean distance of a sequence to an item at one alignment; none where too little falls on it.
  private func compared(
    _ query: [[Float]],
    at alignment: Alignment,
    ratio: Double,
    own: Double,
    votes: Int
  ) -> SequenceMatch? {
    let item = items[Int(alignment.item)]
    var sum = 0.0
    var aligned = 0
    for (index, vector) in query.enumerated() {
      let steps = (Double(alignment.step) + Double(index) * ratio).rounded()
      guard steps >= 0, steps < Double(item.rows.count) else { continue }
      let row = Int64(item.rows.lowerBound + Int(steps))
      sum += hg_nearest_distance(panels, Int64(dimension), row, vector).squareRoot()
      aligned += 1
    }
    guard aligned >= max(1, (query.count + 1) / 2) else { return nil }
    return SequenceMatch(
      name: item.name,
      distance: sum / Double(aligned),
      offset: positions[item.rows.lowerBound] + Double(alignment.step) * own,
      itemID: item.id,
      alignedCount: aligned,
      votes: votes
    )
  }
}
