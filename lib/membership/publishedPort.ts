import { logsOfEnded } from "../containers/ended.ts";
import { engine } from "../engine/api.ts";

/**
 * The `host:port` at which a container's TCP port is published, like `docker port`. If no port is configured,
 * Docker chooses another one at each start of the container.
 *
 * @throws Error when it is not published, for example because the container is not running.
 */
export async function publishedEndpoint(
  container: string,
  port: number,
  address: string,
): Promise<string> {
  const path = `/containers/${container}/json`;
  const { NetworkSettings } = (await engine({ method: "GET", path })) as {
    readonly NetworkSettings: {
      readonly Ports: Readonly<Record<string, readonly Binding[] | null>> | null;
    };
  };
  const bindings = NetworkSettings.Ports?.[`${port}/tcp`] ?? [];
  const found = bindings.find(({ HostIp }) => HostIp === address) ?? bindings[0];
  if (found === undefined) {
    throw new Error(
      `Port ${port} of ${container} is not published.${await logsOfEnded([container])}`,
    );
  }
  return `${found.HostIp}:${found.HostPort}`;
}

interface Binding {
  readonly HostIp: string;
  readonly HostPort: string;
}
