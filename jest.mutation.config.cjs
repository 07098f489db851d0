/** The tests of what is mutated: without those over sockets, so that nothing needs certificates. */
module.exports = {
  ...require('./jest.config.cjs'),
  // With the sources, or Stryker would find only tests that import the mutated file themselves.
  roots: ['<rootDir>/src', '<rootDir>/test/checks', '<rootDir>/test/audit'],
  runner: '<rootDir>/scripts/mutation-test-runner.cjs',
  testEnvironment: require.resolve('./scripts/mutation-test-environment.cjs'),
  globalSetup: null,
  globalTeardown: null,
  setupFiles: [],
};
