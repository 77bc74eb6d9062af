/** The registry from which the nodes of a Swarm pull the image. */
export interface Registry {
  /** The repository, for example `registry.example:5000/team/serf`. */
  readonly repository: string;
  /** Its host with the port; with `http://` before it if it has no TLS. */
  readonly address: string;
  readonly user: string | undefined;
  /** A secret. */
  readonly password: string | undefined;
}

/** The settings of a registry. */
interface RegistrySettings {
  readonly registry: string | undefined;
  readonly registryUser: string | undefined;
  readonly registryPassword: string | undefined;
  readonly registryInsecure: boolean;
}

/** The registry of a configuration that the rules for services have accepted. */
export function registryOf(settings: RegistrySettings): Registry {
  const { registry: repository = "", registryUser: user, registryPassword: password } = settings;
  return {
    ...{ repository, user, password },
    address: `${settings.registryInsecure ? "http://" : ""}${repository.split("/")[0]!}`,
  };
}

/** The name in the registry of an image of this engine. */
export function inRegistry({ repository }: Registry, image: string): string {
  return `${repository}:${image.slice(image.lastIndexOf(":") + 1)}`;
}

export const allowedRepositories =
  "a repository with its registry's host and without a tag, for example registry.example:5000/team/serf";

/** Whether a text is one of the {@link allowedRepositories}. */
export function isRepository(text: string): boolean {
  const host = /^(localhost|[a-z0-9-]+(\.[a-z0-9-]+)+)(:\d+)?$|^[a-z0-9-]+:\d+$/;
  const [address = "", ...path] = text.split("/");
  return (
    host.test(address) &&
    path.length > 0 &&
    path.every((part) => /^[a-z0-9]+([._-]+[a-z0-9]+)*$/.test(part))
  );
}
