/**
 * The least that reading can cost: fetches pages and parses them, over connections that are kept, with a token, and
 * does nothing else.
 */
import { Agent, request } from 'node:https';
import { answerParent } from '../answer-parent';
import type { Lane, WireRequest } from '../lanes';

export interface FloorQuestion {
  readonly lanes: readonly Lane[];
  readonly identity: { readonly endpoint: string; readonly header: string };
}

export interface FloorRun {
  readonly milliseconds: number;
  /** Processor time of the whole process, its helper threads included. */
  readonly processorMilliseconds: number;
  readonly requests: number;
  readonly bytes: number;
  readonly peakMemoryBytes: number;
}

const agent = new Agent({ keepAlive: true });

async function run({ lanes, identity }: FloorQuestion): Promise<FloorRun> {
  let requests = 0;
  let bytes = 0;

  const ask = async ({ method, url, body }: WireRequest, headers: Readonly<Record<string, string>>) => {
    const text = await send(method, url, headers, body);
    requests += 1;
    bytes += text.length;
    return JSON.parse(text) as unknown;
  };

  const usedBefore = process.cpuUsage();
  const startedAt = performance.now();
  const audiences = [...new Set(lanes.map(({ audience }) => audience))];
  const tokens = new Map(
    await Promise.all(
      audiences.map(async (audience) => {
        const url = `${identity.endpoint}?api-version=2019-08-01&resource=${encodeURIComponent(audience)}`;
        const answer = await ask({ method: 'GET', url }, { 'x-identity-header': identity.header });
        return [audience, (answer as { readonly access_token: string }).access_token] as const;
      }),
    ),
  );
  await Promise.all(
    lanes.flatMap(({ audience, atATime, requests: all }) => {
      const left = all.values();
      const headers = { authorization: `Bearer ${tokens.get(audience) ?? ''}` };
      const worker = async () => {
        for (const each of left) {
          await ask(each, headers);
        }
      };
      return Array.from({ length: Math.min(atATime, all.length) }, worker);
    }),
  );
  const milliseconds = performance.now() - startedAt;
  const { user, system } = process.cpuUsage(usedBefore);
  agent.destroy();
  return {
    milliseconds,
    processorMilliseconds: (user + system) / 1000,
    requests,
    bytes,
    peakMemoryBytes: process.resourceUsage().maxRSS * 1024,
  };
}

function send(method: string, url: string, headers: Readonly<Record<string, string>>, body: unknown): Promise<string> {
  return new Promise((resolve, reject) => {
    const json = body === undefined ? undefined : JSON.stringify(body);
    const type = json === undefined ? {} : { 'content-type': 'application/json' };
    const call = request(url, { method, agent, headers: { ...headers, ...type } }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        if (response.statusCode === 200) {
          resolve(text);
        } else {
          reject(new Error(`${method} ${url} answered ${response.statusCode}: ${text.slice(0, 200)}`));
        }
      });
    });
    call.on('error', reject);
    call.end(json);
  });
}

export const answers = { run };
answerParent(answers);
