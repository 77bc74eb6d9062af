/**
 * The Serf releases that the image can be built from, with the checksum of each Go module
 * (`go mod download -json github.com/hashicorp/serf@vX` prints it as `Sum`). The build refuses
 * a module whose checksum differs.
 */
export const serfChecksums: Readonly<Record<string, string>> = {
  "0.11.0": "h1:8PbIr0pQOHs5hpBAkbX0teVLckuLvG3qIZm7hZJO0gc=",
  "0.10.4": "h1:TCQOrJXHZ1Xf80c4WBhMM9OwUFgDaIP0R+YvoQUKadI=",
};

/** Why a release that somebody may have configured is not among them, as the end of a sentence. */
export const refusedSerf: Readonly<Record<string, string>> = {
  "0.10.2": "0.10.2 lacks the fix for security advisory HCSEC-2026-18, which 0.10.4 has",
};

/** The Serf release that is built unless the setting `serfVersion` names another. */
export const defaultSerfVersion = "0.11.0";
