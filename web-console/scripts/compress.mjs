// Leaves a Brotli form beside every built file that gains by it: the server hands out what is there and compresses nothing.
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants } from "node:zlib";

const folder = new URL("../dist/", import.meta.url).pathname;
const compress = promisify(brotliCompress);

const names = await readdir(folder, { recursive: true });
const texts = names.filter((name) => /\.(html|js|css|svg|json|ttf)$/.test(name));
await Promise.all(
  texts.map(async (name) => {
    const plain = await readFile(join(folder, name));
    const packed = await compress(plain, {
      params: { [constants.BROTLI_PARAM_QUALITY]: 9, [constants.BROTLI_PARAM_SIZE_HINT]: plain.length },
    });
    if (packed.length < plain.length * 0.9) await writeFile(join(folder, `${name}.br`), packed);
  }),
);
