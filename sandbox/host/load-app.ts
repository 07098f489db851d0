import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { provideCore, type HookName, type ProgrammingModel, type RegisteredFunction } from './core';
import { parseHostSettings, type HostSettings } from './host-settings';
import type { Log } from './log';

export interface App {
  readonly settings: HostSettings;
  readonly functions: readonly RegisteredFunction[];
  readonly model: ProgrammingModel;
  /** Calls what the app registered for a moment of its life, one after the other. */
  runHooks(name: HookName): Promise<void>;
}

/**
 * Loads a built app from its directory: `host.json`, then the module that `main` of its `package.json` names, which
 * registers its functions. Once a process: the app's modules stay loaded.
 * @throws Error whatever the app throws while it is loaded, or a sentence about what is missing.
 */
export async function loadApp(directory: string, log: Log): Promise<App> {
  const settings = parseHostSettings(readText(directory, 'host.json'));
  const { main } = JSON.parse(readText(directory, 'package.json')) as { readonly main?: string };
  if (main === undefined) {
    throw new Error(`${join(directory, 'package.json')} has no "main": the host does not know what to load.`);
  }
  const entry = join(directory, main);
  if (!existsSync(entry)) {
    throw new Error(`${entry} does not exist: build the app first (npm run build).`);
  }
  const registrations = provideCore((level, message) => {
    log(level, 'host', message);
  });
  await import(pathToFileURL(entry).href);
  const { model, functions, hooks } = registrations;
  const runHooks = async (name: HookName) => {
    for (const hook of hooks.filter((each) => each.name === name)) {
      await hook.callback({ hookData: {} });
    }
  };
  if (model === undefined) {
    // An app that cannot start says there why.
    await runHooks('appStart');
    throw new Error(`${entry} registers no function.`);
  }
  // Ends the phase in which the app may call app.setup().
  await model.getCapabilities({});
  return {
    settings,
    model,
    functions,
    runHooks,
  };
}

function readText(directory: string, name: string): string {
  const path = join(directory, name);
  if (!existsSync(path)) {
    throw new Error(`${path} does not exist: --app must name the directory of a Functions app.`);
  }
  return readFileSync(path, 'utf8');
}
