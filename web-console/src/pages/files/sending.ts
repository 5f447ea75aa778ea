// Sends a file in parts, several at once, straight to where it is stored, and tells how far it is. The same file under the
// same name goes on where it was interrupted; what was stored before is not sent again.
import { md5 } from "@noble/hashes/legacy.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import type { AnyVariables, Client, OperationResult, OperationResultSource } from "urql";
import { graphql, type ResultOf } from "~/graphql";

const PartBytes = graphql(`query PartBytes($size: Long!) { partBytes(size: $size) }`);

const Start = graphql(`
  mutation StartUpload($name: String!, $size: Long!, $hash: String!, $contentType: String, $cause: String) {
    startUpload(input: { name: $name, size: $size, hash: $hash, contentType: $contentType, cause: $cause }) {
      upload { id uploadedParts { number hash } }
    }
  }
`);

const Sign = graphql(`
  query SignParts($id: ID!, $numbers: [Int!]!) {
    viewer { upload(id: $id) { signedParts(numbers: $numbers) { parts { number url headers { name values } } } } }
  }
`);

const Complete = graphql(`
  mutation CompleteUpload($id: ID!, $hashes: [String!]!) {
    completeUpload(input: { uploadId: $id, partHashes: $hashes }) { file { name } }
  }
`);

type Upload = NonNullable<NonNullable<ResultOf<typeof Sign>["viewer"]>["upload"]>;
type Address = Upload["signedParts"]["parts"][number];

/** How many bytes are read at once; the page lives on in between. */
const CHUNK = 1 << 20;

/** How many parts are on their way at once, and for how many addresses are asked at once. */
const LANES = 3;
const BATCH = 15;

/** How often a part is sent before the file is given up, and how long the first pause in between is, in milliseconds. */
const TRIES = 3;
const PAUSE = 500;

/** How far a file is: first its parts are read, for their hashes, then sent. */
export interface Progress {
  kind: "reading" | "sending";
  /** From 0 to 1. */
  share: number;
}

/** What the file shall be. */
export interface Wish {
  name: string;
  cause: string;
}

/** Nobody answered at the store, or not to this page: a browser does not tell which. */
export class Unanswered extends Error {
  constructor(readonly origin: string) {
    super(`no answer from ${origin}`);
  }
}

/** Sends one file. */
export async function send(
  client: Client,
  file: File,
  wish: Wish,
  told: (progress: Progress) => void,
  stop: AbortSignal,
): Promise<void> {
  const { partBytes } = await asked(client.query(PartBytes, { size: file.size }));
  const hashes = await hashesOf(file, partBytes, (share) => told({ kind: "reading", share }), stop);
  const { startUpload } = await asked(
    client.mutation(Start, {
      name: wish.name,
      size: file.size,
      hash: bytesToHex(md5(utf8ToBytes(hashes.join(",")))),
      contentType: file.type || null,
      cause: wish.cause || null,
    }),
  );
  // Without an upload it was there already.
  if (!startUpload.upload) return;
  const { id, uploadedParts } = startUpload.upload;
  const good = uploadedParts.filter((part) => part.hash === hashes[part.number - 1]);
  const arrived = new Set(good.map((part) => part.number));
  const missing = hashes.map((_, place) => place + 1).filter((number) => !arrived.has(number));
  const part = (number: number) => file.slice((number - 1) * partBytes, number * partBytes);
  const sent = new Map([...arrived].map((number) => [number, part(number).size]));
  for (let start = 0; start < missing.length; start += BATCH) {
    const numbers = missing.slice(start, start + BATCH);
    await inLanes(await addresses(client, id, numbers), stop, (address, stop) =>
      patiently(client, id, address, stop, (address) =>
        put(
          address,
          part(address.number),
          (bytes) => {
            sent.set(address.number, bytes);
            const all = [...sent.values()].reduce((sum, bytes) => sum + bytes, 0);
            told({ kind: "sending", share: all / file.size });
          },
          stop,
        ),
      ),
    );
  }
  await asked(client.mutation(Complete, { id, hashes }));
}

/** Returns the MD5 of each part, in hex. */
export async function hashesOf(
  file: Blob,
  partBytes: number,
  told: (share: number) => void,
  stop: AbortSignal,
): Promise<string[]> {
  const hashes: string[] = [];
  for (let start = 0; start < file.size; start += partBytes) {
    const end = Math.min(start + partBytes, file.size);
    const hash = md5.create();
    for (let at = start; at < end; at += CHUNK) {
      stop.throwIfAborted();
      told(at / file.size);
      hash.update(new Uint8Array(await file.slice(at, Math.min(at + CHUNK, end)).arrayBuffer()));
    }
    hashes.push(bytesToHex(hash.digest()));
  }
  return hashes;
}

/** Does something to all of a list, some at once; the first failure ends the others. */
async function inLanes<Item>(
  items: readonly Item[],
  stop: AbortSignal,
  act: (item: Item, stop: AbortSignal) => Promise<void>,
): Promise<void> {
  const failed = new AbortController();
  const either = AbortSignal.any([stop, failed.signal]);
  const left = [...items];
  const lane = async () => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) {
      either.throwIfAborted();
      await act(item, either);
    }
  };
  const lanes = Array.from({ length: LANES }, () =>
    lane().catch((error) => {
      failed.abort(error);
      throw error;
    }),
  );
  await Promise.all(lanes);
}

/** Tries again after a pause, at a new address: the old one may have ended. */
async function patiently(
  client: Client,
  id: string,
  first: Address,
  stop: AbortSignal,
  act: (address: Address) => Promise<void>,
): Promise<void> {
  let address = first;
  for (let tried = 1; ; tried++) {
    try {
      return await act(address);
    } catch (error) {
      stop.throwIfAborted();
      if (tried === TRIES) throw error;
      await new Promise((resolve) => setTimeout(resolve, PAUSE * 2 ** tried));
      address = (await addresses(client, id, [address.number]))[0] ?? address;
    }
  }
}

async function addresses(client: Client, id: string, numbers: number[]): Promise<Address[]> {
  const { viewer } = await asked(client.query(Sign, { id, numbers }, { requestPolicy: "network-only" }));
  return viewer?.upload?.signedParts.parts ?? [];
}

/** Sends one part; `told` hears how many bytes of it have arrived. */
function put(address: Address, part: Blob, told: (bytes: number) => void, stop: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (stop.aborted) return reject(stop.reason);
    const request = new XMLHttpRequest();
    const give = () => request.abort();
    request.upload.onprogress = (event) => told(event.loaded);
    request.onload = () => {
      if (request.status < 200 || request.status > 299) return reject(new Error(`HTTP ${request.status}`));
      told(part.size);
      resolve();
    };
    request.onerror = () => reject(new Unanswered(new URL(address.url, location.href).origin));
    request.onabort = () => reject(stop.reason);
    request.onloadend = () => stop.removeEventListener("abort", give);
    stop.addEventListener("abort", give);
    request.open("PUT", address.url);
    for (const { name, values } of address.headers) for (const value of values) request.setRequestHeader(name, value);
    request.send(part);
  });
}

/** Waits for an answer; what went wrong is thrown as it is. */
async function asked<Data, Variables extends AnyVariables>(
  answer: OperationResultSource<OperationResult<Data, Variables>>,
): Promise<Data> {
  const { data, error } = await answer.toPromise();
  if (!data || error) throw error ?? new Error("no answer");
  return data;
}

/** Returns the name that a file gets in a folder, without what would lead out of it. */
export function nameIn(folder: string, file: string): string {
  const parts = folder.split("/").filter((part) => part !== "" && part !== "." && part !== "..");
  return [...parts, file.replaceAll("/", "_")].join("/");
}
