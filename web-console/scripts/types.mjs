// Writes what the console knows of the graph, from schema/api.graphql: its types, and the names of its mutations. With --check
// it only tells whether that is needed.
import { readFile, writeFile } from "node:fs/promises";
import { minifyIntrospection, outputIntrospectionFile } from "@gql.tada/internal";
import { buildSchema, introspectionFromSchema } from "graphql";

const schema = new URL("../../schema/api.graphql", import.meta.url);
const folder = new URL("../src/graphql/", import.meta.url);

const built = buildSchema(await readFile(schema, "utf8"));
const introspection = minifyIntrospection(introspectionFromSchema(built, { descriptions: false }), {
  includeScalars: true,
});
const mutations = Object.keys(built.getMutationType().getFields())
  .sort()
  .map((name) => `  "${name}",\n`);
const files = {
  "env.d.ts": outputIntrospectionFile(introspection, { fileType: ".d.ts", shouldPreprocess: true }),
  "mutations.ts": `// The mutations of the graph; \`npm run types\` writes them.\nexport const MUTATIONS: string[] = [\n${mutations.join("")}];\n`,
};

for (const [name, text] of Object.entries(files)) {
  const target = new URL(name, folder);
  if (!process.argv.includes("--check")) {
    await writeFile(target, text);
  } else if (text !== (await readFile(target, "utf8").catch(() => ""))) {
    process.stderr.write(`src/graphql/${name} is older than schema/api.graphql: run \`npm run types\`\n`);
    process.exit(1);
  }
}
