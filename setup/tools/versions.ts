/** The versions of what setup provides. Those of Node.js packages stand in package.json. */
export const versions = {
  /** Pulumi's command line with its Node.js language host. */
  pulumi: "3.260.0",
  /** The plugins that belong to @pulumi/docker and @pulumi/command. */
  plugins: { docker: "5.2.0", command: "1.2.1" },
} as const;

/** The oldest Go that compiles the tools; see the `go` lines in setup/go. */
export const oldestGo = "1.26.6";

/** The Go for machines that have none as new, with the checksums of its modules. */
export const goToolchain = {
  version: "1.26.8",
  sums: {
    "linux-amd64": "h1:ZOmGe1OnfREDMIdb1Qi4G9JSuDPBLGExZMQ4nis1RXM=",
    "linux-arm64": "h1:sYL/O6MqS68ML0kjsQ36WoYIpJqkw60TxizWUYUKQMc=",
  },
} as const;
