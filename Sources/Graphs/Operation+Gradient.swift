internal import HourglassTensors

/// The table of gradient rules: for each operation, the gradients of its inputs as ordinary nodes.
///
/// `g` is the gradient of the result. A rule may give a gradient in the shape that broadcasting
/// made; the caller sums it back to the input's shape. `nil` means that no gradient flows.
extension GraphBuilder {
  mutating func inputGradients(of id: NodeID, upstream g: NodeID, needed: [Bool]) -> [NodeID?] {
    guard let node = node(id) else { return [] }
    let x = node.inputs
    switch node.operation {
    case .input, .variable, .constant, .random: return []

    // y = x Wᵀ + b: dx = g W, dW = gᵀ x, db = Σ g. The three products are each other's gradients.
    case .dense:
      return [
        needed[0] ? add(.denseBackwardData, [g, x[1]]) : nil,
        needed[1] ? add(.denseBackwardWeights, [x[0], g]) : nil,
      ] + biasGradient(g, node, needed)
    case .denseBackwardData:
      return [
        needed[0] ? dense(g, x[1]) : nil,
        needed[1] ? add(.denseBackwardWeights, [g, x[0]]) : nil,
      ]
    case .denseBackwardWeights:
      return [
        needed[0] ? add(.denseBackwardData, [x[1], g]) : nil,
        needed[1] ? dense(x[0], g) : nil,
      ]
    case .convolution(let geometry):
      return [
        needed[0]
          ? add(.convolutionBackwardData(geometry, spatial: spatial(x[0])), [g, x[1]]) : nil,
        needed[1]
          ? add(.convolutionBackwardWeights(geometry, kernel: spatial(x[1])), [x[0], g]) : nil,
      ] + biasGradient(g, node, needed)
    case .convolutionBackwardData(let geometry, _):
      return [
        needed[0] ? convolution(g, x[1], geometry) : nil,
        needed[1]
          ? add(.convolutionBackwardWeights(geometry, kernel: spatial(x[1])), [g, x[0]]) : nil,
      ]
    case .convolutionBackwardWeights(let geometry, _):
      return [
        needed[0]
          ? add(.convolutionBackwardData(geometry, spatial: spatial(x[0])), [x[1], g]) : nil,
        needed[1] ? convolution(x[0], g, geometry) : nil,
      ]
    case .channelSum:
      let shape = shape(of: x[0])
      return [broadcast(channelwise(g, rank: shape.rank), to: shape)]

    case .pooling(let pooling): return [add(.poolingBackward(pooling), [x[0], id, g])]
    case .resampling(let interpolation, _):
      return [add(.resamplingBackward(interpolation, spatial: spatial(x[0])), [g])]
    case .resamplingBackward(let interpolation, _):
      return [resampling(g, interpolation, spatial: spatial(x[0]))]

    case .standardization(let axes, let epsilon):
      return [add(.standardizationBackward(axes: axes, epsilon: epsilon), [x[0], id, g])]
    // dx = y (g - Σ g y)
    case .softmax(let axis):
      let inner = sum(product(g, id), axes: [axis], keepsDimensions: true)
      return [product(id, difference(g, inner))]
    // dx = g - eʸ Σ g
    case .logSoftmax(let axis):
      let total = sum(g, axes: [axis], keepsDimensions: true)
      return [difference(g, product(apply(.exponential, id), total))]

    case .concatenation(let axis):
      var start = 0
      return x.indices.map { index in
        let count = shape(of: x[index])[axis]
        defer { start += count }
        return needed[index] ? slice(g, axis: axis, start..<start + count) : nil
      }
    case .slice(let axis, let start, let count):
      let after = shape(of: x[0])[axis] - start - count
      return [padding(g, axis: axis, before: start, after: after)]
    case .padding(let axis, let before, _):
      return [slice(g, axis: axis, before..<before + shape(of: x[0])[axis])]
    case .reshape: return [reshape(g, shape(of: x[0]))]
    case .broadcast: return [g]

    case .unary(.affine(let scale, _)): return [affine(g, scale: scale)]
    case .unary(.sign), .unary(.floor): return [nil]
    case .unary(let function):
      return [add(.unaryBackward(function), [function.savesResult ? id : x[0], g])]
    case .binary(let function): return binaryGradients(function, x, id, g, needed)
    case .stopGradient: return [nil]

    case .reduction(.sum, _): return [broadcast(g, to: shape(of: x[0]))]
    // The gradient is shared evenly among the elements that attain the maximum.
    case .reduction(.maximum, let axes):
      let isMaximum = apply(.equal, x[0], id)
      let count = sum(isMaximum, axes: axes, keepsDimensions: true)
      return [product(isMaximum, quotient(g, count))]
    case .gather:
      return [needed[0] ? add(.scatterAdd(rows: shape(of: x[0])[0]), [g, x[1]]) : nil, nil]
    case .scatterAdd: return [needed[0] ? gather(g, x[1]) : nil, nil]

    case .poolingBackward, .standardizationBackward, .unaryBackward:
      fail(.notDifferentiable(operation: node.operation.name, scope: node.scope))
      return x.map { _ in nil }
    }
  }

  private func spatial(_ id: NodeID) -> [Int] { Array(shape(of: id).dimensions.dropFirst(2)) }

  private mutating func biasGradient(_ g: NodeID, _ node: Node, _ needed: [Bool]) -> [NodeID?] {
    guard node.inputs.count == 3 else { return [] }
    return [needed[2] ? add(.channelSum, [g]) : nil]
  }

  private mutating func binaryGradients(
    _ function: BinaryFunction,
    _ x: [NodeID],
    _ y: NodeID,
    _ g: NodeID,
    _ needed: [Bool]
  ) -> [NodeID?] {
    switch function {
    case .add: return [g, g]
    case .subtract: return [g, needed[1] ? affine(g, scale: -1) : nil]
    case .multiply:
      return [needed[0] ? product(g, x[1]) : nil, needed[1] ? product(g, x[0]) : nil]
    // d(a/b) = g / b, -g (a/b) / b
    case .divide:
      let first = quotient(g, x[1])
      return [first, needed[1] ? affine(product(first, y), scale: -1) : nil]
    // The second takes the gradient where it is strictly greater (smaller), else the first.
    case .maximum, .minimum:
      let second = function == .maximum ? apply(.greater, x[1], x[0]) : apply(.greater, x[0], x[1])
      return [
        needed[0] ? product(g, affine(second, scale: -1, offset: 1)) : nil,
        needed[1] ? product(g, second) : nil,
      ]
    case .greater, .equal: return [nil, nil]
    }
  }
}
