import { expect, test } from "vitest";
import { containerMounts } from "../../../../live/support/hosts/mounts.ts";

test("the mounts of containers are overlays and network namespaces, except for the root", () => {
  const lines = [
    "22 1 0:21 / / rw,relatime shared:1 - overlay overlay rw,lowerdir=/l",
    "23 22 0:22 / /proc rw,nosuid - proc proc rw",
    "90 22 0:44 / /var/lib/docker/overlay2/1f/merged rw,relatime shared:50 master:1 - overlay overlay rw",
    "91 22 0:45 / /srv/my\\040data/merged rw,relatime - overlay overlay rw",
    "92 22 0:4 net:[4026532279] /run/docker/netns/5e rw shared:60 - nsfs nsfs rw",
    "93 22 0:46 / /var/lib/docker/containers/1f/mounts/shm rw - tmpfs shm rw",
  ];
  expect(containerMounts(`${lines.join("\n")}\n`)).toEqual([
    "/var/lib/docker/overlay2/1f/merged",
    "/srv/my data/merged",
    "/run/docker/netns/5e",
  ]);
});
