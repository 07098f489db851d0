import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeParameters, readParameters } from '../../scripts/infra-parameters';
import { DEPLOYED_SETTINGS } from '../../scripts/infra-settings';
import { SETTINGS } from '../../src/settings';

const INFRA = join(__dirname, '../../infra');
const text = (name: string) => readFileSync(join(INFRA, name), 'utf8');

const TEMPLATE = `targetScope = 'subscription'

@description('Who\\'s told.')
param people string[] = []

@secure()
@description('A key.')
param key string = ''

@description('Days.')
@minValue(1)
@maxValue(9)
param days int = 3

@description('Which.')
@allowed([
  'one'
  'two|three'
])
param which string = 'one'

@description('Others.')
param others string[] = people
`;
const VALUES = `using 'main.bicep'
var peopleList = readEnvironmentVariable('PEOPLE', '')
param people = empty(peopleList) ? [] : map(split(peopleList, ','), each => trim(each))
param key = readEnvironmentVariable('KEY', '')
param days = int(readEnvironmentVariable('DAYS', '3'))
param which = readEnvironmentVariable('WHICH', 'one')
var otherList = readEnvironmentVariable('OTHERS', peopleList)
param others = empty(otherList) ? [] : map(split(otherList, ','), each => trim(each))
`;

describe('parameters', () => {
  it('are read with their variables, defaults and bounds', () => {
    expect(readParameters(TEMPLATE, VALUES)).toMatchObject([
      { name: 'people', type: 'string[]', description: "Who's told.", variable: 'PEOPLE', otherwise: '' },
      { name: 'key', secure: true, variable: 'KEY' },
      { name: 'days', allowed: 'From 1 to 9.', otherwise: '3' },
      { name: 'which', allowed: 'One of `one`, `two|three`.', otherwise: 'one' },
      { name: 'others', variable: 'OTHERS', otherwise: 'PEOPLE' },
    ]);
  });

  it('are shown in a table', () => {
    const shown = describeParameters(readParameters(TEMPLATE, VALUES));
    expect(shown).toContain("| `PEOPLE` | `people` | string[] |  | Who's told. |");
    expect(shown).toContain('| `KEY` | `key` | secret |  | A key. |');
    expect(shown).toContain('Which. One of `one`, `two\\|three`. |');
  });

  it('must be described', () => {
    expect(() => readParameters(`${TEMPLATE}\nparam bare string\n`, VALUES)).toThrow(
      'Without a description in main.bicep: bare.',
    );
  });

  it('must come from a variable', () => {
    expect(() => readParameters(TEMPLATE, VALUES.replace(/^param which.*$/m, ''))).toThrow(
      'main.bicepparam takes which from no variable.',
    );
  });
});

describe('the templates', () => {
  const parameters = readParameters(text('main.bicep'), text('main.bicepparam'));

  it('give every setting by a variable of its own name, but those that a deployment knows by itself', () => {
    const known = [
      // Said by AUDITED_SUBSCRIPTIONS, which also says where the role is assigned.
      'AUDIT_SUBSCRIPTIONS',
      'AUDIT_BASE_URL',
      'AUDIT_STORAGE_TABLE_ENDPOINT',
      'AZURE_CLIENT_ID',
      'AZURE_CLOUD',
      'AZURE_TENANT_ID',
      'COMMUNICATION_SERVICES_ENDPOINT',
      'MAIL_SENDER',
    ];
    const variables = parameters.map(({ variable }) => variable);
    expect(DEPLOYED_SETTINGS.filter((name) => name in SETTINGS && !variables.includes(name))).toEqual(known.sort());
  });

  it('have the defaults of the settings', () => {
    const byName: Readonly<Record<string, { readonly safeParse: (value: undefined) => { data?: unknown } }>> = SETTINGS;
    const differing = parameters.filter(({ variable, otherwise }) => {
      const setting = byName[variable];
      const byDefault = setting?.safeParse(undefined).data;
      // Absent is told as nothing, or as 0 where a number is asked for.
      const told = byDefault === undefined ? ['', '0'] : [typeof byDefault === 'object' ? shown(byDefault) : byDefault];
      return setting !== undefined && !told.map(String).includes(otherwise);
    });
    expect(differing).toEqual([]);
  });

  it('have the same defaults in both files', () => {
    const differing = parameters.filter(({ name, otherwise, type }) => {
      const [, byDefault] = new RegExp(`^param ${name} \\S+ = (.*)$`, 'm').exec(text('main.bicep')) ?? [];
      const isLiteral = byDefault !== undefined && /^('[^$]*'|\d+|true|false|\{\}|\[\])$/.test(byDefault);
      const expected = byDefault?.replace(/^'(.*)'$/, '$1').replace(type === 'string[]' ? '[]' : /$^/, '');
      return isLiteral && expected !== otherwise;
    });
    expect(differing).toEqual([]);
  });

  it('use every file', () => {
    const used = [...readdirSync(INFRA).filter((name) => name.endsWith('.bicep'))].map(text).join('\n');
    const files = [
      ...readdirSync(INFRA).filter((name) => name.endsWith('.bicep') && name !== 'main.bicep'),
      ...readdirSync(join(INFRA, 'queries')).map((name) => `queries/${name}`),
      ...readdirSync(join(INFRA, '../src/inventory/queries'))
        .filter((name) => name.endsWith('.kql'))
        .map((name) => `../src/inventory/queries/${name}`),
    ];
    expect(files.filter((name) => !used.includes(`'${name}'`))).toEqual([]);
  });
});

function shown(value: object | null): string {
  return Array.isArray(value) && value.length > 0 ? value.join(',') : JSON.stringify(value);
}
