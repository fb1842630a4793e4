import { defineConfig } from "vite";

export default defineConfig({
  server: {
    port: 5173,
    proxy: {
      "/api": "http://localhost:4000",
      "/admin": { target: "http://localhost:5174", ws: true },
    },
  },
});
