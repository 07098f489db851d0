import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';

type Attributes = Readonly<Record<string, string>>;
interface Shape {
  readonly attributes: Attributes;
  readonly atLeastOne?: readonly string[];
}
interface Schema {
  readonly version: string;
  readonly profiles: Readonly<Record<string, Attributes>>;
  readonly classes: Readonly<Record<string, { readonly caption: string; readonly attributes: Attributes }>>;
  readonly finding: Attributes;
  readonly enums: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly objects: Readonly<Record<string, Shape>>;
}
type Json = Readonly<Record<string, unknown>>;

const FILE = join(__dirname, '../contract/ocsf/findings-1.5.0.json');
const SCHEMA = JSON.parse(readFileSync(FILE, 'utf8')) as Schema;

/** What the schema of OCSF finds wrong with an event; see test/contract/ocsf. */
export function ocsfProblems(event: Json): readonly string[] {
  const metadata = event['metadata'] as
    { readonly version?: unknown; readonly profiles?: readonly string[] } | undefined;
  const { class_uid: uid, activity_id: activity, type_uid: type } = event;
  const ownClass = SCHEMA.classes[String(uid)];
  if (ownClass === undefined) {
    return [`class_uid: no class ${String(uid)}`];
  }
  const profiles = (metadata?.profiles ?? []).map((name) => SCHEMA.profiles[name] ?? {});
  const attributes = Object.assign({}, SCHEMA.finding, ownClass.attributes, ...profiles) as Attributes;
  return [
    ...objectProblems(event, { attributes }, ''),
    ...(metadata?.version === SCHEMA.version ? [] : ['metadata.version: another one']),
    ...(event['class_name'] === ownClass.caption ? [] : ['class_name: not the caption']),
    ...(event['category_uid'] === 2 && event['category_name'] === 'Findings' ? [] : ['category_uid: not Findings']),
    ...(type === Number(uid) * 100 + Number(activity) ? [] : ['type_uid: not class_uid * 100 + activity_id']),
  ];
}

function objectProblems(value: Json, { attributes, atLeastOne }: Shape, path: string): readonly string[] {
  const missing = Object.entries(attributes).filter(([name, type]) => type.endsWith('!') && !(name in value));
  return [
    ...missing.map(([name]) => `${path}${name}: required`),
    ...(atLeastOne === undefined || atLeastOne.some((name) => name in value)
      ? []
      : [`${path}: none of ${atLeastOne.join(', ')}`]),
    ...Object.entries(value).flatMap(([name, part]) => {
      const type = attributes[name];
      return type === undefined
        ? [`${path}${name}: unknown attribute`]
        : [...valueProblems(part, type.replace('!', ''), path + name), ...captionProblems(value, name, type, path)];
    }),
  ];
}

function valueProblems(value: unknown, type: string, path: string): readonly string[] {
  if (type.endsWith('[]')) {
    return Array.isArray(value)
      ? value.flatMap((entry: unknown, n) => valueProblems(entry, type.slice(0, -2), `${path}[${n}]`))
      : [`${path}: no list`];
  }
  if (type.startsWith('@')) {
    const shape = SCHEMA.objects[type.slice(1)];
    if (shape === undefined) {
      return [`${path}: ${type.slice(1)} is not stated in ${FILE}`];
    }
    return isObject(value) ? objectProblems(value, shape, `${path}.`) : [`${path}: no object`];
  }
  return isOfType(value, type) ? [] : [`${path}: no ${type}: ${JSON.stringify(value)}`];
}

function isOfType(value: unknown, type: string): boolean {
  switch (type) {
    case 'string':
      return typeof value === 'string';
    case 'boolean':
      return typeof value === 'boolean';
    case 'integer':
      return Number.isInteger(value);
    case 'timestamp':
      // Milliseconds: seconds would be a day of 1970.
      return Number.isInteger(value) && (value as number) > 1e12 && (value as number) < 1e13;
    case 'object':
      return isObject(value);
    case 'ip':
      return typeof value === 'string' && isIP(value) > 0;
    case 'url':
      return typeof value === 'string' && URL.canParse(value);
    default:
      return typeof value === 'number' && String(value) in SCHEMA.enums[type]!;
  }
}

/** Beside `x_id` stands the caption of its value as `x` or `x_name`, unless it is "Other". */
function captionProblems(value: Json, name: string, type: string, path: string): readonly string[] {
  const captions = SCHEMA.enums[type.replace('!', '')];
  if (captions === undefined || value[name] === 99) {
    return [];
  }
  const sibling = name === 'activity_id' ? 'activity_name' : name.replace(/_id$/, '');
  return sibling in value && value[sibling] !== captions[String(value[name])]
    ? [`${path}${sibling}: not the caption of ${name}`]
    : [];
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
