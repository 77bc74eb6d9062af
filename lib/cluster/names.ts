import { ownFolder } from "../host/ownFolder.ts";

/** The names of everything that a stack makes on an engine and on the host. */
export interface Names {
  /** Begins every other name. */
  readonly prefix: string;
  readonly network: string;
  readonly volumes: VolumeNames;
  readonly seed: string;
  /** The host's agent as a member. */
  readonly host: string;
  /** Where the host's agent keeps its files, relative to the project. */
  readonly hostAgentDir: string;
}

/** What a stack must be called for its names to be valid for Docker and for Serf. */
export const allowedStackNames =
  "lower-case letters, digits and dashes, beginning and ending with a letter or a digit, at most 40 characters";

/** Whether the stack's name is {@link allowedStackNames}. */
export function isStackName(stack: string): boolean {
  return /^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$/.test(stack);
}

/**
 * Derives the names. They differ between stacks, so that two stacks live side by side on one
 * engine, and they never change while a stack lives: a member's name is its identity in Serf.
 */
export function namesOf(project: string, stack: string): Names {
  const prefix = `${project}-${stack}`;
  return {
    prefix,
    network: prefix,
    volumes: { config: `${prefix}-config`, data: `${prefix}-data` },
    seed: `${prefix}-seed`,
    host: `${prefix}-host`,
    hostAgentDir: `${ownFolder}/host/${stack}`,
  };
}

/** The name of the joiner of a group with this index, counted from 1. */
export function joinerName(prefix: string, group: string, index: number): string {
  return `${prefix}-${group}-${index}`;
}

/** The image's name and tag. The tag is known before the build, so a preview can show it. */
export function imageName(prefix: string, contentHash: string): string {
  return `${prefix}:${contentHash}`;
}
/** The names of a stack's volumes. */
export interface VolumeNames {
  /** Holds the groups' configurations. */
  readonly config: string;
  /** Holds what the agents keep, so that it survives their containers. */
  readonly data: string;
}

/** The project's name in Pulumi.yaml, which begins every name and key. */
export const project = "serf";
