import ArgumentParser
import Foundation
import HourglassEngines
import HourglassGraphs
import HourglassNetworks
import HourglassTensors

/// Times complete training steps of eight reference networks.
struct BenchmarkTraining: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "training",
    abstract: "Time complete training steps of eight reference networks.",
    discussion: """
      A step is forward, loss, backward and Adam. The networks, batches and losses are those of \
      the PyTorch script torch_speed.py, so that the figures stand side by side. The median over \
      the steps is reported.
      """
  )

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("Only these networks.", valueName: "name")
  )
  var workload: [String] = []

  @Option(help: ArgumentHelp("How long to time each network.", valueName: "seconds"))
  var seconds: Double = 3

  @Option(help: "The number of threads to compute with.")
  var threads: Int = 2

  @Flag(help: "Print one JSON object a line.")
  var json = false

  @Flag(help: "Also print how long each step of the plan takes, slowest first.")
  var profile = false

  func run() async throws {
    for workload in ReferenceWorkload.all {
      guard self.workload.isEmpty || self.workload.contains(workload.name) else { continue }
      try measure(workload)
    }
  }

  private func measure(_ workload: ReferenceWorkload) throws {
    let graph = try workload.trainingGraph()
    let plan = try OneDNNPlan(graph, seed: 0, threads: threads)
    let inputs = Dictionary(uniqueKeysWithValues: graph.inputs.map { ($0.name, $0.node) })
    var generator = SeededGenerator(seed: 0)
    let shape = workload.inputShape
    guard let x = inputs["x"], let rate = inputs["learningRate"], let step = inputs["step"] else {
      return
    }
    plan.feed(
      Tensor((0..<shape.elementCount).map { _ in generator.nextUniform() }, shape: shape),
      to: x
    )
    plan.feed(0.001, to: rate)
    var count: UInt64 = 0
    func runStep() throws {
      count += 1
      plan.feed(Float(count), to: step)
      try plan.run(step: count)
    }
    for _ in 0..<10 { try runStep() }
    var times: [Double] = []
    let clock = ContinuousClock()
    let end = clock.now + .seconds(seconds)
    if profile { plan.profile(true) }
    while clock.now < end || times.count < 10 {
      let start = clock.now
      try runStep()
      let elapsed = clock.now - start
      times.append(
        Double(elapsed.components.attoseconds) * 1e-15 + Double(elapsed.components.seconds) * 1e3
      )
    }
    times.sort()
    let milliseconds = times[times.count / 2]
    let work = 6 * Double(try workload.forwardMultiplyAdds())
    print(
      "{\"workload\": \"\(workload.name)\", \"mode\": \"float32\", \"batch\": \(workload.batch), \"ms_per_step\": \(milliseconds), \"gflops_per_s\": \(work / milliseconds / 1e6), \"arena\": \(plan.arenaByteCount), \"threads\": \(plan.threads)}"
    )
    if profile {
      let seconds = plan.stepSeconds
      for index in seconds.indices.sorted(by: { seconds[$0] > seconds[$1] }) {
        print(
          String(
            format: "  %9.1f us  %@",
            seconds[index] / Double(times.count) * 1e6,
            plan.stepLabels[index] as NSString
          )
        )
      }
    }
  }
}
