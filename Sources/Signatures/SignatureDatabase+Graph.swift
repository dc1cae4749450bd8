extension SignatureDatabase {
  /// Loads every signature into memory, and the graph that an approximate search walks where the
  /// method asks for one.
  ///
  /// The graph is kept in a file beside the database, `NAME.index`. Where that is missing, damaged, or
  /// made of signatures that the database no longer has, it is made anew, which takes minutes for a
  /// million signatures; where it cannot be written, the graph is used and not kept. Signatures that
  /// were added since are compared one by one until there are many of them.
  ///
  /// - Parameter progress: Is told the share of a new graph that is done, and may throw to give it
  ///   up.
  ///
  /// Throws what `index()` throws, and what `progress` throws.
  public func index(
    for method: SearchMethod,
    progress: (Double) throws -> Void = { _ in }
  ) throws -> SignatureIndex {
    try index(for: method, .standard, progress: progress)
  }

  /// What is known of the approximate search of this database, where a graph is kept beside it.
  ///
  /// Whether the graph is still of the signatures that are stored, only a search finds out.
  public func keptApproximation() -> ApproximateSearch? {
    GraphCache(path: GraphCache.path(besideDatabase: path)).header()?.search
  }

  package func index(
    for method: SearchMethod,
    _ settings: GraphSettings,
    progress: (Double) throws -> Void
  ) throws -> SignatureIndex {
    let index = try index()
    let isLarge = index.count * index.dimension >= GraphSettings.automaticSize
    guard method != .exact, isLarge || method == .approximate else { return index }
    let path = GraphCache.path(besideDatabase: path)
    return try index.graphed(keptIn: path, settings, progress: progress)
  }
}
