// Writes src/graphql/env.d.ts: the graph's types, from schema/api.graphql. With --check it only tells whether that is needed.
import { readFile, writeFile } from "node:fs/promises";
import { minifyIntrospection, outputIntrospectionFile } from "@gql.tada/internal";
import { buildSchema, introspectionFromSchema } from "graphql";

const schema = new URL("../../schema/api.graphql", import.meta.url);
const target = new URL("../src/graphql/env.d.ts", import.meta.url);

const built = buildSchema(await readFile(schema, "utf8"));
const introspection = minifyIntrospection(introspectionFromSchema(built, { descriptions: false }), {
  includeScalars: true,
});
const text = outputIntrospectionFile(introspection, { fileType: ".d.ts", shouldPreprocess: true });

if (!process.argv.includes("--check")) {
  await writeFile(target, text);
} else if (text !== (await readFile(target, "utf8").catch(() => ""))) {
  process.stderr.write("src/graphql/env.d.ts is older than schema/api.graphql: run `npm run types`\n");
  process.exit(1);
}
