/// A stored signature that is near a query.
package struct Match: Hashable, Sendable, Codable {
  /// The name of the item.
  package let name: String
  /// The Euclidean distance; 0 exactly for an identical signature.
  package let distance: Double
  /// The position of the signature within the item.
  package let position: Double
  /// The number of the item.
  package let itemID: Int64
}

/// An item a stretch of which is near a sequence of queries, such as a song near a query clip.
package struct SequenceMatch: Hashable, Sendable, Codable {
  /// The name of the item.
  package let name: String
  /// The mean Euclidean distance over the signatures that are compared.
  package let distance: Double
  /// Where the sequence begins within the item, in the unit of the positions; it may lie before the
  /// first signature.
  package let offset: Double
  /// The number of the item.
  package let itemID: Int64
  /// How many signatures of the sequence fall on the item, and are compared.
  package let alignedCount: Int
  /// How many near neighbors of single signatures spoke for this item and offset.
  package let votes: Int

  /// The same match with another place of the beginning.
  package func moved(to offset: Double) -> SequenceMatch {
    SequenceMatch(
      name: name,
      distance: distance,
      offset: offset,
      itemID: itemID,
      alignedCount: alignedCount,
      votes: votes
    )
  }
}

/// Which items may be found.
package struct SignatureFilter: Hashable, Sendable {
  /// The values that an item's metadata must have.
  package var metadata: [String: String]
  /// The numbers of items that must not be found.
  package var excludedItems: Set<Int64>

  /// Every item.
  package static let all = SignatureFilter()

  /// Allows items with some metadata, and without some items.
  package init(metadata: [String: String] = [:], excludedItems: Set<Int64> = []) {
    self.metadata = metadata
    self.excludedItems = excludedItems
  }

  /// Reads conditions such as `artist=Iron Maiden`; all of them must hold.
  ///
  /// Throws `SignatureError.unusableCondition` where one has no equals sign or no key.
  package init(conditions: [String]) throws(SignatureError) {
    var metadata: [String: String] = [:]
    for text in conditions {
      guard let equals = text.firstIndex(of: "="), equals > text.startIndex else {
        throw .unusableCondition(text: text)
      }
      metadata[String(text[..<equals])] = String(text[text.index(after: equals)...])
    }
    self.init(metadata: metadata)
  }

  /// Whether every item is allowed.
  package var isEmpty: Bool { metadata.isEmpty && excludedItems.isEmpty }

  /// Whether an item is allowed.
  func allows(_ item: IndexedItem) -> Bool {
    !excludedItems.contains(item.id)
      && metadata.allSatisfy { item.metadata[$0.key] == $0.value }
  }
}

/// An item of an index.
package struct IndexedItem: Hashable, Sendable {
  /// The number of the item.
  package let id: Int64
  /// The name.
  package let name: String
  /// What else is known about the item.
  package let metadata: [String: String]
  /// The rows of the index that hold its signatures.
  package let rows: Range<Int>
}
