internal import CHourglassNearest
internal import GRDB
internal import HourglassSystem
internal import HourglassTensors

/// The signatures of a database in memory, laid out for search: a value of its own, which later
/// changes of the database do not touch.
///
/// Distances are sums of squared differences in double precision, and of equal ones the item that was
/// added first is the nearer one. A search is exact, unless the index was loaded with a graph
/// (`SignatureDatabase.index(for:progress:)`): then it may miss some of the nearest, and
/// `approximation` says how many. A result depends neither on the other queries of a batch nor on the
/// number of threads.
package struct SignatureIndex: Sendable {
  /// How many numbers a signature has; 0 where there is none.
  package let dimension: Int
  /// The items, in the order in which they were added.
  package let items: [IndexedItem]
  /// The revision of the database that the index was loaded from; 0 where there is none.
  package let revision: Int

  /// Panels of 16 rows, as `CHourglassNearest.h` describes them.
  let panels: [Float]
  let norms: [Float]
  let codes = RowCodes()
  /// The place in `items` of the item of each row.
  let itemOfRow: [Int32]
  let positions: [Double]
  /// What an approximate search walks.
  var graph: EvaluatedGraph?

  /// The number of signatures.
  package var count: Int { positions.count }

  /// Makes an index of items that are in no database; their numbers are 1, 2, 3, ….
  package init(items: [NewItem]) throws(SignatureError) {
    var builder = Builder(
      dimension: try items.first?.checked() ?? 0,
      capacity: items.reduce(0) { $0 + $1.signatures.count }
    )
    for (place, item) in items.enumerated() {
      let width = try item.checked()
      guard width == builder.dimension else {
        throw .wrongDimension(
          subject: "a signature of \"\(item.name)\"",
          expected: builder.dimension,
          found: width
        )
      }
      builder.begin(id: Int64(place + 1), name: item.name, metadata: item.metadata)
      for (signature, position) in zip(item.signatures, item.positions) {
        _ = builder.append(Vectors.bytes(signature), position: position)
      }
    }
    self.init(builder.finished(), revision: 0)
  }

  /// Makes an index of rows `[items, dimension]` that are in no database; each is an item, named by
  /// its number from 1 on.
  package init(rows: [Float], dimension: Int) throws(SignatureError) {
    precondition(dimension > 0 && rows.count.isMultiple(of: dimension), "rows are complete")
    let count = rows.count / dimension
    var builder = Builder(dimension: dimension, capacity: count)
    for row in 0..<count {
      let vector = Array(rows[row * dimension..<(row + 1) * dimension])
      try Vectors.check(vector, dimension: dimension, subject: "row \(row + 1)")
      builder.begin(id: Int64(row + 1), name: "\(row + 1)", metadata: [:])
      _ = builder.append(Vectors.bytes(vector), position: 0)
    }
    self.init(builder.finished(), revision: 0)
  }

  init(_ builder: Builder, revision: Int) {
    dimension = builder.dimension
    items = builder.items
    panels = builder.panels
    norms = builder.norms
    itemOfRow = builder.itemOfRow
    positions = builder.positions
    self.revision = revision
  }

  /// The numbers of a row of the index.
  package func vector(at row: Int) -> [Float] {
    precondition(positions.indices.contains(row), "there is no row \(row) among \(count)")
    var vector = [Float](repeating: 0, count: dimension)
    hg_nearest_get_row(panels, Int64(dimension), Int64(row), &vector)
    return vector
  }

  /// Collects rows into panels.
  struct Builder {
    let dimension: Int
    let capacity: Int
    var items: [IndexedItem] = []
    var panels: [Float]
    var norms: [Float]
    var itemOfRow: [Int32] = []
    var positions: [Double] = []
    private var current: (id: Int64, name: String, metadata: [String: String], first: Int)?

    init(dimension: Int, capacity: Int) {
      let lanes = Int(HG_NEAREST_LANES)
      let rows = (capacity + lanes - 1) / lanes * lanes
      self.dimension = dimension
      self.capacity = capacity
      panels = [Float](repeating: 0, count: rows * dimension)
      norms = [Float](repeating: .infinity, count: rows)
      itemOfRow.reserveCapacity(capacity)
      positions.reserveCapacity(capacity)
    }

    mutating func begin(id: Int64, name: String, metadata: [String: String]) {
      end()
      current = (id, name, metadata, positions.count)
    }

    /// Adds a row to the item that was begun last; false where a number cannot be used.
    mutating func append(_ bytes: [UInt8], position: Double) -> Bool {
      precondition(positions.count < capacity && bytes.count == dimension * 4)
      let row = Int64(positions.count)
      let limit = Double(Schema.largestNumber)
      guard hg_nearest_set_row(&panels, &norms, Int64(dimension), row, bytes, limit) == 1 else {
        return false
      }
      itemOfRow.append(Int32(items.count))
      positions.append(position)
      return true
    }

    private mutating func end() {
      guard let (id, name, metadata, first) = current else { return }
      items.append(
        IndexedItem(id: id, name: name, metadata: metadata, rows: first..<positions.count)
      )
    }

    consuming func finished() -> Builder {
      end()
      return self
    }
  }
}

extension SignatureDatabase {
  /// Loads every signature into memory, as the database is at this moment.
  ///
  /// Throws `SignatureError.damaged` where what the file holds cannot be right, and
  /// `SignatureError.largerThanMemory`.
  package func index() throws(SignatureError) -> SignatureIndex {
    try read { database in
      let dimension = try self.dimension(database) ?? 0
      let rows = Int(try Schema.integer(database, "SELECT count(*) FROM signature") ?? 0)
      try self.checkSize(database, rows: rows, dimension: dimension)
      var builder = SignatureIndex.Builder(dimension: dimension, capacity: rows)
      var records = try self.itemRecords(database)[...]
      guard records.count < Int32.max else { throw self.damage("there are too many items") }
      var current = Int64.min
      try self.forEachSignature(database, dimension: dimension) { signature in
        if signature.item != current {
          // Items without signatures have nothing to be found by.
          while let record = records.first, record.id < signature.item { records.removeFirst() }
          guard let record = records.popFirst(), record.id == signature.item else {
            throw self.damage("each signature should belong to an item")
          }
          builder.begin(id: record.id, name: record.name, metadata: record.metadata)
          current = signature.item
        }
        guard builder.positions.count < rows,
          builder.append(signature.vector, position: signature.position)
        else { throw self.damage("the numbers of a signature should be finite and usable") }
      }
      return SignatureIndex(builder.finished(), revision: try self.revision(database))
    }
  }

  /// Throws where the rows would need more bytes than the file has, or than the machine has.
  private func checkSize(_ database: Database, rows: Int, dimension: Int) throws {
    let pages = try Schema.integer(database, "PRAGMA page_count") ?? 0
    let size = Int(pages) * Int(try Schema.integer(database, "PRAGMA page_size") ?? 0)
    let (needed, overflow) = rows.multipliedReportingOverflow(by: dimension * 4)
    guard !overflow, needed / 4 * (try self.precision(database).size) <= size else {
      throw damage("\(rows) signatures of \(dimension) numbers should fit into the file")
    }
    let memory = sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE))
    guard needed < memory else { throw SignatureError.largerThanMemory(needed: needed) }
  }
}

/// How the numbers of signatures are stored.
package enum SignaturePrecision: String, Codable, Hashable, Sendable, CaseIterable {
  /// Single precision, 4 bytes a number: signatures are stored as they are.
  case float32
  /// Half precision, 2 bytes a number: signatures are rounded to 11 binary digits, and none of their
  /// numbers may be above 65504.
  case float16

  /// The bytes of a number.
  var size: Int { self == .float32 ? 4 : 2 }

  /// The largest magnitude of a number.
  var largestNumber: Float { self == .float32 ? Schema.largestNumber : 65_504 }

  /// Little-endian bytes of some numbers, none of them above the largest one.
  func bytes(of vector: [Float]) -> [UInt8] {
    guard self == .float16 else { return Vectors.bytes(vector) }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(vector.count * 2)
    for value in vector {
      let word = HalfPrecision.bits(of: value)
      bytes.append(UInt8(truncatingIfNeeded: word))
      bytes.append(UInt8(truncatingIfNeeded: word >> 8))
    }
    return bytes
  }

  /// Stored bytes as those of single precision.
  func singlePrecision(_ bytes: [UInt8]) -> [UInt8] {
    guard self == .float16 else { return bytes }
    let values = stride(from: 0, to: bytes.count - bytes.count % 2, by: 2).map {
      HalfPrecision.value(of: UInt16(bytes[$0]) | UInt16(bytes[$0 + 1]) << 8)
    }
    return Vectors.bytes(values)
  }
}
