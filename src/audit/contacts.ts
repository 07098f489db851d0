/** Who may be told of what is found, as the inventory says. Kept between audits, so that it is plain JSON. */
import * as z from 'zod';
import type { Application } from '../inventory/model';
import { dataOf } from '../inventory/scopes';
import type { Inventory } from '../inventory/sources';
import type { Finding } from './finding';

export interface Contacts {
  readonly applications: readonly ApplicationContacts[];
  readonly workspaces: readonly WorkspaceContacts[];
}

export interface ApplicationContacts {
  /** Object id and client id of the application and object ids of its service principals, lower-cased. */
  readonly ids: readonly string[];
  /** Untrusted text, as all names here. */
  readonly name: string;
  readonly owners: readonly { readonly name: string; readonly mail: string | null; readonly enabled: boolean | null }[];
  /** Addresses that its notes name after `NotifyEmail=`. */
  readonly notify: readonly string[];
}

export interface WorkspaceContacts {
  /** ARM id, lower-cased. */
  readonly id: string;
  readonly name: string;
  /** Addresses that its tag names; none where it has no such tag. */
  readonly notify: readonly string[];
}

export const NO_CONTACTS: Contacts = { applications: [], workspaces: [] };

const GUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi;
const WORKSPACE = /^\/subscriptions\/[^/]+\/resourcegroups\/[^/]+\/providers\/microsoft\.synapse\/workspaces\/[^/]+/i;

/** Kinds whose subjects belong to an application, as their ids or their evidence tell. */
const OF_APPLICATIONS: ReadonlySet<string> = new Set([
  'secret',
  'certificate',
  'application',
  'servicePrincipal',
  'federatedCredential',
] satisfies Finding['subject']['kind'][]);

/** Ids by which the application of a finding may be known, lower-cased; none where it is about something else. */
export function applicationKeys({ subject, evidence }: Finding): readonly string[] {
  if (!OF_APPLICATIONS.has(subject.kind)) {
    return [];
  }
  const keys = new Set<string>();
  // The subscription in the address of a workspace is a GUID as well, and nobody's.
  const own = subject.id.replace(WORKSPACE, '');
  for (const text of [own, evidence['appId'], evidence['principalId'], evidence['applicationId']]) {
    if (typeof text === 'string') {
      text.match(GUID)?.forEach((id) => keys.add(id.toLowerCase()));
    }
  }
  return [...keys];
}

/** ARM id of the workspace that a finding is about, lower-cased. */
export function workspaceKey({ subject, scope }: Finding): string | undefined {
  return (WORKSPACE.exec(subject.id) ?? WORKSPACE.exec(scope))?.[0].toLowerCase();
}

/**
 * Contacts of what is concerned, and of nothing else: a tenant has many more applications.
 * @param concerned ids of applications or service principals, lower-cased
 */
export function contactsIn(inventory: Inventory, concerned: ReadonlySet<string>, tag: string): Contacts {
  const principals = new Map<string, string[]>();
  for (const { appId, id } of dataOf(inventory.servicePrincipals)) {
    principals.set(appId.toLowerCase(), [...(principals.get(appId.toLowerCase()) ?? []), id.toLowerCase()]);
  }
  const applications = dataOf(inventory.applications).flatMap((application) => {
    const own = [application.id.toLowerCase(), application.appId.toLowerCase()];
    const ids = [...own, ...(principals.get(application.appId.toLowerCase()) ?? [])];
    return ids.some((id) => concerned.has(id)) ? [contactsOf(application, ids)] : [];
  });
  const workspaces = dataOf(inventory.workspaces).map(({ id, name, tags }) => ({
    id: id.toLowerCase(),
    name,
    notify: addressesIn(valueOf(tags, tag)),
  }));
  return { applications, workspaces };
}

/**
 * What is known now, and of what could not be read or is gone what was known before.
 * @param concerned of the older ones only these are kept
 */
export function mergedContacts(before: Contacts, now: Contacts, concerned: Concerned): Contacts {
  const known = new Set(now.applications.flatMap(({ ids }) => ids));
  const places = new Set(now.workspaces.map(({ id }) => id));
  return {
    applications: [
      ...now.applications,
      ...before.applications.filter(
        ({ ids }) => ids.some((id) => concerned.applications.has(id)) && !ids.some((id) => known.has(id)),
      ),
    ],
    workspaces: [
      ...now.workspaces,
      ...before.workspaces.filter(({ id }) => concerned.workspaces.has(id) && !places.has(id)),
    ],
  };
}

export interface Concerned {
  readonly applications: ReadonlySet<string>;
  readonly workspaces: ReadonlySet<string>;
}

/** What findings concern. */
export function concernedBy(findings: readonly Finding[]): Concerned {
  return {
    applications: new Set(findings.flatMap(applicationKeys)),
    workspaces: new Set(findings.flatMap((finding) => workspaceKey(finding) ?? [])),
  };
}

/** Longest address there may be, by RFC 5321. */
const ADDRESS_LIMIT = 254;

/** Only what is an address and nothing but that: it comes from the tenant and goes into a mail. */
export function isMailAddress(text: string): boolean {
  return text.length <= ADDRESS_LIMIT && z.regexes.email.test(text);
}

function contactsOf({ displayName, owners, notes }: Application, ids: readonly string[]): ApplicationContacts {
  return {
    ids,
    name: displayName,
    owners: owners.map(({ name, mail, enabled }) => ({ name, mail, enabled })),
    notify: [...(notes ?? '').matchAll(/NotifyEmail\s*=\s*([^\r\n]*)/gi)].flatMap(([, list]) => addressesIn(list)),
  };
}

/** Addresses at the start of a text, parted by comma, semicolon or blank; the first word that is none ends them. */
function addressesIn(text = ''): readonly string[] {
  const words = text.split(/[\s,;]+/).filter((word) => word !== '');
  const end = words.findIndex((word) => !isMailAddress(trimmed(word)));
  return (end < 0 ? words : words.slice(0, end)).map(trimmed).slice(0, ADDRESSES_READ);
}

/** A sentence may end with it. */
function trimmed(word: string): string {
  return word.replace(/^["'<(]+|["'>).]+$/g, '');
}

const ADDRESSES_READ = 20;

/** Azure keeps the letter case of a tag's name, and takes any. */
function valueOf(tags: Readonly<Record<string, string>>, name: string): string | undefined {
  return Object.entries(tags).find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1];
}
