/** Where a Docker engine answers. */
export interface EngineHost {
  /** `unix:///path`, `tcp://host:port` or `ssh://[user@]host[:port]`. */
  readonly host: string;
  /** The folder with `ca.pem`, `cert.pem` and `key.pem` for TLS. Default: no TLS. */
  readonly certPath?: string | undefined;
}

/** What {@link isEngineHost} accepts, as words for an error message. */
export const allowedEngineHosts =
  "unix:///PATH, tcp://HOST:PORT or ssh://[USER@]HOST[:PORT], or empty for what the docker client uses";

export function isEngineHost(text: string): boolean {
  return (
    /^unix:\/\/\/\S+$/.test(text) ||
    /^tcp:\/\/[^\s/@]+:\d{1,5}$/.test(text) ||
    /^ssh:\/\/([^\s/@:-][^\s/@:]*@)?[^\s/@:-][^\s/@:]*(:\d{1,5})?$/.test(text)
  );
}

/** Whether the engine surely runs on this host. */
export function isLocalEngine(host: string | undefined): boolean {
  return host === undefined || host.startsWith("unix:");
}

/** The environment in which a program, and the docker client, talks to this engine and no other. */
export function engineEnvironment({ host, certPath }: EngineHost): Record<string, string> {
  const tls = certPath === undefined ? "" : "1";
  return { DOCKER_HOST: host, DOCKER_TLS_VERIFY: tls, DOCKER_CERT_PATH: certPath ?? "" };
}
