// A service with the S3 API as a process of its own, over a folder, with the CORS rules that a test gives it.
import { spawn } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { soon, until } from "../../tests/sdk/lib/wait.mjs";

// It lies beside the server.
const binary = join(dirname(process.env.CONSOLE_TESTS_BINARY), "openim-test-s3");

export class S3 {
  #child;
  #ended;
  #folder;
  address;

  static async start() {
    const s3 = new S3();
    s3.#folder = await mkdtemp(join(tmpdir(), "openim-s3-"));
    s3.#child = spawn(binary, [s3.#folder], { stdio: ["pipe", "pipe", "inherit"] });
    s3.#ended = new Promise((resolve) => s3.#child.once("exit", resolve));
    const lines = createInterface({ input: s3.#child.stdout });
    const address = new Promise((resolve, reject) => {
      lines.once("line", resolve);
      s3.#child.once("error", reject);
      s3.#child.once("exit", () => reject(new Error("the S3 service ended")));
    });
    s3.address = await soon("the address of the S3 service", address);
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
  async allow(origin) {
    this.#child.stdin.write(`${origin}\n`);
    const asked = { method: "OPTIONS", headers: { origin, "access-control-request-method": "PUT" } };
    await until("the CORS rules name the page", async () => {
      const answer = await fetch(this.address, asked);
      return answer.headers.get("access-control-allow-origin") === origin;
    });
  }

  /** Returns the bytes of everything that is stored. */
  async objects() {
    const data = join(this.#folder, "bucket", "data");
    const entries = await readdir(data, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile());
    return Promise.all(files.map((file) => readFile(join(file.parentPath ?? file.path, file.name))));
  }

  async stop() {
    this.#child.stdin.end();
    await soon("the S3 service ends", this.#ended);
    await rm(this.#folder, { recursive: true });
  }
}
