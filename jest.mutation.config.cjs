/** The tests of what is mutated, without those over sockets. */
module.exports = { ...require('./jest.config.cjs'), roots: ['<rootDir>/test/checks', '<rootDir>/test/audit'] };
