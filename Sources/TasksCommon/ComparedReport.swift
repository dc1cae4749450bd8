/// A report that sets a model beside simpler means, its baselines: what it has to beat to earn its place.
public protocol ComparedReport: Sendable {
  /// The report of the model alone.
  var withoutBaselines: Self { get }
}

extension ComparedReport {
  /// The report as a session asks for it.
  package func refereed(by session: TrainingSession) -> Self {
    session.comparesWithBaselines ? self : withoutBaselines
  }
}
