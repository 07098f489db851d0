/** A diagnosis in plain words: what happened, the one cause, what speaks for it, what to do. */
import { safeText } from './safe-text';
import type { Cause, Diagnosis } from './diagnosis';

const BASIS: Readonly<Record<Diagnosis['basis'], string>> = {
  inventory: 'It goes by what was read of the tenant.',
  report: 'It goes by the open findings of the latest report.',
  errorAlone:
    'This is general advice, by the error alone: there is no report to go by, so that nothing of it was looked up in your tenant.',
};

const HOW_SURE: Readonly<Record<Cause['certainty'], string>> = {
  certain: 'Cause',
  likely: 'Likely cause',
  possible: 'Possible cause',
};

/** Lines of text; names in it are made harmless. */
export function describeDiagnosis(diagnosis: Diagnosis): string {
  const { isAuthentication, errors, codes, causes, ruledOut, couldNotLookAt, remedy, clipped, basis, named } =
    diagnosis;
  const [cause, ...others] = causes;
  const lines = [
    ...(isAuthentication === null ? ['The error is not known here, so that no cause can be named.'] : []),
    ...(cause === undefined ? [] : [`${HOW_SURE[cause.certainty]}: ${cause.sentence}.`]),
    ...errors.map(({ title, certain, open }) =>
      `The error: ${title}. ${certain} ${open === 'Nothing.' ? '' : `It leaves open: ${lowerFirst(open)}`}`.trim(),
    ),
    ...(codes.length === 0 ? [] : [`Codes: ${codes.join(', ')}.`]),
    ...namedIn(named),
    ...listed('What speaks for it', cause?.evidenceFor ?? []),
    ...listed('What speaks against it', cause?.evidenceAgainst ?? []),
    ...(cause === undefined || cause.look === '' ? [] : [`Where to look: ${cause.look}`]),
    'What to do:',
    ...remedy.split('\n').map((line) => `  ${line}`),
    ...listed(
      'It may also be',
      others.map(
        ({ certainty, sentence, look }) => `${sentence} (${certainty})${look === '' ? '' : `. Where to look: ${look}`}`,
      ),
    ),
    ...listed(
      'Ruled out',
      ruledOut.map(({ title, why }) => `${title}: ${why}`),
    ),
    ...listed(
      'Not looked at',
      couldNotLookAt.map(({ what, permission }) => (permission === null ? what : `${what} (needs ${permission})`)),
    ),
    ...(cause === undefined ? [] : [`More: ${cause.source}`]),
    ...(isAuthentication === false && cause === undefined ? [] : [BASIS[basis]]),
    ...(clipped ? ['The text was too long to be read whole: only its beginning was looked at.'] : []),
  ];
  return lines.map(safeText).join('\n');
}

function namedIn({ activity, applicationIds, principalIds, tenantIds, hosts }: Diagnosis['named']): readonly string[] {
  const parts = [
    ...(activity === null ? [] : [`activity “${activity}”`]),
    ...applicationIds.map((id) => `application ${id}`),
    ...principalIds.map((id) => `principal ${id}`),
    ...tenantIds.map((id) => `tenant ${id}`),
    ...hosts,
  ];
  return parts.length === 0 ? [] : [`It names ${parts.join(', ')}.`];
}

function listed(title: string, entries: readonly string[]): readonly string[] {
  return entries.length === 0 ? [] : [`${title}:`, ...entries.map((entry) => `  - ${entry}`)];
}

function lowerFirst(text: string): string {
  return `${text.charAt(0).toLowerCase()}${text.slice(1)}`;
}
