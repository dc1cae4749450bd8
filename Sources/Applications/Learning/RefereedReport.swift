/// A report that sets a model beside simpler means, its rivals: what it has to beat to earn its place.
public protocol RefereedReport: Sendable {
  /// The report of the model alone.
  var withoutRivals: Self { get }
}

extension RefereedReport {
  /// The report as a session asks for it.
  func refereed(by session: LearningSession) -> Self {
    session.comparesWithRivals ? self : withoutRivals
  }
}
