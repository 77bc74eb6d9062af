/**
 * The Serf releases that the image can be built from, with the checksum of each Go module, which `go mod download
 * -json github.com/hashicorp/serf@vX` prints as `Sum`. The build fails if a module's checksum differs.
 */
export const serfChecksums: Readonly<Record<string, string>> = {
  "0.11.0": "h1:8PbIr0pQOHs5hpBAkbX0teVLckuLvG3qIZm7hZJO0gc=",
  "0.10.4": "h1:TCQOrJXHZ1Xf80c4WBhMM9OwUFgDaIP0R+YvoQUKadI=",
};

/** Why a release is not in the list although a configuration may name it, as the end of a sentence. */
export const refusedSerf: Readonly<Record<string, string>> = {
  "0.10.2": "0.10.2 lacks the fix for security advisory HCSEC-2026-18, which 0.10.4 has",
};

/** The Serf release that is used unless the setting `serfVersion` names another. */
export const defaultSerfVersion = "0.11.0";
