/// How many images or rows are not trained on, so that they calibrate from which distance on an item is not in the database.
///
/// Training drives the items that it sees away from one another, so that only items that it did not see are as near
/// to the stored ones as an item not in the database is.
enum HeldOutItems {
  /// The most of few items, which are enough for a rate of .01.
  private static let most = 120
  /// As many as a rate of .05 needs, and one of .01, and one more.
  private static let enough = (forTwentieth: 20, forHundredth: 100)

  /// The number of items that are held out.
  ///
  /// Of few items it is a quarter, at least 20 and from 300 on at least 100, but at most two fifths and at most 120, so
  /// that a false-accept rate of .05 can be asked of 50 items, and one of .01 of 300; of many images and rows a
  /// twentieth, at most 1,000.
  static func count(of count: Int) -> Int {
    let least = count >= 3 * enough.forHundredth ? enough.forHundredth : enough.forTwentieth
    let few = min(max(count / 4, least), count * 2 / 5, most)
    return max(few, min(count / 20, 1_000))
  }
}
