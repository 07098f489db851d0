/** Kusto's own parser: is a query valid over these tables, and what does it say. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { runInThisContext } from 'node:vm';
import { toArray, toSyntax, type KustoList, type KustoNode, type Syntax } from './syntax';
import type { Column } from './values';

/** A place in a query that is wrong. */
export interface Diagnostic {
  /** Such as `KS142`. */
  readonly code: string;
  /** `Error` where the query cannot be run. */
  readonly severity: string;
  readonly message: string;
  readonly start: number;
  readonly length: number;
  /** Of the grammar, not of names and types. */
  readonly syntactic: boolean;
}

export interface Analysis {
  readonly diagnostics: readonly Diagnostic[];
  readonly syntax: Syntax;
}

export interface TableDeclaration {
  readonly name: string;
  readonly columns: readonly Column[];
}

/** Parses and binds queries over the tables given. */
export type Analyze = (query: string) => Analysis;

interface KustoDiagnostic {
  readonly Code: string;
  readonly Severity: string;
  readonly Message: string;
  readonly Start: number;
  readonly Length: number;
}

interface KustoCode {
  readonly Syntax: KustoNode;
  GetDiagnostics(): KustoList<KustoDiagnostic>;
  GetSyntaxDiagnostics(): KustoList<KustoDiagnostic>;
}

interface KustoGlobals {
  WithCluster(cluster: unknown): KustoGlobals;
  WithDatabase(database: unknown): KustoGlobals;
}

/** What is used of the language service; constructors are numbered where C# overloads them. */
interface Kusto {
  readonly GlobalState: { readonly Default: KustoGlobals };
  readonly KustoCode: { ParseAndAnalyze(query: string, globals: KustoGlobals): KustoCode };
  readonly Symbols: {
    readonly ScalarTypes: { GetSymbol(name: string): unknown };
    readonly ColumnSymbol: new (name: string, type: unknown) => unknown;
    readonly TableSymbol: { readonly $ctor4: new (name: string, columns: readonly unknown[]) => unknown };
    readonly DatabaseSymbol: { readonly ctor: new (name: string, members: readonly unknown[]) => unknown };
    readonly ClusterSymbol: { readonly ctor: new (name: string, databases: readonly unknown[]) => unknown };
  };
}

interface Loaded {
  readonly kusto: Kusto;
  readonly typeName: (object: unknown) => string;
  /** An array as the language service knows arrays: those of another realm are none to it. */
  readonly array: (items: readonly unknown[]) => readonly unknown[];
}

let loaded: Loaded | undefined;

/**
 * 5 MB of compiled C#, which leaves its globals behind: loaded when the first query comes, and in the order that matters.
 * Scripts of this process rather than modules, as a test runner gives modules a realm where globals are ten times slower.
 */
function load(): Loaded {
  if (!loaded) {
    const { resolve } = createRequire(__filename);
    const missing = runInThisContext(`!('Kusto' in globalThis)`) as boolean;
    for (const file of missing ? ['bridge.min.js', 'Kusto.Language.Bridge.min.js'] : []) {
      const filename = resolve(`@kusto/language-service-next/${file}`);
      runInThisContext(readFileSync(filename, 'utf8'), { filename });
    }
    loaded = runInThisContext(`({
      kusto: Kusto.Language,
      typeName: (object) => Bridge.getTypeName(object),
      array: (items) => Array.from(items),
    })`) as Loaded;
  }
  return loaded;
}

/** Queries whose analysis is kept. */
const MOST_KNOWN = 50;

export function createAnalyzer(tables: readonly TableDeclaration[]): Analyze {
  const { kusto, typeName, array } = load();
  const { ScalarTypes, ColumnSymbol, TableSymbol, DatabaseSymbol, ClusterSymbol } = kusto.Symbols;
  const symbols = tables.map(
    ({ name, columns }) =>
      new TableSymbol.$ctor4(
        name,
        array(columns.map((column) => new ColumnSymbol(column.name, ScalarTypes.GetSymbol(column.type)))),
      ),
  );
  const database = new DatabaseSymbol.ctor('LogAnalytics', array(symbols));
  const cluster = new ClusterSymbol.ctor('workspace', array([database]));
  const globals = kusto.GlobalState.Default.WithCluster(cluster).WithDatabase(database);
  const analyze: Analyze = (query) => {
    const code = kusto.KustoCode.ParseAndAnalyze(query, globals);
    const syntactic = new Set(toArray(code.GetSyntaxDiagnostics()).map(({ Start, Message }) => `${Start} ${Message}`));
    const diagnostics = toArray(code.GetDiagnostics()).map(({ Code, Severity, Message, Start, Length }) => ({
      code: Code,
      severity: Severity,
      message: Message,
      start: Start,
      length: Length,
      syntactic: syntactic.has(`${Start} ${Message}`),
    }));
    let syntax: Syntax | undefined;
    return {
      diagnostics,
      // Whoever only wants to know what is wrong with a query does without.
      get syntax() {
        return (syntax ??= toSyntax(code.Syntax, typeName));
      },
    };
  };
  // Binding takes longer than running, and the same few queries come again and again.
  const known = new Map<string, Analysis>();
  return (query) => {
    const analysis = known.get(query) ?? analyze(query);
    known.delete(query);
    known.set(query, analysis);
    const [oldest] = known.keys();
    if (known.size > MOST_KNOWN && oldest !== undefined) known.delete(oldest);
    return analysis;
  };
}
