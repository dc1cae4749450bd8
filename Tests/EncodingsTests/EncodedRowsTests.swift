import HourglassAutoencoders
import HourglassMedia
import HourglassNetworks
import HourglassTensors
import HourglassTestSupport
import Testing

@testable import HourglassData
@testable import HourglassEncodings

/// The one source of encoded items, for each way in which they are kept.
@Suite struct EncodedRowsTests {
  private func column(_ name: String, _ numbers: [Double?]) -> Table.Column {
    Table.Column(
      name: name,
      kind: .number,
      cells: .numbers(numbers.map { $0 ?? 0 }, missing: numbers.map { $0 == nil })
    )
  }

  private func series(_ values: [Double?], window: Int, stride: Int = 1) throws -> SeriesSet {
    let isTrue = values.indices.map { Int32($0 % 2) }
    return try SeriesSet(
      Table(
        name: "wave.csv",
        columns: [
          column("time", values.indices.map { Double($0) }), column("value", values),
          Table.Column(name: "on", kind: .boolean, cells: .codes(isTrue, levels: ["no", "yes"])),
        ]
      ),
      options: SeriesOptions(timeColumn: "time", window: window, stride: stride)
    )
  }

  /// Every item alone and all items at once have the same numbers.
  private func items(_ rows: EncodedRows) -> [[Float]] {
    let all = (0..<rows.count).map(rows.item)
    let length = rows.itemShape.elementCount
    var values = [Float](repeating: -1, count: rows.count * length)
    var span = values.mutableSpan
    rows.copyItems(Array(0..<rows.count).span, into: &span)
    #expect(all.flatMap(\.self) == values)
    return all
  }

  @Test func windowsAreStandardizedAndPadded() throws {
    let set = try series([1, nil, 3, 5, 7], window: 2, stride: 3)
    #expect(set.count == 2)
    let all = Array(0..<set.count)
    let encoding = try ItemEncoding(.series(set), training: all)
    #expect(encoding.itemShape == [4, 2] && encoding.columns == ["value", "on"])
    // Windows 0..<2 and 3..<5: the values 1, 5 and 7.
    let (mean, deviation) = (13.0 / 3, (56.0 / 9).squareRoot())
    func encoded(_ value: Double) -> Float { Float((value - mean) / deviation) }
    let rows = try EncodedRows(.series(set), encoding: encoding)
    #expect(
      items(rows) == [
        [encoded(1), 0, -1, 1, 1, 0, 1, 1], [encoded(5), encoded(7), 1, -1, 1, 1, 1, 1],
      ]
    )
    let values = rows.selecting([1]).withoutMasks
    #expect(values.itemShape == [2, 2] && values.layout == nil)
    #expect(items(values) == [[encoded(5), encoded(7), 1, -1]])
    guard
      case .windows(let decoded) = encoding.reconstructed(
        Tensor(items(values)[0], shape: [1, 4])
      )
    else {
      Issue.record("windows are decoded as windows")
      return
    }
    #expect(zip(decoded.scalars, [5, 7, 1, 0]).allSatisfy { abs($0 - $1) < 1e-5 })
    // A series shorter than its window lacks the end.
    let short = try series([1, 2], window: 4)
    let wide = try ItemEncoding(.series(short), training: [0])
    let padded = try EncodedRows(.series(short), encoding: wide).item(0)
    #expect(Array(padded[8...]) == [1, 1, 0, 0, 1, 1, 0, 0])
  }

  @Test func channelsWithoutBooleansAreScaledByTheirRows() throws {
    let set = try series([1, nil, 3, 5, 9], window: 2)
    let options = EncodingOptions(channelScaling: .range, takesBooleans: false)
    let encoding = try ItemEncoding(.series(set), training: Array(0..<set.count), options)
    #expect(encoding.columns == ["value"])
    let rows = try EncodedRows(.series(set), encoding: encoding)
    #expect(items(rows) == [[0, 0, 1, 0], [0, 0.25, 0, 1], [0.25, 0.5, 1, 1], [0.5, 1, 1, 1]])
    guard case .series(let windows) = encoding else { return }
    let renamed = try SeriesSet(
      set.table.removing(["value"]),
      options: SeriesOptions(timeColumn: "time", window: 2)
    )
    #expect(
      throws: TaskError.missingColumns(name: "wave.csv", missing: ["value"], found: ["on"])
    ) { try windows.encoded(renamed) }
    let other = try series([1, 2, 3], window: 3)
    #expect(throws: TaskError.windowLength(name: "wave.csv", expected: 2, found: 3)) {
      try windows.encoded(other)
    }
    #expect(try windows.rows(of: other).count == 3)
  }

  @Test func binnedCellsAreOneHot() throws {
    let table = Table(
      name: "t.csv",
      columns: [
        column("x", [1, 2, nil, 2]),
        Table.Column(
          name: "id",
          kind: .identifier,
          cells: .texts(["a", "b", "c", "d"])
        ),
        Table.Column(name: "c", kind: .category, cells: .codes([1, 1, 0, 1], levels: ["p", "q"])),
      ]
    )
    let options = EncodingOptions(binsColumns: true)
    let encoding = try ItemEncoding(.table(table), training: [0, 1, 2, 3], options)
    #expect(encoding.columns == ["x", "c"] && encoding.ignoredColumns == ["id"])
    #expect(encoding.layout == FeatureSchema([.category(levels: 3), .category(levels: 2)]))
    let rows = try EncodedRows(.table(table), encoding: encoding)
    // Bins of x: 1, 2 and missing; of c: q, which is more frequent, and p.
    #expect(
      items(rows) == [
        [1, 0, 0, 1, 0, 1, 1], [0, 1, 0, 1, 0, 1, 1], [0, 0, 1, 0, 1, 1, 1], [0, 1, 0, 1, 0, 1, 1],
      ]
    )
    // A level that was not trained on is missing.
    let other = Table(
      name: "u.csv",
      columns: [
        table.columns[0].rows([0]),
        Table.Column(name: "c", kind: .category, cells: .codes([0], levels: ["new"])),
      ]
    )
    #expect(items(try EncodedRows(.table(other), encoding: encoding)) == [[1, 0, 0, 0, 0, 1, 0]])
    guard case .table(let columns) = encoding else { return }
    var generator = SeededGenerator(seed: 1)
    #expect(columns.fields[0].drawn([1, 2, 0], &generator) == column("x", [2, nil, 1]))
    #expect(columns.fields[2].drawn([1, 0, 0], &generator).text(0) == "p")
  }

  @Test func pixelsHaveMasksWhereTheyAreAskedFor() throws {
    let pixels = Tensor([-1, 0, 1, 3, 0, 0, 1, 1, 1, 0, 0, 1], shape: [3, 1, 2, 2])
    let images = try NumericDataset(name: "spots", images: pixels)
    let plain = try ItemEncoding(.images(images), training: [0, 1])
    let rows = try EncodedRows(.images(images), encoding: plain)
    #expect(plain.layout == nil && rows.itemShape == [1, 2, 2])
    #expect(items(rows.selecting([0, 1])) == [[0, 0.25, 0.5, 1], [0.25, 0.25, 0.5, 0.5]])
    let options = EncodingOptions(masksPixels: true, clipsPixels: true)
    let masked = try ItemEncoding(.images(images), training: [1, 2], options)
    #expect(masked.itemShape == [2, 2, 2] && masked.layout == .numbers(4))
    let seen = try EncodedRows(.images(images), encoding: masked)
    // Trained on values from 0 to 1 alone, nothing changes.
    #expect(items(seen.selecting([0])) == [[-1, 0, 1, 3, 1, 1, 1, 1]])
    #expect(items(seen.withoutMasks)[1] == [0, 0, 1, 1])
    let clipped = try ItemEncoding(
      .images(images),
      training: [0, 1],
      EncodingOptions(clipsPixels: true)
    )
    let bright = try NumericDataset(
      name: "bright",
      images: Tensor([-9, 9, 1, 3], shape: [1, 1, 2, 2])
    )
    #expect(items(try EncodedRows(.images(bright), encoding: clipped)) == [[0, 1, 0.5, 1]])
  }

  @Test func patchesOfSoundsRepeatTheirEnds() {
    let encoding = SoundEncoding.signatures
    let bands = encoding.spectrogram.bands
    let frames = (0..<40).flatMap { frame in [Float](repeating: Float(frame), count: bands) }
    let rows = EncodedRows(
      [Tensor(frames, shape: [40, bands])],
      places: [SoundPatch(sound: 0, start: 0), SoundPatch(sound: 0, start: 8)],
      encoding: encoding
    )
    #expect(rows.itemShape == [1, 48, bands] && rows.count == 2)
    func firstBand(_ item: Int) -> [Float] {
      (0..<48).map { rows.item(item)[$0 * bands] }
    }
    #expect(firstBand(0) == (0..<48).map { Float(max($0 - 8, 0)) })
    #expect(firstBand(1) == (0..<48).map { Float(min($0, 39)) })
    #expect(encoding.starts(frameCount: 64, every: 16) == [0, 16, 32])
    #expect(encoding.starts(frameCount: 20, every: 16) == [0])
    #expect(encoding.starts(frameCount: 20, phase: 2, every: 16) == [])
  }

  @Test func hiddenCellsAreMissing() throws {
    let layout = FeatureSchema([.number, .category(levels: 2)])
    let table = EncodedTable(
      layout: layout,
      count: 2,
      values: [5, 1, 0, 7, 0, 1],
      observed: [1, 1, 1, 1]
    )
    let hidden = table.hiding([true, false, false, true])
    #expect(hidden.missing == [true, false, false, true])
    #expect(items(EncodedRows(hidden)) == [[0, 1, 0, 0, 1], [7, 0, 0, 1, 0]])
    #expect(items(EncodedRows(hidden.rows([1]))) == [[7, 0, 0, 1, 0]])
    // What is missing is at its mean for classical methods.
    let filled = FilledValues(EncodedRows(hidden))
    #expect(filled.means == [7, 1, 0])
    var values = [Float](repeating: 0, count: 6)
    var span = values.mutableSpan
    filled.copyItems([0, 1].span, into: &span)
    #expect(values == [7, 1, 0, 7, 1, 0])
    #expect(
      EncodedRows(hidden).squaredErrors(of: Tensor([9, 0, 0, 6, 3, 3], shape: [2, 3])) == [1, 1]
    )
  }

  @Test func theColumnsOfTheTableAreKept() throws {
    let table = Table(
      name: "t.csv",
      columns: [column("x", [1, 2, 3]), column("same", [4, 4, 4])]
    )
    let encoding = try TableEncoding(learning: table, rows: [0, 1, 2])
    #expect(encoding.schema == table.schema && encoding.problem == nil)
    let other = TableEncoding(
      fields: encoding.fields,
      ignoredColumns: [],
      schema: TableSchema(columns: [])
    )
    #expect(other.problem == "its fields should be columns of its table")
  }
}
