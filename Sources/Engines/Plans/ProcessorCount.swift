internal import CHourglassOneDNN

/// The processor cores that this program may use.
package enum ProcessorCount {
  /// The number of cores on line that the system lets the program run on, at least 1.
  package static var available: Int { max(Int(hg_core_count()), 1) }
}
