// A call as the application's own server would make it, in the name of whoever is signed in.
import { reasonHeader } from "~/app/reason";
import { session } from "~/app/session";
import { freshId } from "~/lib/fresh";

export interface Answer {
  status: number;
  milliseconds: number;
  /** `errCode` of the envelope; null when there is none. */
  code: number | null;
  /** The answer, indented when it is JSON. */
  text: string;
}

/** What a call is at the GraphQL door. */
export interface Translation {
  query: string;
  variables: Record<string, unknown>;
}

function post(path: string, body: string, more: Record<string, string>): Promise<Response> {
  const token = session()?.token;
  return fetch(path, {
    method: "POST",
    headers: { "content-type": "application/json", operationID: freshId(), ...(token && { token }), ...more },
    body,
  });
}

/** Makes the call. */
export async function call(path: string, body: string, reason = ""): Promise<Answer> {
  const header = reasonHeader(reason);
  const started = performance.now();
  const response = await post(path, body, header ? { "audit-reason": header } : {});
  const text = await response.text();
  return { status: response.status, milliseconds: Math.round(performance.now() - started), ...read(text) };
}

/** Asks what the call is in GraphQL; nothing is done. A body that would be refused is refused. */
export async function translate(path: string, body: string): Promise<Translation | Answer> {
  const started = performance.now();
  const response = await post(path, body, { translate: "graphql" });
  const text = await response.text();
  const answer = { status: response.status, milliseconds: Math.round(performance.now() - started), ...read(text) };
  if (answer.code !== 0) return answer;
  const { data } = JSON.parse(text);
  return { query: data.query, variables: data.variables };
}

function read(text: string): Pick<Answer, "code" | "text"> {
  try {
    const envelope = JSON.parse(text);
    // Numbers of 64 bits would lose digits on the way through JavaScript: such an answer is shown as it came.
    const shown = /\d{16}/.test(text) ? text : JSON.stringify(envelope, null, 2);
    return { code: typeof envelope?.errCode === "number" ? envelope.errCode : null, text: shown };
  } catch {
    return { code: null, text };
  }
}
