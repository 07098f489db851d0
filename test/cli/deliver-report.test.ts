import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkOutput } from '../../src/cli/deliver-report';
import { parseOptions } from '../../src/cli/options';

describe('the place of a report', () => {
  let directory: string;
  const check = (...path: string[]) => {
    checkOutput(parseOptions(['--output', join(directory, ...path)]));
  };

  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'deliver-report-'));
    writeFileSync(join(directory, 'file'), '');
  });
  afterAll(() => {
    rmSync(directory, { recursive: true });
  });

  it('may be any in a directory that is there, or none', () => {
    expect(() => {
      check('new.json');
      check('file');
      checkOutput(parseOptions([]));
    }).not.toThrow();
  });

  it.each([
    ['a directory', [], /: it is a directory\.$/],
    [
      'in a directory that is not there',
      ['nowhere', 'new.json'],
      /nowhere\/new\.json: the directory .*nowhere does not exist\.$/,
    ],
    ['below a file', ['file', 'new.json'], /file\/new\.json: the directory .*file does not exist\.$/],
  ])('is not %s', (_, path, message) => {
    expect(() => {
      check(...path);
    }).toThrow(expect.objectContaining({ name: 'CannotRunError', message: expect.stringMatching(message) }));
  });
});
