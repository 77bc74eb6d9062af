import { expect, test } from "vitest";
import { nothingTaken } from "../../../../lib/allocation/allocate.ts";
import { takenIn } from "../../../../lib/allocation/taken.ts";
import { labelsOf } from "../../../../lib/cluster/labels.ts";

const own = labelsOf("serf", "pr-12");
const other = labelsOf("serf", "pr-13");
const container = (labels: Record<string, string>, published: readonly string[]) => ({
  ...{ id: "1", name: "one", isRunning: true, labels, published },
});
const network = (labels: Record<string, string>, ...subnets: readonly string[]) => ({
  ...{ id: "1", name: "one", labels, subnets },
});

test("subnets and ports of others are taken, but not the stack's own", () => {
  const taken = takenIn(
    {
      containers: [
        container(own, ["127.0.0.1:23001/tcp"]),
        container({}, ["0.0.0.0:23002/tcp", ":::23003/udp"]),
      ],
      networks: [
        network(own, "10.83.1.0/24"),
        network(other, "10.83.2.0/24"),
        network({}, "172.17.0.0/16", "fd00::/64"),
      ],
      volumes: [
        { name: "a", labels: { ...own, "serf.ports": "23001,24001" } },
        { name: "b", labels: { ...other, "serf.ports": "23004,24004" } },
        { name: "c", labels: other },
      ],
      host: nothingTaken,
    },
    own,
  );
  expect(taken).toEqual({
    subnets: ["10.83.2.0/24", "172.17.0.0/16", "fd00::/64"],
    ports: new Set([23002, 23003, 23004, 24004]),
  });
});

test("the host's routes and ports are taken, but not a route that contains the whole pool", () => {
  const nothing = { containers: [], networks: [], volumes: [] };
  const subnets = ["0.0.0.0/0", "10.0.0.0/8", "10.83.0.0/16", "10.83.7.0/24"];
  const host = { subnets, ports: new Set([22]) };
  expect(takenIn({ ...nothing, host }, own)).toEqual({
    subnets: ["10.83.7.0/24"],
    ports: new Set([22]),
  });
});
