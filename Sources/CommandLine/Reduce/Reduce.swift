import ArgumentParser
struct Reduce: AsyncParsableCommand {
  @Argument var data: String
}
