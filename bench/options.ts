import { parseArgs } from "node:util";
import { type Profile, profiles } from "../lib/agents/config.ts";
import { UserError } from "../lib/host/errors.ts";
import { type ContenderName, contenderNames } from "./support/result.ts";

/** The options of `npm run bench`. */
export interface BenchOptions {
  /** The numbers of joiners. */
  readonly sizes: readonly number[];
  readonly rounds: number;
  /** The folder for the results. */
  readonly out: string;
  /** The contenders to measure. Default: all. */
  readonly contenders: readonly ContenderName[];
  /** How many containers the limit creates at once; undefined to find the best number. */
  readonly parallelism: number | undefined;
  /** The agents' timing profile. Default: lan. */
  readonly profile: Profile;
  /** A results.json to render again, without measuring. */
  readonly render: string | undefined;
}

/** The most joiners that fit into the bench's subnet. */
const mostJoiners = 220;

/**
 * Reads the command line.
 *
 * @throws UserError for an invalid argument, with what is allowed.
 */
export function parseOptions(args: readonly string[]): BenchOptions {
  let values;
  try {
    ({ values } = parseArgs({
      args: [...args],
      options: {
        large: { type: "boolean", default: false },
        rounds: { type: "string", default: "3" },
        only: { type: "string" },
        contender: { type: "string", multiple: true },
        out: { type: "string", default: "bench/results" },
        parallelism: { type: "string" },
        profile: { type: "string", default: "lan" },
        render: { type: "string" },
      },
    }));
  } catch (error) {
    throw new UserError(
      `${(error as Error).message.replace(/\.?$/, ".")} The options are --large, --rounds R, ` +
        "--only N,N…, --contender NAME, --out DIR, --parallelism P, --profile P and --render FILE.",
    );
  }
  const { large, rounds, only, contender, out, parallelism, profile, render } = values;
  const usual = [3, 20, 100, ...(large ? [200] : [])];
  return {
    sizes:
      only === undefined ? usual : only.split(",").map((text) => count("only", text, mostJoiners)),
    rounds: count("rounds", rounds, 100),
    contenders:
      contender?.map((text) => oneOf("contender", text, contenderNames)) ?? contenderNames,
    out,
    profile: oneOf("profile", profile, profiles),
    parallelism: parallelism === undefined ? undefined : count("parallelism", parallelism, 64),
    render,
  };
}

function oneOf<T extends string>(option: string, text: string, values: readonly T[]): T {
  const value = values.find((one) => one === text);
  if (value !== undefined) return value;
  const allowed = values.map((one) => JSON.stringify(one)).join(", ");
  throw new UserError(`--${option} is ${JSON.stringify(text)}, allowed is ${allowed}.`);
}

function count(option: string, text: string, most: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : 0;
  if (value >= 1 && value <= most) return value;
  throw new UserError(`--${option} is ${JSON.stringify(text)}, allowed is 1 to ${most}.`);
}
