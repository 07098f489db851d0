/**
 * Runs the test files of one mutant, fast: Stryker lets Jest run all that import what is mutated, to their ends. This
 * loads only files with a test that reaches the mutant, begins with the test of the mutated file, and stops after the
 * first file with a failure, as one is enough to know that the mutant is noticed.
 */
const { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } = require('node:fs');
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
    for (const test of this.#inOrder(tests.filter(this.#reaches(tests)))) {
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

  #reaches(tests) {
    const { testNamePattern } = this._globalConfig;
    if (!testNamePattern || tests.length === 0 || !existsSync(namesFile(tests))) return () => true;
    const names = JSON.parse(readFileSync(namesFile(tests), 'utf8'));
    const pattern = new RegExp(testNamePattern, 'i');
    return ({ path }) => !(path in names) || names[path].some((name) => pattern.test(name));
  }

  #inOrder(tests) {
    const own = this._globalConfig.nonFlagArgs.map((file) => basename(file, '.ts'));
    const order = ({ path }) => (own.includes(basename(path, '.test.ts')) ? 0 : statSync(path).size);
    return tests.toSorted((left, right) => order(left) - order(right));
  }
};

function namesFile([test]) {
  return join(test.context.config.rootDir, 'build/mutation/names-of-tests.json');
}
