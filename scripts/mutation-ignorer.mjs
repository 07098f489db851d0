/** What checks say of themselves, and of their options, is prose: a test that repeats it would prove nothing. */
import { declareValuePlugin, PluginKind } from '@stryker-mutator/api/plugin';

const PROSE = ['title', 'why', 'remediation', 'link', 'grant', 'source'];

export const strykerPlugins = [declareValuePlugin(PluginKind.Ignore, 'prose', { shouldIgnore })];

function shouldIgnore(path) {
  const { node, parent } = path;
  if (
    node.type === 'StringLiteral' &&
    parent.type === 'CallExpression' &&
    parent.callee.property?.name === 'describe'
  ) {
    return 'description of an option';
  }
  // Descriptions stand at the top of a module; what is made for a subject stands in a function.
  const isProse = node.type === 'ObjectProperty' && PROSE.includes(node.key.name) && path.getFunctionParent() === null;
  return isProse ? 'description of a check, or of a type of linked service' : undefined;
}
