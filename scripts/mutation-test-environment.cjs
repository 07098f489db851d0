/** Stops the tests of a file at the first failure while a mutant is active: what would fail besides says nothing more. */
const { TestEnvironment } = require('jest-environment-node');

module.exports = class MutationTestEnvironment extends TestEnvironment {
  #isNoticed = false;

  handleTestEvent({ name, test }) {
    if (process.env['__STRYKER_ACTIVE_MUTANT__'] === undefined) return;
    this.#isNoticed ||= name === 'test_fn_failure' || name === 'hook_failure';
    if (name === 'test_start' && this.#isNoticed) test.mode = 'skip';
  }
};
