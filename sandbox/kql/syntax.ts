/**
 * The syntax tree of a query as plain data, taken from the language service's own: children by name, lists as arrays,
 * types and names already bound.
 */
import type { Column } from './values';

export interface Syntax {
  /** The language service's name: `JoinOperator`, `BinaryExpression`. */
  readonly kind: string;
  /** As it stands in the query, without the blanks around it. */
  readonly text: string;
  /** Where that begins and ends in the query. */
  readonly start: number;
  readonly end: number;
  readonly children: Readonly<Record<string, Syntax>>;
  /** Elements, where this is a list. */
  readonly items: readonly Syntax[];
  /** Kusto's name of the scalar type; empty where it has none. */
  readonly type: string;
  /** Where this is a table. */
  readonly columns: readonly Column[] | undefined;
  /** What a name stands for: `ColumnSymbol`, `VariableSymbol`, `ParameterSymbol`, `TableSymbol`, `FunctionSymbol`. */
  readonly refersTo: string;
  /** A name without brackets and quotes; empty where this is none. */
  readonly name: string;
  /** Of a string literal its text, of a number its value. */
  readonly literal: string | number | boolean | null;
  /** Where a function of the query itself is called: its body, bound for this call. */
  readonly called: CalledFunction | undefined;
}

export interface CalledFunction {
  readonly body: Syntax;
  readonly parameters: readonly { readonly name: string; readonly byDefault: Syntax | undefined }[];
}

/** What is used of the language service's nodes. Its lists count by `Count` and `getItem`. */
export interface KustoNode {
  readonly ChildCount: number;
  readonly TextStart: number;
  readonly End: number;
  GetChild(index: number): KustoNode | null;
  GetName(index: number): string;
  toString(): string;
  readonly Text?: string;
  readonly SimpleName?: string;
  readonly LiteralValue?: unknown;
  readonly ResultType?: KustoSymbol | null;
  readonly ReferencedSymbol?: KustoSymbol | null;
  GetCalledFunctionBody?(): KustoNode | null;
}

export interface KustoSymbol {
  readonly Name: string;
  readonly Columns?: KustoList<KustoColumn>;
  readonly Signatures?: KustoList<{ readonly Parameters: KustoList<KustoParameter> }>;
}

interface KustoColumn {
  readonly Name: string;
  readonly Type: KustoSymbol;
}

interface KustoParameter {
  readonly Name: string;
  readonly DefaultValue?: KustoNode | null;
}

export interface KustoList<T> {
  readonly Count: number;
  getItem(index: number): T;
}

export function toArray<T>(list: KustoList<T>): T[] {
  return Array.from({ length: list.Count }, (_, index) => list.getItem(index));
}

/** @param typeName the language service's name of an object's class */
export function toSyntax(node: KustoNode, typeName: (object: unknown) => string): Syntax {
  const className = (object: unknown): string =>
    /^Kusto\.Language\.(?:\w+\.)*(\w+)/.exec(typeName(object))?.[1] ?? typeName(object);

  const convert = (each: KustoNode): Syntax => {
    const kind = className(each);
    const type = each.ResultType ?? undefined;
    const isTable = type !== undefined && className(type) === 'TableSymbol';
    let text: string | undefined;
    return {
      kind,
      // Written when it is asked for: of every node, the text of a list would be made as often as it has elements.
      get text() {
        return (text ??= each.toString().trim());
      },
      start: each.TextStart,
      end: each.End,
      children: childrenOf(each),
      items: kind === 'SyntaxList' ? itemsOf(each) : [],
      type: type === undefined || isTable ? '' : type.Name,
      columns: isTable && type.Columns ? columnsOf(type.Columns) : undefined,
      refersTo: each.ReferencedSymbol ? className(each.ReferencedSymbol) : '',
      name: each.SimpleName ?? '',
      literal: literalOf(each, kind),
      called: kind === 'FunctionCallExpression' ? calledBy(each) : undefined,
    };
  };

  const nodesOf = (parent: KustoNode): [string, KustoNode][] =>
    Array.from({ length: parent.ChildCount }, (_, index) => index).flatMap((index) => {
      const child = parent.GetChild(index);
      return child ? [[parent.GetName(index), child]] : [];
    });

  const childrenOf = (parent: KustoNode): Record<string, Syntax> =>
    Object.fromEntries(nodesOf(parent).flatMap(([name, child]) => (name === '' ? [] : [[name, convert(child)]])));

  /** Elements stand in a pair with the comma behind them. */
  const itemsOf = (list: KustoNode): Syntax[] =>
    nodesOf(list).map(([, element]) =>
      convert(className(element) === 'SeparatedElement' ? (element.GetChild(0) ?? element) : element),
    );

  const calledBy = (call: KustoNode): CalledFunction | undefined => {
    const body = call.GetCalledFunctionBody?.();
    const [signature] = call.ReferencedSymbol?.Signatures ? toArray(call.ReferencedSymbol.Signatures) : [];
    if (!body || !signature) return undefined;
    const parameters = toArray(signature.Parameters).map((parameter) => ({
      name: parameter.Name,
      byDefault: parameter.DefaultValue ? convert(parameter.DefaultValue) : undefined,
    }));
    return { body: convert(body), parameters };
  };

  return convert(node);
}

function columnsOf(list: KustoList<KustoColumn>): Column[] {
  return toArray(list).map(({ Name, Type }) => ({ name: Name, type: Type.Name }));
}

/** Numbers come boxed, and 64-bit ones as objects of their own: their text is as good. */
function literalOf(node: KustoNode, kind: string): Syntax['literal'] {
  if (!kind.endsWith('LiteralExpression')) return null;
  const { LiteralValue: value } = node;
  if (value === null || value === undefined) return null;
  if (typeof value === 'string') return value;
  const inner = typeof value === 'object' && 'v' in value ? value.v : value;
  if (typeof inner === 'boolean' || typeof inner === 'number') return inner;
  return node.ResultType?.Name === 'long' ? Number((value as { toString(): string }).toString()) : null;
}
