/**
 * Runs a query of the Kusto language over rows in memory, as Log Analytics would. The parser is Kusto's own; what it
 * accepts and this does not have is an error, never a guess.
 */
import { declare, part } from './expressions';
import { withoutMissingTable } from './fuzzy-union';
import type { Analyze, Diagnostic } from './language';
import { withoutLongLists } from './long-lists';
import { withoutMoments } from './moments';
import type { Scope } from './scope';
import { evaluateTable } from './tables';
import { UnsupportedQueryError, type Table } from './values';

/** The service would not run the query. */
export class InvalidQueryError extends Error {
  override readonly name = 'InvalidQueryError';
  constructor(
    readonly query: string,
    readonly diagnostics: readonly Diagnostic[],
  ) {
    super(diagnostics.map(({ code, message }) => `${code}: ${message}`).join(' '));
  }

  /** Whether the grammar, not a name or a type, is wrong. */
  get syntactic(): boolean {
    return this.diagnostics.some(({ syntactic }) => syntactic);
  }
}

export interface Database {
  readonly analyze: Analyze;
  readonly tableOf: (name: string) => Table | undefined;
}

/**
 * @throws InvalidQueryError for a query that is none, or that names what the database does not have
 * @throws UnsupportedQueryError for what the sandbox does not have
 */
export function runQuery(query: string, database: Database, now: Date): Table {
  const { text: short, lists } = withoutLongLists(query);
  const { text, moments } = withoutMoments(short);
  return runParsed(text, { lists, moments }, database, now);
}

/** What stands beside the query that is parsed. */
type Beside = Pick<Scope, 'lists' | 'moments'>;

function runParsed(query: string, beside: Beside, { analyze, tableOf }: Database, now: Date): Table {
  const analysis = analyze(query);
  const { diagnostics } = analysis;
  const errors = diagnostics.filter(({ severity }) => severity === 'Error');
  if (errors.length > 0) throw new InvalidQueryError(query, errors);
  const shorter = withoutMissingTable(query, analysis);
  if (typeof shorter === 'string') return runParsed(shorter, beside, { analyze, tableOf }, now);
  if (shorter) throw new InvalidQueryError(query, [shorter]);
  const statements = part(analysis.syntax, 'Statements').items;
  const scope: Scope = { now, tableOf, ...beside, values: new Map(), tables: new Map() };
  const last = statements.at(-1);
  if (last?.kind !== 'ExpressionStatement') throw new UnsupportedQueryError('The query has no result.');
  const result = part(last, 'Expression');
  const table = evaluateTable(result, declare(statements.slice(0, -1), scope));
  // Names the parser could not resolve have no type: then the result would be a guess.
  const untyped = table.columns.find(({ type }) => type === 'unknown');
  if (untyped) throw new UnsupportedQueryError(`The sandbox does not know the type of the column ${untyped.name}.`);
  return table;
}
