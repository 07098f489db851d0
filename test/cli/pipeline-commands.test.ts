import fc from 'fast-check';
import { withoutPipelineCommands } from '../../src/cli/pipeline-commands';

it.each([
  ['an app named ##vso[task.setvariable variable=x]y', 'an app named # #vso[task.setvariable variable=x]y'],
  ['##VSO[task.complete]', '# #VSO[task.complete]'],
  ['###[error]red', '## #[error]red'],
  ['::add-mask::on', ': :add-mask::on'],
  ['name\n   ::error file=x::y', 'name\n   : :error file=x::y'],
  ['2001:db8::/32 in ::1 and a C# [array]', '2001:db8::/32 in ::1 and a C# [array]'],
])('%j', (text, expected) => {
  expect(withoutPipelineCommands(text)).toBe(expected);
});

it('leaves no command in any text', () => {
  const parts = fc.array(fc.constantFrom('#', 'vso[', 'VsO[', '[', ':', '::', ' ', '\n', '\r', '\t', 'x'));
  fc.assert(
    fc.property(parts, (words) => {
      const text = withoutPipelineCommands(words.join(''));
      expect(text).not.toMatch(/##(vso)?\[/i);
      expect(text.split(/[\r\n]/).filter((line) => line.trimStart().startsWith('::'))).toEqual([]);
    }),
  );
});
