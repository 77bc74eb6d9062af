/** The description of a service's tasks, from which the Pulumi resource is made. */
import {
  agentUser,
  configFile,
  configFolder,
  profileArguments,
  type Profile,
} from "../agents/config.ts";
import { groupLabel, type Labels, roleLabel } from "../cluster/labels.ts";
import type { ContainerLimits } from "../containers/description.ts";
import { constraintsOf } from "./placement.ts";
import type { PlannedService } from "./plan.ts";

/** The file with the token that RPC clients must send, which is a secret of its own. */
export const rpcConfigFile = "rpc.json";

/** The folder for the agent's data, its keyring and its temporary files, in memory. The image has no such folder. */
const ownFolder = "/serf";

/** Where the agent keeps its keyring in {@link ownFolder}; see docker/task. */
export const taskKeyringPath = `${ownFolder}/keyring`;

/**
 * How long Swarm waits for an agent before it kills it, as a duration of the provider. Agents leave within seconds, but
 * the provider's delete of a service fails if one of its containers on the manager is not gone by then, and dozens that
 * end at the same moment keep an engine busy. Less than a minute, since a refresh compares it as a text.
 *
 * Source: https://github.com/kreuzwerker/terraform-provider-docker/blob/master/internal/provider/resource_docker_service_funcs.go
 */
const taskStopGrace = "50s";

/** A file that Swarm puts into a task's container, readable for the agent alone. */
export interface TaskFile {
  readonly fileName: string;
  readonly fileUid: string;
  readonly fileGid: string;
  readonly fileMode: number;
}

/** @param file its name in the folder of configurations. */
export function taskFile(file: string): TaskFile {
  const owner = String(agentUser);
  return { fileName: `${configFolder}/${file}`, fileUid: owner, fileGid: owner, fileMode: 0o400 };
}

/** The group's configuration file. */
export function groupFile({ group }: PlannedService): TaskFile {
  return taskFile(configFile(group));
}

/** What the tasks of all services have in common. */
export interface TaskSettings {
  readonly labels: Labels;
  /** In CIDR notation. */
  readonly subnet: string;
  readonly limits: ContainerLimits;
  readonly profile: Profile;
  /** How many members a change may take down at once; undefined for all. */
  readonly maxUnavailable: number | undefined;
}

/**
 * Describes the containers of a service's tasks.
 *
 * Where Swarm fills in a value that is left out, it is given here: a refresh would find it changed otherwise.
 */
export function describeTask(service: PlannedService, settings: TaskSettings) {
  const { labels, subnet, limits, profile, maxUnavailable } = settings;
  const processors = String(Math.ceil(limits.cpus));
  const changes = {
    ...{ parallelism: maxUnavailable ?? 0, order: "stop-first" },
    ...{ monitor: "10s", maxFailureRatio: "0", delay: "0s" },
  };
  return {
    command: ["/usr/local/bin/task"],
    arguments: [service.group, subnet, processors, ...profileArguments(profile)],
    // The only variable; docker/task says why.
    environment: {
      SERF_TASK: "{{.Task.Name}} {{.Task.Slot}} {{.Node.Hostname}} {{.Task.ID}}",
    },
    labels: { ...labels, [roleLabel]: service.role, [groupLabel]: service.group },
    isRootReadOnly: true,
    droppedCapabilities: ["ALL"],
    folder: { path: ownFolder, mode: 0o777, bytes: 16 * 2 ** 20 },
    stopGrace: taskStopGrace,
    memoryBytes: limits.memory * 2 ** 20,
    nanoCpus: Math.round(limits.cpus * 1e9),
    logDriver: { name: "json-file", options: { "max-size": "5m", "max-file": "3" } },
    constraints: constraintsOf(service),
    healthcheck: healthcheckOf(service, maxUnavailable),
    update: { ...changes, failureAction: "rollback" },
    rollback: { ...changes, failureAction: "pause" },
  };
}

/**
 * How Swarm finds out that a task works. In a rolling update it must see another member before the next task is
 * replaced. The names of unhealthy tasks are not resolved, so the seed need not see anybody: the others would wait for
 * its name while it waits for them. Where all tasks are replaced at once, running a program in each container every
 * few seconds is not worth its processor time.
 */
function healthcheckOf({ role }: PlannedService, maxUnavailable: number | undefined) {
  // Stated as well: the provider would keep a check that is no longer declared.
  if (maxUnavailable === undefined) {
    return { tests: ["NONE"], interval: "0s", timeout: "0s", retries: 0, startPeriod: "0s" };
  }
  const check =
    role === "seed" ? "serf info" : "serf info | grep -q 'members = [2-9]\\|members = 1[0-9]'";
  return {
    tests: ["CMD-SHELL", check],
    interval: "3s",
    timeout: "10s",
    retries: 10,
    startPeriod: "10s",
  };
}
