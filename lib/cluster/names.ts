import { ownFolder } from "../host/ownFolder.ts";

/** The names of everything that a stack creates on the engine and on the host. */
export interface Names {
  /** The first part of every other name. */
  readonly prefix: string;
  readonly network: string;
  readonly volumes: VolumeNames;
  /** The volume whose labels carry the lease; nothing mounts it. */
  readonly lease: string;
  readonly seed: string;
  /** The member name of the host's agent. */
  readonly host: string;
  /** The folder of the files of the host's agent, relative to the project. */
  readonly hostAgentDir: string;
}

/** The stack names that are valid in Docker and Serf names, for error messages. */
export const allowedStackNames =
  "lower-case letters, digits and dashes, beginning and ending with a letter or a digit, at most 40 characters";

/** Whether the stack's name is {@link allowedStackNames}. */
export function isStackName(stack: string): boolean {
  return /^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$/.test(stack);
}

/**
 * Derives the names. They differ between stacks, so that several stacks can share an engine, and never change
 * during a stack's life, since a member's name is its identity in Serf.
 */
export function namesOf(project: string, stack: string): Names {
  const prefix = `${project}-${stack}`;
  return {
    prefix,
    network: prefix,
    volumes: { config: `${prefix}-config`, data: `${prefix}-data` },
    lease: `${prefix}-lease`,
    seed: `${prefix}-seed`,
    host: `${prefix}-host`,
    hostAgentDir: `${ownFolder}/host/${stack}`,
  };
}

/** The name of a group's joiner. The index starts at 1. */
export function joinerName(prefix: string, group: string, index: number): string {
  return `${prefix}-${group}-${index}`;
}

/** The member name of the agent of an engine's host, where there are several engines. */
export function engineHostName(prefix: string, engine: string): string {
  return `${prefix}-host-${engine}`;
}

/** The volumes on an engine; undefined: on the only one. */
export function volumesOn({ config, data }: VolumeNames, engine: string | undefined): VolumeNames {
  if (engine === undefined) return { config, data };
  return { config: `${config}-${engine}`, data: `${data}-${engine}` };
}

/** The image's name and tag. The tag is known before the build, so that a preview can show it. */
export function imageName(prefix: string, contentHash: string): string {
  return `${prefix}:${contentHash}`;
}

/** The names of a stack's volumes. */
export interface VolumeNames {
  /** Holds the groups' configurations. */
  readonly config: string;
  /** Holds the agents' data, which outlives their containers. */
  readonly data: string;
}

/** The project's name in Pulumi.yaml, the first part of every name and configuration key. */
export const project = "serf";
