/** Directs requests to one of several engines. */
import { AsyncLocalStorage } from "node:async_hooks";
import { type EngineHost, engineEnvironment } from "./host.ts";

/** An engine of a stack that has several. */
export interface NamedEngine extends EngineHost {
  /** Its name in the setting `engines`. */
  readonly name: string;
}

const scope = new AsyncLocalStorage<NamedEngine>();

/** The engine to which the current work is directed; undefined if it is the one of this process. */
export function currentEngine(): NamedEngine | undefined {
  return scope.getStore();
}

/** The environment that selects the current engine, for this process's requests and for docker clients. */
export function currentEnvironment(): NodeJS.ProcessEnv {
  const engine = scope.getStore();
  return engine === undefined ? process.env : { ...process.env, ...engineEnvironment(engine) };
}

/**
 * Directs all requests of some work to an engine, and those of the docker clients that it starts.
 *
 * @param engine undefined: the engine of this process.
 */
export function onEngine<T>(engine: NamedEngine | undefined, work: () => T): T {
  return engine === undefined ? scope.exit(work) : scope.run(engine, work);
}

/**
 * Does the work on each engine of a stack at the same time.
 *
 * @param engines empty: the engine of this process.
 * @returns the results, in the order of the engines.
 */
export function onEach<T>(engines: readonly NamedEngine[], work: () => Promise<T>): Promise<T[]> {
  const places = engines.length === 0 ? [undefined] : engines;
  return Promise.all(places.map((engine) => onEngine(engine, work)));
}

/** The engines that are not listed any more, under another name neither. */
export function takenOut(
  earlier: readonly NamedEngine[],
  engines: readonly NamedEngine[],
): NamedEngine[] {
  return earlier.filter(
    ({ name, host }) => !engines.some((one) => one.name === name || one.host === host),
  );
}
