/** Which errors a text holds, and what it names: codes, ids, hosts. The text is untrusted and may be anything. */
import { SIGN_IN_CODES } from '../audit/sign-in-codes';
import { ERROR_KINDS, type ErrorKind, type Sign } from './error-catalogue';

/** UTF-16 units that are looked at. Messages of pipelines are shorter; what comes after repeats inner exceptions. */
export const MAX_TEXT = 32_768;

/** Of each sort of thing that a text names. */
const MAX_FOUND = 50;

export interface Recognised {
  /** The most precise first; empty: an error that is not known here. */
  readonly kinds: readonly ErrorKind[];
  /** AADSTS numbers. */
  readonly entraCodes: readonly string[];
  /** `18456/8`, or without state where the text has none. */
  readonly sqlCodes: readonly string[];
  /** Client ids, lower-cased, as all ids here. */
  readonly applicationIds: readonly string[];
  /** Object ids. */
  readonly principalIds: readonly string[];
  readonly tenantIds: readonly string[];
  /** Ids of which the text does not tell what they are of. */
  readonly otherIds: readonly string[];
  /** Hosts of storage accounts, vaults and servers, lower-cased. */
  readonly hosts: readonly string[];
  /** Names of storage accounts, vaults and servers: the first labels of hosts, and what is named without one. */
  readonly resources: readonly string[];
  /** `Microsoft.Synapse/workspaces/read`, and where it was refused; `null`: the text does not say. */
  readonly action: string | null;
  readonly scope: string | null;
  /** Name of the activity that failed; `null`: the text does not say. */
  readonly activity: string | null;
  /** All of it that is looked at, lower-cased. */
  readonly text: string;
  /** It was longer than {@link MAX_TEXT}. */
  readonly clipped: boolean;
}

const SQL_NUMBERS = new Set(SIGN_IN_CODES.filter(({ log }) => log === 'sql').map(({ number }) => number.split('/')[0]));

const GUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
const HOST =
  /[a-z0-9][a-z0-9-]{1,62}\.(?:vault\.azure\.(?:net|cn)|vault\.usgovcloudapi\.net|(?:blob|dfs|file|table|queue)\.core\.(?:windows\.net|chinacloudapi\.cn|usgovcloudapi\.net)|database\.(?:windows\.net|chinacloudapi\.cn|usgovcloudapi\.net)|(?:sql|dev)\.azuresynapse\.(?:net|azure\.cn|usgovcloudapi\.net))/g;
/** What precedes the name of a resource without its host. */
const NAMED = [
  /key vault '([a-z0-9-]{3,24})[;']/g,
  /vault: ([a-z0-9-]{3,24});/g,
  /storage account '?([a-z0-9]{3,24})\b/g,
  /cannot open server '([a-z0-9-]{1,63})'/g,
];

/**
 * @param text as Azure or a person gives it; no more than {@link MAX_TEXT} of it is looked at
 * @param errorCodes of failed activities, where they are known apart from the text
 */
export function recognise(text: string, errorCodes: readonly string[] = []): Recognised {
  const looked = text.slice(0, MAX_TEXT);
  const lower = looked.toLowerCase();
  const ids = idsIn(lower);
  const hosts = distinct(lower, HOST, (match) => match[0]);
  const entraCodes = [
    ...new Set([
      ...distinct(lower, /aadsts(\d{4,8})\b/g, (match) => match[1]),
      ...distinct(lower, /error_codes[\\"]{0,4}:\[(\d{4,8})/g, (match) => match[1]),
      ...distinct(lower, /error\(s\): (\d{4,8})\b/g, (match) => match[1]),
    ]),
  ];
  const found = {
    entraCodes,
    sqlCodes: sqlCodesIn(lower),
    codes: [
      ...errorCodes.map((code) => code.toLowerCase()),
      ...distinct(lower, /errorcode[\\"']{0,4}[ =:]{1,3}[\\"']{0,4}([\w.]{1,80})/g, (match) => match[1]),
    ],
    text: lower,
  };
  const all = ERROR_KINDS.filter(({ signs }) => signs.some((sign) => shows(sign, found)));
  return {
    kinds: mostPrecise(all),
    entraCodes,
    sqlCodes: found.sqlCodes,
    ...ids,
    hosts,
    resources: [
      ...new Set([
        ...hosts.map((host) => host.slice(0, host.indexOf('.'))),
        ...NAMED.flatMap((pattern) => distinct(lower, pattern, (match) => match[1])),
      ]),
    ],
    action: /action: ?'?(microsoft\.[a-z]{1,40}\/[\w./]{1,160}\w)/i.exec(looked)?.[1] ?? actionIn(looked),
    scope:
      /scope: ?'?([\w/.-]{1,400}[\w-])/i.exec(looked)?.[1] ??
      /over scope '([\w/.()-]{1,600})'/i.exec(looked)?.[1]?.toLowerCase() ??
      null,
    activity: /operation on target ([^:"\r\n]{1,140}?) failed/i.exec(looked)?.[1] ?? null,
    text: lower,
    clipped: text.length > MAX_TEXT,
  };
}

function actionIn(text: string): string | null {
  return (
    /perform action '(microsoft\.[a-z]{1,40}\/[\w./]{1,160})'/i.exec(text)?.[1] ??
    /(?:microsoft\.synapse\/workspaces\/)?(credentials\/usesecret\/action)/i
      .exec(text)?.[1]
      ?.replace(/^/, 'Microsoft.Synapse/workspaces/') ??
    null
  );
}

/** Frames count where nothing else does; what is no failure of authentication counts where nothing else is found at all. */
function mostPrecise(kinds: readonly ErrorKind[]): readonly ErrorKind[] {
  const precise = kinds.filter((kind) => kind.frame !== true && kind.causes.length > 0);
  if (precise.length > 0) {
    const said = new Set(precise.flatMap(({ insteadOf = [] }) => insteadOf));
    return precise.filter(({ id }) => !said.has(id));
  }
  const harmless = kinds.filter(({ causes }) => causes.length === 0);
  const frames = kinds.filter(({ frame }) => frame === true);
  // “Unauthorized” in a message about a missing file, or “429” in an id, tell little.
  return frames.length > 0 ? frames.slice(0, 1) : harmless.slice(0, 1);
}

interface Found extends Pick<Recognised, 'entraCodes' | 'sqlCodes' | 'text'> {
  readonly codes: readonly string[];
}

function shows(sign: Sign, { entraCodes, sqlCodes, codes, text }: Found): boolean {
  if ('text' in sign) {
    return sign.text.every((fragment) => text.includes(fragment));
  }
  if ('entra' in sign) {
    return sign.entra.some((number) => entraCodes.includes(number));
  }
  if ('sql' in sign) {
    return sign.sql.some((number) => sqlCodes.some((code) => code === number || code.startsWith(`${number}/`)));
  }
  return sign.code.some((code) => codes.includes(code));
}

function distinct(
  text: string,
  pattern: RegExp,
  pick: (match: RegExpMatchArray) => string | undefined,
): readonly string[] {
  const found = new Set<string>();
  for (const match of text.matchAll(pattern)) {
    const value = pick(match);
    if (value !== undefined) {
      found.add(value);
    }
    if (found.size >= MAX_FOUND) {
      break;
    }
  }
  return [...found];
}

/** Only numbers that are known: “Error: 404” is none of SQL’s. */
function sqlCodesIn(lower: string): readonly string[] {
  const found = new Set<string>();
  const pattern = /(?:sqlerrornumber ?= ?|error: ?|msg |error number: ?|error )(\d{3,5})\b/g;
  for (const match of lower.matchAll(pattern)) {
    const number = match[1] ?? '';
    if (SQL_NUMBERS.has(number)) {
      const state = /state ?[:=] ?(\d{1,3})/.exec(lower.slice(match.index, match.index + 120))?.[1];
      // The state that clients are shown is always 1: it withholds the reason.
      found.add(state === undefined || state === '1' ? number : `${number}/${state}`);
    }
    if (found.size >= MAX_FOUND) {
      break;
    }
  }
  return [...found];
}

/** What an id is of, its surroundings tell; those of single requests tell nothing. */
function idsIn(lower: string) {
  const ids = {
    applicationIds: new Set<string>(),
    principalIds: new Set<string>(),
    tenantIds: new Set<string>(),
    otherIds: new Set<string>(),
  };
  let count = 0;
  for (const match of lower.matchAll(GUID)) {
    const label = lower.slice(Math.max(0, match.index - 28), match.index);
    if (!/(?:trace|correlation|activity|request|run|client-request)[ -]?id\W{0,4}$/.test(label)) {
      ids[sortOf(label)].add(match[0]);
    }
    count += 1;
    if (count >= 4 * MAX_FOUND) {
      break;
    }
  }
  return {
    applicationIds: [...ids.applicationIds],
    principalIds: [...ids.principalIds],
    tenantIds: [...ids.tenantIds],
    otherIds: [...ids.otherIds],
  };
}

function sortOf(label: string): 'applicationIds' | 'principalIds' | 'tenantIds' | 'otherIds' {
  if (/(?:oid=|object id\W{1,3}|objectid\W{1,3}|principal\W{1,3}|principal id\W{1,3})$/.test(label)) {
    return 'principalIds';
  }
  if (
    /(?:tenant\W{1,3}|tenantid\W{1,3}|tenant id\W{1,3}|directory\W{1,3}|sts\.windows\.net\/|microsoftonline\.com\/|tid=)$/.test(
      label,
    )
  ) {
    return 'tenantIds';
  }
  // Entra ID names a directory by its name and then, in brackets, by its id.
  if (/directory '[^'\n]{0,26}\($/.test(label) || /directory '.{0,20}$/.test(label)) {
    return 'tenantIds';
  }
  return /(?:appid=|app '|application\W{1,3}|identifier '|client\W{1,3}|clientid\W{1,3}|client_id\W{1,3}|client id\W{1,3}|applications\/|app )$/.test(
    label,
  )
    ? 'applicationIds'
    : 'otherIds';
}
