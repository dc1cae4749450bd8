package import HourglassGraphs

extension GraphBuilder {
  /// The mistake that `finish()` reports, `nil` where the graph is sound.
  package var mistake: GraphError? {
    do {
      _ = try finish()
      return nil
    } catch {
      return error
    }
  }
}
