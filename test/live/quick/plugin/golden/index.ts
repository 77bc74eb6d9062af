import * as pulumi from "@pulumi/pulumi";
import { local } from "@pulumi/command";
const v = new pulumi.Config().get("v") ?? "1";
const two = v !== "1";
const L = (n: string, a: local.CommandArgs, o?: pulumi.CustomResourceOptions) =>
  new local.Command(n, a, o);
L("plain", { create: two ? "echo two" : "echo one; echo err >&2" });
L("create-and-update", {
  create: two ? "echo c2" : "echo c1",
  update: "echo u; echo prev=$PULUMI_COMMAND_STDOUT",
});
L("triggers", { create: "echo t", delete: "echo gone >> log", triggers: [two ? "b" : "a", 7] });
L("delete-only-changed", { create: "echo d", delete: two ? "echo d2 >> log" : "echo d1 >> log" });
L("environment", { create: "echo E=$E", environment: { E: two ? "2" : "1" } });
L("environment-update", {
  create: "echo E=$E",
  update: "echo U=$E",
  environment: { E: two ? "2" : "1" },
});
L("stdin", { create: "cat", stdin: "from stdin\n" });
L("secret-stdin", { create: "cat", stdin: pulumi.secret("hush") });
L("secret-env", { create: "echo $E", environment: { E: pulumi.secret("hush") } });
L("logging-none", { create: "echo quiet", logging: "none" });
L("logging-stderr", { create: "echo out; echo err >&2", logging: "stderr" });
L("dir", { create: "cat a.txt", dir: "files" });
L("interpreter", { create: "console.log(6*7)", interpreter: ["node", "-e"] });
L("no-previous", {
  create: "echo c",
  update: "echo prev=$PULUMI_COMMAND_STDOUT; echo x",
  addPreviousOutputInEnv: false,
  environment: { V: v },
});
L("assets", {
  create: "echo made > made.txt; mkdir -p sub; echo deep > sub/deep.txt",
  assetPaths: ["made.txt"],
  archivePaths: ["sub/**"],
});
L("no-create", { update: "echo only-update", environment: { V: v } });
L("trailing-newlines", { create: "printf 'a\\n\\n'" });
L("json-stdout", { create: "echo '{\"a\":1}'" });
L("additional-secret", { create: "echo key" }, { additionalSecretOutputs: ["stdout"] });
if (v === "fail") {
  L("fails", { create: "echo before; echo why >&2; exit 3" });
  L("fails-delete", { create: "echo x", delete: "exit 4" });
}
