internal import CHourglassNearest
internal import HourglassSystem
internal import HourglassTensors

/// The graph of a database in a file beside it, which may be removed at any time.
///
/// Nothing in it is trusted: a header of 128 bytes says what it is made of, with a checksum of its
/// own and one of what follows; it is used for the very numbers alone that it was made of, and each
/// level, count and link is checked before the first walk. A file that fails is as good as none.
///
///     bytes    what
///     0-7      "HGGRAPH" and a line feed
///     8-11     the format, 1
///     12-15    the most links of a row in the upper layers
///     16-31    signatures, dimensions
///     32-55    lists, links, twins
///     56-63    where walks begin; whether they go over codes
///     64-79    breadth and seed of the making
///     80-103   breadth of walks, queries and recall of the measurement
///     104-119  hash of the signatures, hash of what follows the header
///     120-127  hash of the header up to here
///
/// All numbers are little-endian; those not given as four bytes have eight.
struct GraphCache {
  static let headerSize = 128
  static let format: UInt32 = 1
  private static let magic: [UInt8] = Array("HGGRAPH\n".utf8)

  /// Where the graph of a database is kept.
  let path: String

  /// The path for a database.
  static func path(besideDatabase database: String) -> String { database + ".index" }

  /// What a header says.
  struct Header: Hashable {
    var shape: NearestGraph.Shape
    var sizes: NearestGraph.Sizes
    var breadth: UInt64
    var seed: UInt64
    var search: ApproximateSearch
    var signatures: UInt64
    var contents: UInt64
  }

  /// The graph of an index, where the file has it and it was made as the settings say.
  func graph(
    of index: SignatureIndex,
    _ settings: GraphSettings
  ) throws(SignatureError) -> EvaluatedGraph? {
    guard let bytes = wholeFile(), let header = Self.header(of: bytes) else { return nil }
    let count = header.shape.count
    guard header.shape.dimension == index.dimension, header.shape.links == settings.links,
      header.breadth == UInt64(settings.breadth), header.seed == settings.seed,
      count <= index.count, index.count - count <= GraphSettings.mostAdded(to: count),
      header.signatures == Self.hash(of: index, count),
      header.contents == Self.checksum(bytes, from: Self.headerSize),
      let graph = try NearestGraph.load(
        header.shape,
        header.sizes,
        panels: index.panels,
        bytes: bytes,
        from: Self.headerSize
      )
    else { return nil }
    return EvaluatedGraph(
      graph: graph,
      search: header.search,
      isGoodEnough: header.search.recall >= settings.recall
    )
  }

  /// Keeps the graph of an index; the file takes its place whole or not at all.
  func keep(
    _ evaluated: EvaluatedGraph,
    of index: SignatureIndex,
    _ settings: GraphSettings
  ) throws(FileError) {
    let (contents, sizes) = evaluated.graph.stored()
    let header = Header(
      shape: evaluated.graph.shape,
      sizes: sizes,
      breadth: UInt64(settings.breadth),
      seed: settings.seed,
      search: evaluated.search,
      signatures: Self.hash(of: index, evaluated.graph.shape.count),
      contents: Self.checksum(contents)
    )
    // Writing to a pipe would wait for somebody to read from it.
    var status = stat()
    guard stat(path, &status) != 0 || status.st_mode & S_IFMT == S_IFREG else { return }
    let file = try AtomicFile(replacing: path)
    try file.write(Self.bytes(of: header))
    try file.write(contents)
    try file.commit()
  }

  /// What the header of the file says, where it is whole; whether it suits a database is not asked.
  func header() -> Header? {
    guard let bytes = firstBytes(Self.headerSize) else { return nil }
    return Self.header(of: bytes)
  }

  /// A checksum of bytes to the end.
  static func checksum(_ bytes: [UInt8], from start: Int = 0) -> UInt64 {
    Fingerprint.hash(bytes.span.extracting(start..<bytes.count).bytes)
  }

  /// A hash of the first rows of an index, which stand in panels of 16, number by number.
  private static func hash(of index: SignatureIndex, _ count: Int) -> UInt64 {
    let (panels, width) = (index.panels, index.dimension)
    let whole = count / 16 * 16 * width
    var stream = Fingerprint.Stream()
    stream.append(panels.span.extracting(0..<whole).bytes)
    // The last panel may hold rows that do not count.
    for row in 0..<count % 16 {
      let numbers = (0..<width).map { panels[whole + 16 * $0 + row] }
      stream.append(numbers.span.bytes)
    }
    return stream.hash
  }

  static func bytes(of header: Header) -> [UInt8] {
    var bytes = magic
    func put(_ value: UInt64, _ size: Int = 8) {
      for place in 0..<size { bytes.append(UInt8(truncatingIfNeeded: value >> (8 * place))) }
    }
    put(UInt64(format), 4)
    put(UInt64(header.shape.links), 4)
    put(UInt64(header.shape.count))
    put(UInt64(header.shape.dimension))
    put(header.sizes.lists)
    put(header.sizes.links)
    put(header.sizes.twins)
    put(UInt64(header.sizes.entry), 4)
    put(header.shape.isCoded ? 1 : 0, 4)
    put(header.breadth)
    put(header.seed)
    put(UInt64(header.search.breadth))
    put(UInt64(header.search.queries))
    put(header.search.recall.bitPattern)
    put(header.signatures)
    put(header.contents)
    put(checksum(bytes))
    return bytes
  }

  private static func header(of bytes: [UInt8]) -> Header? {
    func number(_ start: Int, _ size: Int = 8) -> UInt64 {
      (0..<size).reduce(0) { $0 | UInt64(bytes[start + $1]) << (8 * $1) }
    }
    guard bytes.count >= headerSize, Array(bytes[..<8]) == magic, number(8, 4) == format,
      number(120) == checksum(Array(bytes[..<120])),
      let count = Int(exactly: number(16)), let dimension = Int(exactly: number(24)),
      let breadth = Int(exactly: number(80)), let queries = Int(exactly: number(88)),
      number(60, 4) <= 1
    else { return nil }
    let recall = Double(bitPattern: number(96))
    guard (1..<Int(Int32.max)).contains(count), (1...Schema.largestDimension).contains(dimension),
      (1..<Int(Int32.max)).contains(breadth), (0...1).contains(recall)
    else { return nil }
    return Header(
      shape: NearestGraph.Shape(
        count: count,
        dimension: dimension,
        links: Int(number(12, 4)),
        isCoded: number(60, 4) == 1
      ),
      sizes: NearestGraph.Sizes(
        lists: number(32),
        links: number(40),
        twins: number(48),
        entry: UInt32(number(56, 4))
      ),
      breadth: number(64),
      seed: number(72),
      search: ApproximateSearch(
        recall: recall,
        queries: queries,
        breadth: breadth,
        signatures: count
      ),
      signatures: number(104),
      contents: number(112)
    )
  }

  /// The bytes of the file, where it is as long as its header says; the header is read first, so that
  /// no file makes the program ask for more memory than its graph takes.
  private func wholeFile() -> [UInt8]? {
    guard let header = header() else { return nil }
    let size = hg_graph_stored_bytes(header.shape.inC, header.sizes.inC)
    guard size >= 0 else { return nil }
    return firstBytes(Self.headerSize + Int(size), isWhole: true)
  }

  /// The first bytes of an ordinary file; none where it is shorter, or longer and to be whole.
  private func firstBytes(_ count: Int, isWhole: Bool = false) -> [UInt8]? {
    var status = stat()
    // Opening a pipe would wait for somebody to write to it.
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
      isWhole ? status.st_size == count : status.st_size >= count,
      let file = fopen(path, "rb")
    else { return nil }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: count)
    return fread(&bytes, 1, count, file) == count ? bytes : nil
  }
}
