// Puts the files of tests in the order that we want.
module.exports = class Order {
  constructor(given) {
    const { randomize, seed } = given?.globalConfig ?? {};
    this.seed = randomize ? seed : 0;
  }
  sort(tests) {
    const named = [...tests].sort((one, other) => (one.path < other.path ? -1 : 1));
    return this.seed ? named.reverse() : named;
  }
  shard(tests) {
    return tests;
  }
  allFailedTests(tests) {
    return tests;
  }
  cacheResults() {}
};
