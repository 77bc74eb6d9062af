/** Files of the engine's host in containers. */
import {
  containerSpecIn,
  containerType,
  found,
  inputRule,
  listIn,
  mapIn,
  serviceType,
} from "./rule.ts";

export const mounts = inputRule(
  "no-host-folders",
  "No folder of the engine's host is mounted into a container.",
  {
    [containerType]: (inputs) => [
      ...listIn(inputs["volumes"]).map(
        (volume) =>
          mapIn(volume)["hostPath"] !== undefined &&
          found("volumes.hostPath", mapIn(volume)["hostPath"], "volumes.volumeName"),
      ),
      ...mountFaults("mounts", inputs),
    ],
    [serviceType]: (inputs) =>
      mountFaults("taskSpec.containerSpec.mounts", containerSpecIn(inputs)),
  },
);

/** @param input the name of the mounts. */
function mountFaults(
  input: string,
  { mounts: mounted }: Readonly<Record<string, unknown>>,
): (string | false)[] {
  return listIn(mounted).flatMap((mount) => {
    const { type, source, volumeOptions } = mapIn(mount);
    // Docker's own volume driver mounts the folder that is named by this option.
    const { device } = mapIn(mapIn(volumeOptions)["driverOptions"]);
    return [
      type !== "volume" &&
        type !== "tmpfs" &&
        found(`${input}.source`, source, "type volume or tmpfs"),
      String(device).startsWith("/") &&
        found(`${input}.volumeOptions.driverOptions.device`, device, "no path of a host"),
    ];
  });
}
