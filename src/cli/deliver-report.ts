import { statSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { render } from '../report/render';
import type { ShownReport } from '../report/shown-report';
import { renderText, SUMMARY, type Extent } from '../report/text';
import { CannotRunError } from './cannot-run';
import type { Options } from './options';
import { createPaint } from './paint';
import { withoutPipelineCommands } from './pipeline-commands';

/**
 * Writes the report to its file and a summary to standard output, or the report to standard output.
 * @throws CannotRunError where the file cannot be written
 */
export async function deliverReport(report: ShownReport, { format, output, quiet }: Options): Promise<void> {
  if (output === undefined) {
    await print(format === 'text' ? asText(report) : await render(report, format));
    return;
  }
  const text = await render(report, format);
  try {
    await writeFile(output, withLineEnd(text));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new CannotRunError(`--output ${output}: it cannot be written: ${reason}.`, { cause });
  }
  if (!quiet) {
    await print(asText(report, SUMMARY));
  }
}

/** For the terminal, or the log of a pipeline. */
function asText(report: ShownReport, extent?: Extent): string {
  return withoutPipelineCommands(renderText(report, createPaint(process.stdout, process.env), extent));
}

/** @throws CannotRunError before anything is read for a report that could not be written */
export function checkOutput({ output }: Options): void {
  if (output === undefined) {
    return;
  }
  if (statSync(dirname(output), { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new CannotRunError(`--output ${output}: the directory ${dirname(output)} does not exist.`);
  }
  if (statSync(output, { throwIfNoEntry: false })?.isDirectory() === true) {
    throw new CannotRunError(`--output ${output}: it is a directory.`);
  }
}

function withLineEnd(text: string): string {
  return text.endsWith('\n') ? text : `${text}\n`;
}

/** Resolves when it is written, or nobody reads any more. */
export function print(text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(withLineEnd(text), (error) => {
      if (error && (error as NodeJS.ErrnoException).code !== 'EPIPE') {
        reject(error);
      } else {
        resolve();
      }
    });
  });
}
