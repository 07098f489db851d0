const { availableParallelism } = require('node:os');

/** @type {import('jest').Config} */
module.exports = {
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  // These need more than Node.js: jest.browser.config.cjs.
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/browser/'],
  testTimeout: 30_000,
  // Much of the time is waiting for sockets and child processes: three workers keep two cores busy.
  maxWorkers: Math.ceil(availableParallelism() * 1.5),
  testSequencer: '<rootDir>/test/setup/longest-first.cjs',
  testEnvironment: '<rootDir>/test/setup/environment.ts',
  globalSetup: '<rootDir>/test/setup/global-setup.ts',
  globalTeardown: '<rootDir>/test/setup/global-teardown.ts',
  setupFiles: ['<rootDir>/test/setup/trust-sandbox.ts'],
  transform: {
    // As the bundle has them: queries, and what stands in the page of the report, are texts.
    '(?:\\.kql|\\.css|\\.client\\.js)$': '<rootDir>/test/setup/text-transform.cjs',
    '\\.[jt]s$': ['@swc/jest', { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, sourceMaps: 'inline' }],
  },
  // Published as ES modules only.
  transformIgnorePatterns: ['/node_modules/(?!(p-limit|yocto-queue)/)'],
};
