// A service with the S3 API as a process of its own, over a folder, with the CORS rules that a test gives it.
import { spawn } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";

// It lies beside the server.
const binary = join(dirname(process.env.CONSOLE_TESTS_BINARY), "openim-test-s3");

export class S3 {
  #child;
  #folder;
  address;

  static async start() {
    const s3 = new S3();
    s3.#folder = await mkdtemp(join(tmpdir(), "openim-s3-"));
    s3.#child = spawn(binary, [s3.#folder], { stdio: ["pipe", "pipe", "inherit"] });
    const lines = createInterface({ input: s3.#child.stdout });
    s3.address = await new Promise((resolve, reject) => {
      lines.once("line", resolve);
      s3.#child.once("error", reject);
      s3.#child.once("exit", () => reject(new Error("the S3 service ended")));
    });
    return s3;
  }

  /** How a server finds it. */
  get settings() {
    return {
      OBJECTS__ENGINE: "s3",
      OBJECTS__S3_ENDPOINT: this.address,
      OBJECTS__S3_BUCKET: "bucket",
      OBJECTS__S3_ACCESS_KEY: "id",
      OBJECTS__S3_SECRET_KEY: "key",
    };
  }

  /** Lets pages of an origin send and read, as CORS rules of the bucket do. */
  allow(origin) {
    this.#child.stdin.write(`${origin}\n`);
  }

  /** Returns the bytes of everything that is stored. */
  async objects() {
    const data = join(this.#folder, "bucket", "data");
    const entries = await readdir(data, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile());
    return Promise.all(files.map((file) => readFile(join(file.parentPath ?? file.path, file.name))));
  }

  async stop() {
    const ended = new Promise((resolve) => this.#child.once("exit", resolve));
    this.#child.stdin.end();
    await ended;
    await rm(this.#folder, { recursive: true });
  }
}
