internal import HourglassTensors

extension Graph {
  /// The multiply-adds of all dense and convolution nodes in one run.
  package var multiplyAdds: Int {
    nodes.reduce(0) { total, node in
      let inputs = node.inputs.map { self[$0].shape }
      switch node.operation {
      case .dense: return total + node.shape.elementCount * inputs[0][1]
      case .denseBackwardData: return total + node.shape.elementCount * inputs[0][1]
      case .denseBackwardWeights: return total + node.shape.elementCount * inputs[0][0]
      case .convolution:
        return total + node.shape.elementCount * inputs[1].elementCount / inputs[1][0]
      case .convolutionBackwardData:
        return total + inputs[0].elementCount * inputs[1].elementCount / inputs[1][0]
      case .convolutionBackwardWeights:
        return total + inputs[1].elementCount * node.shape.elementCount / node.shape[0]
      default: return total
      }
    }
  }
}
