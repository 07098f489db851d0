/**
 * Values in queries. Log Analytics takes no parameters beside a query, so that a value becomes a literal of the language,
 * here and nowhere else. https://learn.microsoft.com/kusto/query/scalar-data-types/string
 */

export type KqlParameter = string | number | boolean | Date | readonly string[];

/** Text for a query that stands for exactly this value, whatever is in it. */
export function kqlLiteral(value: KqlParameter): string {
  if (typeof value === 'string') {
    return quoted(value);
  }
  if (value instanceof Date) {
    return `datetime(${value.toISOString()})`;
  }
  return typeof value === 'object' ? `dynamic([${value.map(quoted).join(', ')}])` : String(value);
}

/** JSON escapes quotes, backslashes and control characters as the language does; line separators it leaves. */
function quoted(text: string): string {
  return JSON.stringify(text).replace(/[\u007f-\u{10ffff}]/gu, (character) =>
    [...Array(character.length).keys()]
      .map((index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`)
      .join(''),
  );
}

/**
 * A query with other values for the names it declares in lines of their own, such as `let MostRows = 10000;`. The file
 * is a whole query without that too, to be pasted into Log Analytics as it is.
 * @throws Error for a name that the query does not declare so
 */
export function withParameters(query: string, parameters: Readonly<Record<string, KqlParameter>>): string {
  return Object.entries(parameters).reduce((text, [name, value]) => {
    const declaration = new RegExp(`^let ${name} = .*;$`, 'm');
    if (!declaration.test(text)) {
      throw new Error(`The query declares no ${name}.`);
    }
    return text.replace(declaration, () => `let ${name} = ${kqlLiteral(value)};`);
  }, query);
}
