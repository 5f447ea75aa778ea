import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

// Where `npm run dev` finds a running server; the built console asks the server that it comes from.
const server = process.env.OPENIM_SERVER ?? "http://127.0.0.1:10002";

export default defineConfig({
  base: "/console/",
  plugins: [react()],
  resolve: { alias: { "~": new URL("./src", import.meta.url).pathname } },
  server: {
    host: "127.0.0.1",
    // The explorer has the operations of docs/examples.
    fs: { allow: [".", "../docs/examples"] },
    proxy: {
      "/graphql": { target: server, ws: true },
      "/openapi.json": { target: server },
      "/readyz": { target: server },
    },
  },
  build: {
    target: "es2022",
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 400,
  },
  test: { include: ["src/**/*.test.{ts,tsx}"], environment: "node" },
});
