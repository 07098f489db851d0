/**
 * Runs the test files of one mutant, fast: Stryker lets Jest run all that import what is mutated, to their ends. This
 * loads only files with a test that reaches the mutant, begins with the test of the mutated file, and stops after the
 * first file with a failure, as one is enough to know that the mutant is noticed.
 */
const { existsSync, mkdirSync, readFileSync, writeFileSync } = require('node:fs');
const { basename, dirname, join } = require('node:path');
const { default: TestRunner } = require('jest-runner');

module.exports = class MutationTestRunner extends TestRunner {
  async runTests(tests, watcher, options) {
    if (process.env['__STRYKER_ACTIVE_MUTANT__'] === undefined) {
      return this.#runAndTakeNames(tests, watcher, options);
    }
    let isNoticed = false;
    const unsubscribes = [
      this.on('test-file-success', ([, { numFailingTests }]) => (isNoticed ||= numFailingTests > 0)),
      this.on('test-file-failure', () => (isNoticed = true)),
    ];
    for (const test of this.#inOrder(tests)) {
      if (!isNoticed) await super.runTests([test], watcher, options);
    }
    for (const unsubscribe of unsubscribes) unsubscribe();
  }

  /** The first run, without a mutant: every process of Stryker finds the names of the tests in its working copy. */
  async #runAndTakeNames(tests, watcher, options) {
    const names = {};
    const unsubscribe = this.on('test-file-success', ([{ path }, { testResults }]) => {
      names[path] = testResults.map(({ fullName }) => fullName);
    });
    await super.runTests(tests, watcher, options);
    unsubscribe();
    if (tests.length === 0) return;
    mkdirSync(dirname(namesFile(tests)), { recursive: true });
    writeFileSync(namesFile(tests), JSON.stringify(names));
  }

  /** The test of the mutated file, then the others, those with the most tests that reach the mutant first. */
  #inOrder(tests) {
    const own = this._globalConfig.nonFlagArgs.map((file) => basename(file, '.ts'));
    const pattern = new RegExp(`^(?:${this._globalConfig.testNamePattern ?? '.*'})$`, 'is');
    const names =
      tests.length > 0 && existsSync(namesFile(tests)) ? JSON.parse(readFileSync(namesFile(tests), 'utf8')) : {};
    const reaching = ({ path }) => names[path]?.filter((name) => pattern.test(name)).length ?? 1;
    const rank = (test) => (own.includes(basename(test.path, '.test.ts')) ? Infinity : reaching(test));
    return tests.filter((test) => reaching(test) > 0).toSorted((left, right) => rank(right) - rank(left));
  }
};

function namesFile([test]) {
  return join(test.context.config.rootDir, 'build/mutation/names-of-tests.json');
}
