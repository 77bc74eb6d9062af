import { expect, test } from "vitest";
import { portsIn, routesIn, tcpListen } from "../../../../lib/allocation/procNet.ts";

const routes = `Iface	Destination	Gateway 	Flags	RefCnt	Use	Metric	Mask		MTU	Window	IRTT
eth0	00000000	010200C0	0003	0	0	0	00000000	0	0	0
docker0	000011AC	00000000	0001	0	0	0	0000FFFF	0	0	0
tun0	0007530A	00000000	0001	0	0	0	00FFFFFF	0	0	0
`;

const sockets = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:59D8 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 3745865 2
   1: 0100007F:8775 0100007F:59D8 01 00000000:00000000 00:00000000 00000000     0        0 3745874 2
   2: 00000000000000000000000001000000:0016 00000000000000000000000000000000:0000 0A 00000000:00000000
`;

test("routes are destinations with prefixes", () => {
  expect(routesIn(routes)).toEqual(["0.0.0.0/0", "172.17.0.0/16", "10.83.7.0/24"]);
  expect(routesIn("")).toEqual([]);
});

test("ports are those of listening sockets, of IPv6 as well, or of all", () => {
  expect(portsIn(sockets, tcpListen)).toEqual([23000, 22]);
  expect(portsIn(sockets)).toEqual([23000, 34677, 22]);
  expect(portsIn("")).toEqual([]);
});
