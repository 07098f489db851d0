/** The tests of what is mutated: without those over sockets, so that nothing needs certificates. */
module.exports = {
  ...require('./jest.config.cjs'),
  roots: ['<rootDir>/test/checks', '<rootDir>/test/audit'],
  runner: '<rootDir>/scripts/mutation-test-runner.cjs',
  globalSetup: null,
  globalTeardown: null,
  setupFiles: [],
};
