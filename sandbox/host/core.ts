/**
 * The module `@azure/functions-core`, which in Azure the Node.js worker provides: through it `@azure/functions` says
 * which functions an app has, and makes requests, contexts and answers for them.
 */
import Module from 'node:module';

export type LogLevel = 'trace' | 'debug' | 'information' | 'warning' | 'error' | 'critical' | 'none';

/** A value as host and worker exchange it: exactly one of the members is set. */
export interface TypedData {
  readonly string?: string;
  readonly json?: string;
  readonly bytes?: Uint8Array;
  readonly int?: number;
  readonly double?: number;
  readonly http?: HttpData;
}

export interface HttpData {
  readonly method?: string;
  readonly url?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: TypedData;
  readonly statusCode?: string;
  readonly cookies?: readonly unknown[];
}

export interface Binding {
  readonly type: string;
  readonly direction: 'in' | 'out';
  readonly [property: string]: unknown;
}

/** A retry policy; intervals come in whole seconds. */
export interface RetryOptions {
  readonly retryStrategy: 'fixedDelay' | 'exponentialBackoff';
  /** -1: without end. */
  readonly maxRetryCount: number;
  readonly delayInterval?: { readonly seconds: number };
  readonly minimumInterval?: { readonly seconds: number };
  readonly maximumInterval?: { readonly seconds: number };
}

export interface RetryContext {
  readonly retryCount: number;
  readonly maxRetryCount: number;
  readonly exception?: { readonly message: string };
}

export interface FunctionMetadata {
  readonly name: string;
  readonly bindings: Readonly<Record<string, Binding>>;
  readonly retryOptions?: RetryOptions;
}

export interface RegisteredFunction extends FunctionMetadata {
  /** Name and description of the one binding that starts the function. */
  readonly trigger: Binding & { readonly name: string };
  readonly callback: (...inputs: unknown[]) => unknown;
}

export interface InvocationRequest {
  readonly inputData: readonly { readonly name: string; readonly data: TypedData }[];
  readonly triggerMetadata?: Readonly<Record<string, TypedData>>;
  readonly retryContext?: RetryContext;
}

export interface InvocationResponse {
  readonly returnValue?: TypedData | null;
  readonly outputData: readonly { readonly name: string; readonly data: TypedData }[];
}

/** What `@azure/functions` hands over when it is loaded. */
export interface ProgrammingModel {
  readonly name: string;
  readonly version: string;
  getCapabilities(capabilities: Record<string, string>): Promise<Record<string, string>>;
  getInvocationModel(context: {
    readonly invocationId: string;
    readonly metadata: FunctionMetadata;
    readonly request: InvocationRequest;
    readonly state: string;
    log(level: LogLevel, category: string, message: string): void;
  }): InvocationModel;
}

interface InvocationModel {
  getArguments(): Promise<{ readonly context: unknown; readonly inputs: unknown[] }>;
  invokeFunction(context: unknown, inputs: unknown[], callback: RegisteredFunction['callback']): Promise<unknown>;
  getResponse(context: unknown, result: unknown): Promise<InvocationResponse>;
}

/** The hooks of an app's life. Hooks around single invocations are not known here. */
const HOOKS = ['appStart', 'appTerminate'] as const;
export type HookName = (typeof HOOKS)[number];

/** What an app registered while it was loaded. */
export interface Registrations {
  readonly functions: RegisteredFunction[];
  readonly hooks: { readonly name: HookName; readonly callback: (context: object) => unknown }[];
  model?: ProgrammingModel;
}

/**
 * Answers every later `require('@azure/functions-core')` of this process.
 * @param log receives what the library itself has to say.
 */
export function provideCore(log: (level: LogLevel, message: string) => void): Registrations {
  const registrations: Registrations = { functions: [], hooks: [] };
  const core = {
    version: '4.0.0',
    hostVersion: '4.0.0',
    setProgrammingModel: (model: ProgrammingModel) => {
      registrations.model = model;
    },
    getProgrammingModel: () => registrations.model,
    registerFunction: (metadata: FunctionMetadata, callback: RegisteredFunction['callback']) => {
      if (registrations.functions.some(({ name }) => name.toLowerCase() === metadata.name.toLowerCase())) {
        throw new Error(`Two functions are named "${metadata.name}".`);
      }
      registrations.functions.push({ ...metadata, trigger: triggerOf(metadata), callback });
    },
    registerHook: (name: HookName, callback: (context: object) => unknown) => {
      if (!HOOKS.includes(name)) {
        throw new Error(`The local host does not have the hook "${name}".`);
      }
      const hook = { name, callback };
      registrations.hooks.push(hook);
      return { dispose: () => registrations.hooks.splice(registrations.hooks.indexOf(hook), 1) };
    },
    log: (level: LogLevel, _category: string, message: string) => {
      log(level, message);
    },
  };
  type Load = (this: unknown, request: string, ...rest: unknown[]) => unknown;
  const loader = Module as unknown as { _load: Load };
  const load = loader._load;
  loader._load = function (request, ...rest) {
    return request === '@azure/functions-core' ? core : load.call(this, request, ...rest);
  };
  return registrations;
}

function triggerOf({ name, bindings }: FunctionMetadata): RegisteredFunction['trigger'] {
  for (const [bindingName, binding] of Object.entries(bindings)) {
    if (/trigger$/i.test(binding.type)) {
      return { ...binding, name: bindingName };
    }
  }
  throw new Error(`The function "${name}" has no trigger.`);
}
