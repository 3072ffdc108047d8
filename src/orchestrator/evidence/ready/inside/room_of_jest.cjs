// Makes a place in which Jest runs the tests of a file: the one that the project asks for, watched by us to its end.
const { begin, end, replaced } = require("./measure.cjs");

module.exports = function watched(Place) {
  const Room = Place.TestEnvironment ?? Place.default ?? Place;
  return class Watched extends Room {
    constructor(...given) {
      begin();
      super(...given);
    }

    async setup() {
      await super.setup();
      this.global.process.env.NODE_V8_COVERAGE = process.env.NODE_V8_COVERAGE;
    }

    async handleTestEvent(event, state) {
      await super.handleTestEvent?.(event, state);
      if (event.name === "test_start" && event.test.failing) event.test.errors.push("It is expected to fail.");
      if (event.name !== "test_done") return;
      const wrong = replaced(this.global.expect);
      if (wrong) event.test.errors.push(wrong);
    }

    async teardown() {
      end();
      await super.teardown();
    }
  };
};
