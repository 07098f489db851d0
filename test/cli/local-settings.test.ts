import { parseLocalSettings } from '../../src/cli/local-settings';

describe('local.settings.json', () => {
  it('holds settings as texts', () => {
    expect(parseLocalSettings('{"IsEncrypted":false,"Values":{"A":"1"}}')).toEqual({ A: '1' });
  });

  it.each([
    ['{"Values":{"KEY":"s3cret"', 'local.settings.json is not JSON.'],
    ['null', 'local.settings.json has no object "Values".'],
    ['{"Values":[]}', 'local.settings.json has no object "Values".'],
    ['{"IsEncrypted":true,"Values":{}}', 'local.settings.json is encrypted: run func settings decrypt.'],
    ['{"Values":{"PORT":1}}', 'local.settings.json: the value of PORT must be a text.'],
  ])('%s is refused without a word of its values', (text, message) => {
    expect(() => parseLocalSettings(text)).toThrow(new Error(message));
  });
});
