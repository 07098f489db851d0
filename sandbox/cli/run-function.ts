import { request } from 'node:http';

/**
 * Runs a timer or queue function of the local host now and waits for its end.
 * @throws Error with the message of the function, where it failed.
 */
export function runFunction(hostUrl: string, name: string, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    // Not fetch: it gives up when an answer takes five minutes, and an audit may take longer.
    const call = request(
      `${hostUrl}/admin/functions/${name}`,
      { method: 'POST', headers: { 'content-type': 'application/json', 'x-sandbox-wait': 'true' }, signal },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString();
          if (response.statusCode === 200) {
            resolve();
          } else {
            reject(new Error(`${name} did not finish: ${messageOf(text) ?? `HTTP ${response.statusCode}`}`));
          }
        });
      },
    );
    call.on('error', (cause) => {
      reject(new Error(`${name} did not finish: the local host is gone (${cause.message}).`, { cause }));
    });
    call.end('{"input":""}');
  });
}

function messageOf(text: string): string | undefined {
  if (!text.startsWith('{')) {
    return undefined;
  }
  return (JSON.parse(text) as { readonly message?: string }).message;
}
