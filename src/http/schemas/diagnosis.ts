import * as z from 'zod';
import type { Answer } from '../../diagnosis/by-report';
import { CAUSES, type CauseId } from '../../diagnosis/causes';
import { describes } from './agreement';
import { named } from './named';
import { subjectKind } from './report';

/** What `POST /api/diagnose` answers. */
interface Diagnosed extends Answer {
  readonly reportRunId: string | null;
}

const causeId = z.enum(Object.keys(CAUSES) as [CauseId, ...CauseId[]]);

const cause = z.object({
  id: causeId,
  certainty: z
    .enum(['certain', 'likely', 'possible'])
    .describe('`possible`: nothing is known that shows it; `look` says where to look.'),
  sentence: z.string().describe('What is the case. Untrusted text.'),
  evidenceFor: z.array(z.string()),
  evidenceAgainst: z.array(z.string()),
  look: z.string(),
  remedy: z.string().describe('Commands and steps, one a line.'),
  source: z.string().describe('Documentation.'),
  about: z
    .object({ key: z.string(), kind: subjectKind, name: z.string() })
    .nullable()
    .describe('What the cause is about; `null`: not known.'),
});

export const diagnosis = named(
  'Diagnosis',
  describes<Diagnosed>()(
    z.object({
      reportRunId: z.string().nullable().describe('The report it goes by; `null`: there is none yet.'),
      answer: z.string().describe('In plain words, lines of text.'),
      fingerprint: z.string().nullable().describe('Of the finding that explains the run; `null`: of a text.'),
      basis: z
        .enum(['inventory', 'report', 'errorAlone'])
        .describe('What it goes by; `errorAlone` is what holds of anybody.'),
      isAuthentication: z.boolean().nullable().describe('`null`: the error is not known.'),
      errors: z.array(
        z.object({ id: z.string(), title: z.string(), certain: z.string(), open: z.string(), source: z.string() }),
      ),
      codes: z.array(z.string()),
      named: z
        .object({
          activity: z.string().nullable(),
          applicationIds: z.array(z.string()),
          principalIds: z.array(z.string()),
          tenantIds: z.array(z.string()),
          hosts: z.array(z.string()),
        })
        .describe('What the error names.'),
      causes: z.array(cause).describe('The likeliest first.'),
      ruledOut: z.array(z.object({ id: causeId, title: z.string(), why: z.string() })),
      couldNotLookAt: z.array(z.object({ what: z.string(), permission: z.string().nullable() })),
      remedy: z.string().describe('Of the first cause.'),
      clipped: z.boolean().describe('The text was longer than what is looked at.'),
    }),
  ),
);
