/// Runs a network that translates over images of any size, tile by tile.
///
/// The tiles of an image depend on its size alone, and each is computed in one fixed batch shape:
/// an image has the same result, to the bit, alone and in any company.
package struct TiledInference: Sendable {
  package let translator: ImageToImageNetwork
  package let variables: [String: Tensor]
  /// The planes that go in.
  package let inputs: Int
  /// The longest side of a tile.
  package var longest = 384
  private var networks: [Shape: FittedImageToImageNetwork] = [:]

  package init(_ translator: ImageToImageNetwork, variables: [String: Tensor], inputs: Int) {
    self.translator = translator
    self.variables = variables
    self.inputs = inputs
  }

  /// Takes a network out of a model file, and checks that it translates tiles.
  ///
  /// - Throws: What is wrong with its layers or its variables.
  package init(_ translator: ImageToImageNetwork, from file: ModelContents, inputs: Int) throws {
    self.init(translator, variables: file.tensors, inputs: inputs)
    // Tiles of other sizes have the same variables.
    _ = try FittedImageToImageNetwork(
      translator,
      variables: file.tensors,
      itemShape: [inputs, 16, 16],
      record: nil
    )
    guard 2 * translator.architecture.receptiveField + 64 <= longest else {
      throw file.damaged("its layers see further than a tile of \(longest) pixels reaches")
    }
  }

  /// The planes of the result.
  package var outputs: Int { translator.targetShape(for: [inputs, 1, 1])[0] }

  /// Translates images; images of one size that come together are faster.
  package mutating func translated(
    _ images: [PlanarImage],
    on engine: ComputeEngine
  ) async throws -> [PlanarImage] {
    var results: [PlanarImage] = []
    var start = 0
    while start < images.count {
      let first = images[start]
      var end = start + 1
      while end < images.count, images[end].width == first.width,
        images[end].height == first.height
      {
        end += 1
      }
      results += try await translatedAlike(Array(images[start..<end]), on: engine)
      start = end
    }
    return results
  }

  private func axis(_ extent: Int) -> TileAxis {
    let alignment = translator.architecture.alignment
    return TileAxis(
      extent: extent,
      halo: translator.architecture.receptiveField.roundedUp(to: alignment),
      alignment: alignment,
      longest: longest
    )
  }

  private mutating func translatedAlike(
    _ images: [PlanarImage],
    on engine: ComputeEngine
  ) async throws -> [PlanarImage] {
    let (columns, rows) = (axis(images[0].width), axis(images[0].height))
    let network = try network(for: [inputs, rows.tile, columns.tile])
    let area = images[0].area
    let outputs = outputs
    var planes = images.map { _ in
      [[Float]](repeating: [Float](repeating: 0, count: area), count: outputs)
    }
    let all = TileSource(images, columns: columns, rows: rows)
    // Pieces of some four million values keep the memory small, however large the image is.
    let widest = max(network.itemShape.elementCount, outputs * rows.tile * columns.tile)
    let piece = max(1, (1 << 22) / widest)
    for start in stride(from: 0, to: all.count, by: piece) {
      let source = all.part(start..<min(start + piece, all.count))
      let tiles = try await network.translate(source, on: engine)
      let tileArea = rows.tile * columns.tile
      for (number, place) in source.places.enumerated() {
        let (kept, across) = (rows.kept(place.row), columns.kept(place.column))
        for channel in 0..<outputs {
          let base = (number * outputs + channel) * tileArea
          for y in kept {
            let from =
              base + (y - place.row * rows.core + rows.halo) * columns.tile
              - place.column * columns.core + columns.halo
            for x in across {
              planes[place.image][channel][y * columns.extent + x] = tiles.scalars[from + x]
            }
          }
        }
      }
    }
    return planes.map {
      PlanarImage(width: columns.extent, height: rows.extent, planes: $0)
    }
  }

  private mutating func network(for shape: Shape) throws -> FittedImageToImageNetwork {
    if let found = networks[shape] { return found }
    if networks.count >= 8 { networks = [:] }
    let network = try FittedImageToImageNetwork(
      translator,
      variables: variables,
      itemShape: shape,
      record: nil,
      batchSize: Self.batchSize(shape)
    )
    networks[shape] = network
    return network
  }

  /// A power of two of tiles, at most 128, that keeps a batch within some 2¹⁶ values: single tiles
  /// where they are large, which keeps what a layer passes to the next in the processor's caches.
  private static func batchSize(_ shape: Shape) -> Int {
    var size = 128
    while size > 1, size * shape.elementCount > 1 << 16 { size /= 2 }
    return size
  }
}

/// The tiles of images of one size as items `[channels, height, width]`.
private struct TileSource: BatchSource {
  struct Place: Hashable, Sendable {
    let image: Int
    let row: Int
    let column: Int
  }

  let images: [PlanarImage]
  let columns: TileAxis
  let rows: TileAxis
  let places: [Place]

  init(_ images: [PlanarImage], columns: TileAxis, rows: TileAxis) {
    let places = images.indices.flatMap { image in
      (0..<rows.count).flatMap { row in
        (0..<columns.count).map { Place(image: image, row: row, column: $0) }
      }
    }
    self.init(images, columns, rows, places)
  }

  private init(
    _ images: [PlanarImage],
    _ columns: TileAxis,
    _ rows: TileAxis,
    _ places: [Place]
  ) {
    self.images = images
    self.columns = columns
    self.rows = rows
    self.places = places
  }

  func part(_ range: Range<Int>) -> TileSource {
    TileSource(images, columns, rows, Array(places[range]))
  }

  var count: Int { places.count }
  var itemShape: Shape { [images[0].planes.count, rows.tile, columns.tile] }

  func copyItems(_ indices: Span<Int>, into destination: inout MutableSpan<Float>) {
    var target = 0
    for index in indices.indices {
      let place = places[indices[index]]
      for plane in images[place.image].planes {
        for y in 0..<rows.tile {
          let row = mirrored(place.row * rows.core + y - rows.halo, rows.extent)
          let base = row * columns.extent
          let left = place.column * columns.core - columns.halo
          for x in left..<left + columns.tile {
            destination[target] = plane[base + mirrored(x, columns.extent)]
            target += 1
          }
        }
      }
    }
  }
}
