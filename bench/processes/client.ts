/** Asks one address many times, over connections that are kept. */
import { Agent, request } from 'node:http';
import { answerParent } from '../answer-parent';

export interface ClientQuestion {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Any other answer is an error. */
  readonly status: number;
  readonly requests: number;
  /** At a time. */
  readonly concurrency: number;
}

export interface ClientRun {
  readonly milliseconds: number;
  /** Of each request, in no order. */
  readonly latencies: readonly number[];
  /** Of the last answer. */
  readonly bytes: number;
  readonly etag: string | undefined;
}

const agents = new Map<number, Agent>();

async function run({ concurrency, requests, ...one }: ClientQuestion): Promise<ClientRun> {
  const agent = agents.get(concurrency) ?? new Agent({ keepAlive: true, maxSockets: concurrency });
  agents.set(concurrency, agent);
  const latencies: number[] = [];
  let left = requests;
  let last: Answer = { bytes: 0, etag: undefined };
  const worker = async () => {
    while (left > 0) {
      left -= 1;
      const askedAt = performance.now();
      last = await ask(agent, one);
      latencies.push(performance.now() - askedAt);
    }
  };
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: concurrency }, worker));
  return { milliseconds: performance.now() - startedAt, latencies, ...last };
}

type Answer = Pick<ClientRun, 'bytes' | 'etag'>;

function ask(
  agent: Agent,
  { url, headers, status }: Pick<ClientQuestion, 'url' | 'headers' | 'status'>,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const call = request(url, { agent, headers }, (response) => {
      let bytes = 0;
      response.on('data', (chunk: Buffer) => (bytes += chunk.length));
      response.on('error', reject);
      response.on('end', () => {
        if (response.statusCode === status) {
          resolve({ bytes, etag: response.headers.etag });
        } else {
          reject(new Error(`${url} answered ${response.statusCode}, not ${status}.`));
        }
      });
    });
    call.on('error', reject);
    call.end();
  });
}

export const answers = { run };
answerParent(answers);
