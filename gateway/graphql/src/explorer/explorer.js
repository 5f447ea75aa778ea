"use strict";
// Queries and mutations go by POST, subscriptions by graphql-transport-ws. The token stays in this page's memory.

const find = (id) => document.getElementById(id);
const SHOWN_EVENTS = 100;
let socket = null;
let running = null;

function show(text) { find("result").textContent = text; }

function state(text, busy) {
  find("state").textContent = text;
  find("stop").disabled = !busy;
}

function token() { return find("token").value.trim(); }

function request(extra) {
  const text = find("variables").value.trim();
  return { query: find("query").value, variables: text === "" ? {} : JSON.parse(text), ...extra };
}

async function post(body, signal) {
  const headers = { "content-type": "application/json", accept: "application/json" };
  if (token() !== "") headers.authorization = `Bearer ${token()}`;
  const answer = await fetch("/graphql", { method: "POST", headers, body: JSON.stringify(body), signal });
  return { status: answer.status, operation: answer.headers.get("x-operation-id"), json: await answer.json() };
}

function subscribe(body) {
  const events = [];
  socket = new WebSocket(new URL("/graphql", location.href).href.replace(/^http/, "ws"), "graphql-transport-ws");
  const own = socket;
  const send = (message) => own.send(JSON.stringify(message));
  own.onopen = () => send({ type: "connection_init", payload: token() === "" ? {} : { token: token() } });
  own.onmessage = ({ data }) => {
    const message = JSON.parse(data);
    if (message.type === "connection_ack") {
      send({ id: "1", type: "subscribe", payload: body });
      state("listening", true);
    } else if (message.type === "ping") {
      send({ type: "pong" });
    } else if (message.type === "next" || message.type === "error") {
      events.unshift(JSON.stringify(message.payload, null, 2));
      events.length = Math.min(events.length, SHOWN_EVENTS);
      show(events.join("\n\n"));
    }
    if (message.type === "complete" || message.type === "error") own.close(1000);
  };
  own.onclose = ({ code, reason }) => state(`closed: ${code} ${reason}`.trim(), false);
}

function stop() {
  if (socket !== null) socket.close(1000);
  if (running !== null) running.abort();
  socket = null;
  running = null;
}

async function run() {
  stop();
  show("");
  try {
    const body = request();
    const text = body.query.replace(/#[^\n\r]*/g, "").trimStart();
    if (text.startsWith("subscription")) {
      state("connecting", true);
      subscribe(body);
      return;
    }
    running = new AbortController();
    state("running", true);
    const started = performance.now();
    const { status, operation, json } = await post(body, running.signal);
    show(JSON.stringify(json, null, 2));
    state(`${status} in ${Math.round(performance.now() - started)} ms, operation ${operation}`, false);
  } catch (error) {
    state(String(error), false);
  }
}

const SCHEMA = `{ __schema { types { name kind description
  fields { name description args { name type { ...T } } type { ...T } }
  inputFields { name description type { ...T } } enumValues { name description } possibleTypes { name } } } }
  fragment T on __Type { name kind ofType { name kind ofType { name kind ofType { name kind ofType { name } } } } }`;

function typeText(type) {
  if (type === null || type === undefined) return "";
  if (type.kind === "NON_NULL") return `${typeText(type.ofType)}!`;
  if (type.kind === "LIST") return `[${typeText(type.ofType)}]`;
  return type.name;
}

function element(name, text) {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}

function member(one) {
  const args = (one.args ?? []).map((arg) => `${arg.name}: ${typeText(arg.type)}`).join(", ");
  const line = element("p", one.name + (args === "" ? "" : `(${args})`) + (one.type ? `: ${typeText(one.type)}` : ""));
  if (one.description) line.append(element("small", one.description));
  return line;
}

async function schema() {
  const { json } = await post({ query: SCHEMA });
  const types = (json.data?.__schema?.types ?? []).filter((type) => !type.name.startsWith("__"));
  const roots = ["Query", "Mutation", "Subscription"];
  const rank = (type) => (roots.includes(type.name) ? roots.indexOf(type.name) : roots.length);
  types.sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name));
  const draw = () => {
    const wanted = find("filter").value.trim().toLowerCase();
    find("types").replaceChildren(...types.flatMap((type) => {
      const all = [...(type.fields ?? []), ...(type.inputFields ?? []), ...(type.enumValues ?? []), ...(type.possibleTypes ?? [])];
      const fits = (one) => one.name.toLowerCase().includes(wanted);
      if (!fits(type) && !all.some(fits)) return [];
      const box = document.createElement("details");
      box.open = wanted !== "" || type.name === "Query";
      box.append(element("summary", `${type.name} (${type.kind.toLowerCase().replace("_", " ")})`));
      if (type.description) box.append(element("small", type.description));
      box.append(...(fits(type) ? all : all.filter(fits)).map(member));
      return [box];
    }));
    if (types.length === 0) find("types").textContent = "introspection is switched off";
  };
  find("filter").addEventListener("input", draw);
  draw();
}

find("run").addEventListener("click", run);
find("stop").addEventListener("click", stop);
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    run();
  }
});
schema().catch(() => { find("types").textContent = "the schema cannot be read"; });
