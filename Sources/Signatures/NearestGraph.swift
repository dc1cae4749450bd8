internal import CHourglassNearest

/// A graph over the first rows of an index, which a walk follows towards a query.
///
/// All calls of C that need a pointer are here. A graph is never changed once it is made, and the
/// working memory that walks share is exchanged atomically: any thread may walk it.
final class NearestGraph: @unchecked Sendable {
  /// What a graph is made of.
  struct Shape: Hashable, Sendable {
    /// The number of rows.
    var count: Int
    /// The numbers of a row.
    var dimension: Int
    /// The most links of a row in the upper layers, and half of those in the lowest one: M of the
    /// paper.
    var links: Int
    /// Whether it is walked over codes of a byte for each number.
    var isCoded: Bool

    var inC: hg_graph_shape {
      hg_graph_shape(
        count: Int64(count),
        width: Int64(dimension),
        links: Int32(clamping: links),
        coded: isCoded ? 1 : 0
      )
    }
  }

  /// How many of each thing a stored graph has, and where walks begin.
  struct Sizes: Hashable, Sendable {
    var lists: UInt64
    var links: UInt64
    var twins: UInt64
    var entry: UInt32

    var inC: hg_graph_sizes {
      hg_graph_sizes(
        lists: Int64(clamping: lists),
        total: Int64(clamping: links),
        twins: Int64(clamping: twins),
        entry: entry
      )
    }
  }

  let shape: Shape
  private let handle: OpaquePointer

  fileprivate init(_ handle: OpaquePointer, _ shape: Shape) {
    (self.handle, self.shape) = (handle, shape)
  }

  deinit { hg_graph_free(handle) }

  /// Takes a graph out of bytes that nothing is known of; none where they are not those of a graph
  /// of this shape over these rows.
  ///
  /// Throws `SignatureError.largerThanMemory`.
  static func load(
    _ shape: Shape,
    _ sizes: Sizes,
    panels: [Float],
    bytes: [UInt8],
    from offset: Int
  ) throws(SignatureError) -> NearestGraph? {
    var made: OpaquePointer?
    let end = Int64(bytes.count)
    let status = hg_graph_load(panels, shape.inC, sizes.inC, bytes, Int64(offset), end, &made)
    if status == HG_GRAPH_MEMORY { throw .largerThanMemory(needed: bytes.count * 2) }
    return made.map { NearestGraph($0, shape) }
  }

  /// The graph as bytes, with their sizes.
  func stored() -> (bytes: [UInt8], sizes: Sizes) {
    let sizes = hg_graph_measure(handle)
    let count = Int(hg_graph_stored_bytes(shape.inC, sizes))
    var bytes = [UInt8](repeating: 0, count: max(count, 0))
    hg_graph_store(handle, &bytes)
    return (
      bytes,
      Sizes(
        lists: UInt64(sizes.lists),
        links: UInt64(sizes.total),
        twins: UInt64(sizes.twins),
        entry: sizes.entry
      )
    )
  }

  /// The bytes of memory that the graph takes.
  var byteCount: Int { Int(hg_graph_bytes(handle)) }

  /// What a walk found: for each query so many places, nearest first.
  struct Found {
    /// Squared distances, infinite where `rows` has none.
    var distances: [Double]
    /// Rows; -1 where the walk came upon fewer, and -2 in the first place of a query that it cannot
    /// answer.
    var rows: [Int64]
  }

  /// Walks towards each query, keeping as many candidates as `breadth` says.
  ///
  /// The queries are `[queries, dimension]`. Rows that were added since the graph was made are all
  /// compared.
  func found(
    near queries: [Float],
    in index: SignatureIndex,
    count: Int,
    breadth: Int,
    onePerItem: Bool,
    threads: Int
  ) throws(SignatureError) -> Found {
    let size = queries.count / shape.dimension
    var found = Found(
      distances: [Double](repeating: .infinity, count: size * count),
      rows: [Int64](repeating: -1, count: size * count)
    )
    let status = index.panels.withUnsafeBufferPointer { panels in
      index.norms.withUnsafeBufferPointer { norms in
        index.itemOfRow.withUnsafeBufferPointer { items in
          hg_graph_search(
            handle,
            hg_graph_rows(
              panels: panels.baseAddress,
              norms: norms.baseAddress,
              items: items.baseAddress,
              rows: Int64(index.count)
            ),
            queries,
            Int64(size),
            Int64(count),
            Int64(breadth),
            onePerItem ? 1 : 0,
            Int32(clamping: threads),
            &found.distances,
            &found.rows
          )
        }
      }
    }
    guard status == 0 else { throw .largerThanMemory(needed: size * count * 24) }
    return found
  }
}

/// Makes a graph row by row, on the thread that calls it.
final class NearestGraphBuilder {
  let shape: NearestGraph.Shape
  private let handle: OpaquePointer
  private let panels: [Float]

  /// Begins a graph.
  ///
  /// - Parameters:
  ///   - breadth: How many candidates are kept while the neighbors of a row are looked for:
  ///     efConstruction of the paper.
  ///   - held: Rows that are added last, ascending.
  init(
    _ shape: NearestGraph.Shape,
    panels: [Float],
    breadth: Int,
    seed: UInt64,
    held: [Int]
  ) throws(SignatureError) {
    var made: OpaquePointer?
    let status = hg_graph_begin(
      panels,
      shape.inC,
      Int32(clamping: breadth),
      seed,
      held.map(Int64.init),
      Int64(held.count),
      &made
    )
    guard status == 0, let made else { throw Self.failure(status, shape) }
    (self.shape, self.panels, handle) = (shape, panels, made)
  }

  deinit { hg_graph_builder_free(handle) }

  /// The number of rows before those that are held; equal rows count once.
  var firstPart: Int { Int(hg_graph_first_part(handle)) }

  /// The number of all rows; equal ones count once.
  var whole: Int { Int(hg_graph_whole(handle)) }

  /// Adds rows until so many are in.
  func add(upTo end: Int) throws(SignatureError) {
    let status = hg_graph_add(handle, Int64(end))
    guard status == 0 else { throw Self.failure(status, shape) }
  }

  /// The graph of the rows that are in.
  func graph() throws(SignatureError) -> NearestGraph {
    var made: OpaquePointer?
    let status = hg_graph_finish(handle, panels, &made)
    guard status == 0, let made else { throw Self.failure(status, shape) }
    return NearestGraph(made, shape)
  }

  private static func failure(_ status: Int32, _ shape: NearestGraph.Shape) -> SignatureError {
    if status == HG_GRAPH_MEMORY {
      let row = shape.dimension * (shape.isCoded ? 1 : 4) + shape.links * 16 + 100
      return .largerThanMemory(needed: shape.count * row)
    }
    return .graphRefused(rows: shape.count, dimension: shape.dimension)
  }
}

/// The rows of an index in a byte for each number, in memory of C that is never changed once it is filled.
final class CodedRows: @unchecked Sendable {
  let codes: OpaquePointer

  /// Makes codes; none where memory does not suffice.
  init?(_ panels: [Float], count: Int, dimension: Int) {
    guard let codes = hg_codes_make(panels, Int64(count), Int64(dimension)) else { return nil }
    self.codes = codes
  }

  deinit { hg_codes_free(codes) }
}
