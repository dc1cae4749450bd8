package import HourglassGraphs
internal import HourglassTensors

extension GraphBuilder {
  /// Images as seen at any places: `x [batch, channels, height, width]`, places in pixels
  /// `[batch, 1, height', width']` -> `[batch, channels, height', width']`.
  ///
  /// Between pixels it is bilinear, and beyond the border the nearest pixel; at whole places it is the
  /// pixel itself. No gradient flows to the places.
  ///
  /// Reference: Jaderberg, Simonyan, Zisserman, Kavukcuoglu, 2015, "Spatial Transformer Networks",
  /// arXiv:1506.02025, equation 5.
  package mutating func sampled(_ x: NodeID, rows: NodeID, columns: NodeID) -> NodeID {
    let shape = shape(of: x)
    // An index is a whole number of single precision, which go up to 2²⁴.
    let most = max((1 << 24) / max(shape.elementCount / max(shape[0], 1), 1), 1)
    var parts: [NodeID] = []
    for first in stride(from: 0, to: shape[0], by: most) {
      let items = first..<min(first + most, shape[0])
      func part(_ node: NodeID) -> NodeID {
        items.count == shape[0] ? node : slice(node, axis: 0, items)
      }
      let (image, down, across) = (part(x), part(rows), part(columns))
      parts.append(scoped("part\(first)") { $0.bilinear(image, rows: down, columns: across) })
    }
    return parts.count == 1 ? parts[0] : concatenation(parts, axis: 0)
  }

  private mutating func bilinear(_ x: NodeID, rows: NodeID, columns: NodeID) -> NodeID {
    let shape = shape(of: x)
    let grid = self.shape(of: rows)
    let (height, width) = (shape[2], shape[3])
    let planes = fixed(
      "planes",
      [shape[0], shape[1], 1, 1],
      (0..<shape[0] * shape[1]).map { Float($0 * height * width) }
    )
    let table = reshape(x, [shape.elementCount, 1])
    let seen: Shape = [shape[0], shape[1], grid[2], grid[3]]
    func pixels(_ row: NodeID, _ column: NodeID) -> NodeID {
      let place = sum(affine(row, scale: Float(width)), column)
      let indices = sum(broadcast(place, to: seen), planes)
      return reshape(gather(table, reshape(indices, [seen.elementCount])), seen)
    }
    let (top, bottom, down) = neighbors(of: rows, extent: height)
    let (left, right, across) = neighbors(of: columns, extent: width)
    func between(_ first: NodeID, _ second: NodeID, _ part: NodeID) -> NodeID {
      sum(first, product(part, difference(second, first)))
    }
    return between(
      between(pixels(top, left), pixels(top, right), across),
      between(pixels(bottom, left), pixels(bottom, right), across),
      down
    )
  }

  /// The whole places on both sides of some places, and how far these are from the first one.
  private mutating func neighbors(
    of places: NodeID,
    extent: Int
  ) -> (first: NodeID, second: NodeID, part: NodeID) {
    let last = Float(extent - 1)
    let inside = apply(.clip(lower: 0, upper: last), places)
    let first = apply(.floor, inside)
    let second = apply(.clip(lower: 0, upper: last), affine(first, offset: 1))
    return (first, second, difference(inside, first))
  }
}
