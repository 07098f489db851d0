/** What the app logs, read from its source. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

export interface LoggedEvent {
  /** As the log has it: `info`, `warn`, `error`. */
  readonly levels: ReadonlySet<string>;
  /** Those that are named where it is logged; more may be spread in. */
  readonly fields: ReadonlySet<string>;
}

interface Draft {
  readonly levels: Set<string>;
  readonly fields: Set<string>;
}

const SRC = join(__dirname, '../../src');

/** @returns every event of the app by its name */
export function loggedEvents(): ReadonlyMap<string, LoggedEvent> {
  const events = new Map<string, Draft>();
  for (const name of readdirSync(SRC, { recursive: true }).map(String)) {
    if (name.endsWith('.ts') && !name.endsWith('.d.ts')) {
      const source = ts.createSourceFile(name, readFileSync(join(SRC, name), 'utf8'), ts.ScriptTarget.Latest);
      visit(source, events);
    }
  }
  return events;
}

function visit(node: ts.Node, events: Map<string, Draft>): void {
  if (ts.isCallExpression(node)) {
    const [event, fields] = node.arguments;
    const levels = levelsOf(node.expression);
    if (event !== undefined && ts.isStringLiteral(event) && levels.length > 0) {
      const draft = events.get(event.text) ?? { levels: new Set(), fields: new Set() };
      events.set(event.text, draft);
      levels.forEach((level) => draft.levels.add(level));
      // What is tried by attempt() is logged with the message of the error.
      const names = fields !== undefined && ts.isObjectLiteralExpression(fields) ? namesIn(fields) : ['message'];
      names.forEach((name) => draft.fields.add(name));
    }
  }
  ts.forEachChild(node, (child) => {
    visit(child, events);
  });
}

function namesIn(literal: ts.ObjectLiteralExpression): string[] {
  return literal.properties.flatMap(({ name }) => (name !== undefined && ts.isIdentifier(name) ? [name.text] : []));
}

/** Of `log.warn(…)`, `run.log.info(…)`, `log[bad ? 'warn' : 'info'](…)` and `attempt(…)`. */
function levelsOf(called: ts.Expression): string[] {
  if (ts.isIdentifier(called)) {
    return called.text === 'attempt' ? ['error'] : [];
  }
  const isLog = (target: ts.Expression): boolean =>
    (ts.isIdentifier(target) && target.text === 'log') ||
    (ts.isPropertyAccessExpression(target) && target.name.text === 'log');
  if (ts.isPropertyAccessExpression(called)) {
    return isLog(called.expression) ? [called.name.text] : [];
  }
  if (ts.isElementAccessExpression(called) && ts.isConditionalExpression(called.argumentExpression)) {
    const { whenTrue, whenFalse } = called.argumentExpression;
    return isLog(called.expression) ? [whenTrue, whenFalse].filter(ts.isStringLiteral).map(({ text }) => text) : [];
  }
  return [];
}
