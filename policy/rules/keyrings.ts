/** The gossip keys of services, whose containers get them as a file. */
import {
  containerSpecIn,
  listIn,
  mapIn,
  type Placed,
  secretType,
  serviceType,
  unknownValue,
  type Violation,
} from "./rule.ts";

/** The lengths of Serf's keys in bytes. */
export const keyLengths = [16, 24, 32];

/** The file with the gossip keys in a container. */
const keyringFile = "/etc/serf/config/keyring";

/** @param generated the URNs of what generates secrets. */
export function serviceFaults(
  resources: readonly Placed[],
  generated: ReadonlySet<string>,
): Violation[] {
  const secrets = resources.filter(({ type }) => type === secretType);
  const services = resources
    .filter(({ type }) => type === serviceType)
    .map((service) => ({ urn: service.urn, keyrings: keyringsOf(service, secrets) }));
  const without = services.filter(({ keyrings }) => keyrings.length === 0);
  return [
    ...without.map(({ urn }) => ({
      urn,
      message: `taskSpec.containerSpec.secrets has no docker.Secret of this stack as ${keyringFile}.`,
    })),
    ...[...new Set(services.flatMap(({ keyrings }) => keyrings))].flatMap((keyring) => {
      const message = faultOf(keyring, generated);
      return message === undefined ? [] : [{ urn: keyring.urn, message }];
    }),
  ];
}

/** The secret that a service's containers get as their keyring. */
function keyringsOf({ inputs, sources }: Placed, secrets: readonly Placed[]): readonly Placed[] {
  const files = listIn(containerSpecIn(inputs)["secrets"]).map(mapIn);
  const names = files
    .filter(({ fileName }) => fileName === keyringFile)
    .map(({ secretName }) => secretName);
  return secrets.filter(
    ({ urn, inputs: { name } }) => names.includes(name) && sources["taskSpec"]?.includes(urn),
  );
}

function faultOf({ inputs, sources }: Placed, generated: ReadonlySet<string>): string | undefined {
  const { data } = inputs;
  if (data === unknownValue) {
    const isGenerated = (sources["data"] ?? []).some((urn) => generated.has(urn));
    return isGenerated
      ? undefined
      : "data is not known, and nothing that it is made from is secret.";
  }
  const keys = keysIn(Buffer.from(String(data), "base64").toString());
  if (keys.length === 0)
    return "data has no gossip keys, allowed is a list of them in JSON, in base64.";
  const lengths = keys.map((key) => Buffer.from(key, "base64").length);
  const wrong = lengths.find((length) => !keyLengths.includes(length));
  if (wrong === undefined) return undefined;
  return `A key in data has ${wrong} bytes, allowed are ${keyLengths.join(", ")}, in base64.`;
}

/** The keys in a keyring's text; none if it is not one. */
function keysIn(text: string): readonly string[] {
  try {
    const keys: unknown = JSON.parse(text);
    return Array.isArray(keys) && keys.every((key) => typeof key === "string") ? keys : [];
  } catch {
    return [];
  }
}
