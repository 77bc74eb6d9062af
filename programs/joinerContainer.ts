import { buffer } from "node:stream/consumers";
import { pack } from "tar-stream";
import { agentConfigPath } from "../components/agentConfig.ts";
import { configPermissions, restartPolicy, stopGrace } from "../components/containerSettings.ts";
import { generationLabel, roleLabel, specLabel } from "../components/labels.ts";
import type { JoinerSpec, JoinerTemplate } from "../components/joinerPlan.ts";
import { engine, EngineError, query } from "./engineApi.ts";

/**
 * Makes and starts the container of a joiner.
 *
 * @returns the engine's ID of it.
 * @throws EngineError when the engine refuses; the message names what it refused.
 */
export async function createJoiner(template: JoinerTemplate, joiner: JoinerSpec): Promise<string> {
  const { Id: id } = (await engine({
    method: "POST",
    path: `/containers/create?${query({ name: joiner.name })}`,
    body: {
      Image: template.image,
      Labels: {
        ...template.labels,
        [roleLabel]: "joiner",
        [specLabel]: joiner.spec,
        [generationLabel]: joiner.generation,
      },
      StopTimeout: stopGrace,
      HostConfig: { NetworkMode: template.network, RestartPolicy: { Name: restartPolicy } },
      NetworkingConfig: {
        EndpointsConfig: {
          [template.network]: { IPAMConfig: { IPv4Address: joiner.address } },
        },
      },
    },
  })) as { Id: string };
  await engine({
    method: "PUT",
    path: `/containers/${id}/archive?path=/`,
    body: await archive(agentConfigPath, joiner.config),
  });
  await engine({ method: "POST", path: `/containers/${id}/start` });
  return id;
}

/** A tar archive with one file, which belongs to root. */
async function archive(path: string, content: string): Promise<Buffer> {
  const files = pack();
  files.entry({ name: path.slice(1), mode: configPermissions }, content);
  files.finalize();
  return await buffer(files);
}

/** Stops a container, in which the agent leaves the cluster, and removes it with its volumes. */
export async function removeContainer(id: string): Promise<void> {
  const milliseconds = (stopGrace + 30) * 1000;
  for (const [method, path] of [
    ["POST", `/containers/${id}/stop?t=${stopGrace}`],
    ["DELETE", `/containers/${id}?force=1&v=1`],
  ] as const) {
    try {
      await engine({ method, path, timeout: milliseconds });
    } catch (error) {
      // Somebody else has removed it, or is just doing so.
      const isGone = error instanceof EngineError && [404, 409].includes(error.status ?? 0);
      if (!isGone) throw error;
    }
  }
}
