/** The page of the report in a real browser: `npm run test:browser`. Apart from the other tests, as it needs Chromium. */
const config = require('./jest.config.cjs');

module.exports = {
  ...config,
  testMatch: ['<rootDir>/test/browser/**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/'],
  testTimeout: 60_000,
};
