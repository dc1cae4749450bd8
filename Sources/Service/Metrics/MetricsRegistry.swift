internal import Metrics
internal import Synchronization

/// Keeps the metrics that the server and its parts count, and prints them as Prometheus reads them.
final class MetricsRegistry: MetricsFactory, Sendable {
  /// That of the process; the package of metrics has one.
  static let shared: MetricsRegistry = {
    let registry = MetricsRegistry()
    MetricsSystem.bootstrap(registry)
    return registry
  }()

  /// The name of a metric and what tells it from others of the name.
  private struct Key: Hashable, Comparable {
    var name: String
    var labels: String

    static func < (first: Key, second: Key) -> Bool {
      (first.name, first.labels) < (second.name, second.labels)
    }
  }

  private let metrics = Mutex<[Key: Metric]>([:])

  /// The text that `GET /metrics` answers.
  func text(gauges: [(name: String, value: Double)] = []) -> String {
    let all = metrics.withLock { $0 }
    var lines: [String] = []
    var former = ""
    for key in all.keys.sorted() {
      guard let metric = all[key] else { continue }
      if key.name != former { lines.append("# TYPE \(key.name) \(metric.kind.rawValue)") }
      former = key.name
      lines += metric.lines(name: key.name, labels: key.labels)
    }
    for gauge in gauges {
      lines += ["# TYPE \(gauge.name) gauge", "\(gauge.name) \(Metric.text(gauge.value))"]
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private func metric(
    _ label: String,
    _ dimensions: [(String, String)],
    _ kind: Metric.Kind,
    suffix: String = ""
  ) -> Metric {
    let labels = dimensions.map { "\(Self.name($0.0))=\"\(Self.escaped($0.1))\"" }
    let key = Key(name: Self.name(label) + suffix, labels: labels.joined(separator: ","))
    return metrics.withLock { metrics in
      if let metric = metrics[key] { return metric }
      let metric = Metric(kind)
      metrics[key] = metric
      return metric
    }
  }

  /// A name of letters, digits and underscores.
  private static func name(_ text: String) -> String {
    let name = String(text.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
    return name.first?.isNumber == true ? "_" + name : name
  }

  private static func escaped(_ text: String) -> String {
    var escaped = ""
    for character in text {
      switch character {
      case "\\", "\"": escaped += "\\\(character)"
      case "\n": escaped += "\\n"
      default: escaped.append(character)
      }
    }
    return escaped
  }

  func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
    metric(label, dimensions, .counter, suffix: "_total")
  }

  func makeFloatingPointCounter(
    label: String,
    dimensions: [(String, String)]
  ) -> any FloatingPointCounterHandler {
    metric(label, dimensions, .counter, suffix: "_total")
  }

  func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
    metric(label, dimensions, .gauge)
  }

  func makeRecorder(
    label: String,
    dimensions: [(String, String)],
    aggregate: Bool
  ) -> any RecorderHandler {
    metric(label, dimensions, aggregate ? .summary : .gauge)
  }

  func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
    metric(label, dimensions, .summary, suffix: "_seconds")
  }

  func destroyCounter(_ handler: any CounterHandler) {}
  func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {}
  func destroyMeter(_ handler: any MeterHandler) {}
  func destroyRecorder(_ handler: any RecorderHandler) {}
  func destroyTimer(_ handler: any TimerHandler) {}
}

/// A number that is counted, set, or summed up with the count of its parts.
private final class Metric: CounterHandler, FloatingPointCounterHandler, MeterHandler,
  RecorderHandler, TimerHandler, Sendable
{
  enum Kind: String { case counter, gauge, summary }

  let kind: Kind
  private let state = Mutex((value: 0.0, count: 0.0))

  init(_ kind: Kind) { self.kind = kind }

  func lines(name: String, labels: String) -> [String] {
    let (value, count) = state.withLock { $0 }
    let braces = labels.isEmpty ? "" : "{\(labels)}"
    guard kind == .summary else { return ["\(name)\(braces) \(Self.text(value))"] }
    return [
      "\(name)_sum\(braces) \(Self.text(value))", "\(name)_count\(braces) \(Self.text(count))",
    ]
  }

  /// A number as Prometheus reads it.
  static func text(_ value: Double) -> String {
    value.rounded() == value && abs(value) < 1e15 ? "\(Int(value))" : "\(value)"
  }

  private func add(_ amount: Double) {
    state.withLock {
      $0.value += amount
      $0.count += 1
    }
  }

  func increment(by amount: Int64) { add(Double(amount)) }
  func increment(by amount: Double) { add(amount) }
  func decrement(by amount: Double) { add(-amount) }
  func reset() { state.withLock { $0 = (0, 0) } }
  func set(_ value: Int64) { set(Double(value)) }
  func set(_ value: Double) { state.withLock { $0.value = value } }
  func record(_ value: Int64) { record(Double(value)) }
  func record(_ value: Double) { if kind == .gauge { set(value) } else { add(value) } }
  func recordNanoseconds(_ duration: Int64) { add(Double(duration) / 1e9) }
}
