/**
 * The Serf releases that the image can be built from, with the checksum of each Go module
 * (`go mod download -json github.com/hashicorp/serf@vX` prints it as `Sum`). The build refuses
 * a module whose checksum differs.
 */
export const serfChecksums: Readonly<Record<string, string>> = {
  "0.11.0": "h1:8PbIr0pQOHs5hpBAkbX0teVLckuLvG3qIZm7hZJO0gc=",
  "0.10.2": "h1:m5IORhuNSjaxeljg5DeQVDlQyVkhRIjJDimbkCa8aAc=",
};

/** The Serf release that is built unless the setting `serfVersion` names another. */
export const defaultSerfVersion = "0.11.0";
