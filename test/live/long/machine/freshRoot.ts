import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../../../../lib/host/run.ts";
import { obstacleToPackages, withLists } from "../../../../setup/tools/debian.ts";

/** Why a fresh root cannot be created here; undefined when it can. */
export async function obstacleToRoots(): Promise<string | undefined> {
  const obstacle = obstacleToPackages();
  if (obstacle !== undefined) return `debootstrap ${obstacle}`;
  try {
    await run("unshare", [...isolation, "true"]);
    return undefined;
  } catch (error) {
    return `this root is not allowed to use namespaces: ${(error as Error).message}`;
  }
}

/** Mounts, names and processes in a root end with the command that created them. */
const isolation = ["--mount", "--uts", "--ipc", "--pid", "--fork", "--kill-child"];

const authorities = "usr/local/share/ca-certificates";

/** The system files of a minimal Debian 12 with only its package manager. */
export class FreshRoot {
  readonly #folder = mkdtempSync(join(tmpdir(), "serf-root-"));
  /** Accessible for users other than root. The parent folder keeps the host's users out. */
  readonly dir = join(this.#folder, "root");

  private constructor() {}

  /** Creates one with debootstrap, which is downloaded if it is not installed. */
  static async make(): Promise<FreshRoot> {
    const root = new FreshRoot();
    try {
      const { program, env } = await debootstrap(root.#folder);
      const args = [...isolation, program, "--variant=minbase", "bookworm", root.dir];
      await run("unshare", args, { env: { ...process.env, ...env }, timeout: 200_000 });
    } catch (error) {
      root.remove();
      throw error;
    }
    // No fsync: the root is temporary, so it need not survive a power failure.
    writeFileSync(join(root.dir, "etc/dpkg/dpkg.cfg.d/unsafe"), "force-unsafe-io\n");
    // A proxy may use its own certificate authority. Trust the same ones as this machine.
    if (existsSync(`/${authorities}`)) {
      cpSync(`/${authorities}`, join(root.dir, authorities), { recursive: true });
    }
    return root;
  }

  async copy(): Promise<FreshRoot> {
    const copy = new FreshRoot();
    await run("cp", ["-a", this.dir, copy.dir], { timeout: 60_000 });
    return copy;
  }

  path(...parts: string[]): string {
    return join(this.dir, ...parts);
  }

  /**
   * Runs shell commands in it as root, with the host's network.
   *
   * @returns the standard output.
   */
  async sh(commands: string, ...args: string[]): Promise<string> {
    const enter = 'mount -t proc proc "$0/proc" && exec chroot "$0" sh -euc "$@"';
    return await run(
      "unshare",
      [...isolation, "sh", "-c", enter, this.dir, commands, "sh", ...args],
      {
        env: { PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", ...network() },
        timeout: 280_000,
      },
    );
  }

  async install(...packages: string[]): Promise<void> {
    await this.sh(
      'apt-get -qq update; DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends "$@"',
      ...packages,
    );
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true });
  }
}

/** @param folder where to unpack it if it is not installed. */
async function debootstrap(folder: string): Promise<{ program: string; env: NodeJS.ProcessEnv }> {
  const program = "usr/sbin/debootstrap";
  if (existsSync(`/${program}`)) return { program: `/${program}`, env: {} };
  const args = ["-c", 'cd "$1" && apt-get download debootstrap', "sh", folder];
  await withLists(() => run("sh", args, { timeout: 60_000 }));
  const archive = readdirSync(folder).find((name) => name.endsWith(".deb"))!;
  await run("dpkg-deb", ["-x", join(folder, archive), folder]);
  const env = { DEBOOTSTRAP_DIR: join(folder, "usr/share/debootstrap") };
  return { program: join(folder, program), env };
}

/** The variables of this process that configure access to the network. */
function network(): NodeJS.ProcessEnv {
  const names = /^(NODE_EXTRA_CA_CERTS|(https?|no)_proxy)$/i;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => names.test(name)));
}
