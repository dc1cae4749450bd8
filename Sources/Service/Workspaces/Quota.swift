internal import HourglassSystem

/// What a workspace may use; none is no limit.
package struct Quota: Sendable, Hashable {
  /// The bytes that are stored.
  package var bytes: Int?
  /// The jobs that are kept, past ones included.
  package var jobs: Int?
  /// The minutes of computing of a day, by UTC.
  package var minutes: Double?

  /// Makes a quota.
  package init(bytes: Int? = nil, jobs: Int? = nil, minutes: Double? = nil) {
    self.bytes = bytes
    self.jobs = jobs
    self.minutes = minutes
  }
}
