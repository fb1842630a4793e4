// The second backend: it lets people in and out. The session lives in memory and
// anybody may enter: an example of a cascade, not of security.
import { randomUUID } from "node:crypto";
import express from "express";

const app = express();
const sessions = new Map();

app.use((req, res, next) => {
  console.log(`${req.method} ${req.originalUrl}`);
  next();
});
app.use("/auth", express.json());

function sessionOf(req) {
  const [, id] = /(?:^|; )session=([^;]+)/.exec(req.headers.cookie ?? "") ?? [];
  return { id, name: sessions.get(id) };
}

app.post("/auth/login", (req, res) => {
  if (!req.body?.name) return res.status(400).json({ error: "who are you?" });
  const id = randomUUID();
  sessions.set(id, req.body.name);
  res.cookie("session", id, { httpOnly: true, sameSite: "lax" });
  res.json({ name: req.body.name });
});

app.get("/auth/me", (req, res) => {
  const { name } = sessionOf(req);
  if (!name) return res.status(401).json({ error: "not logged in" });
  res.json({ name });
});

app.post("/auth/logout", (req, res) => {
  sessions.delete(sessionOf(req).id);
  res.clearCookie("session");
  res.status(204).end();
});

const port = process.env.PORT ?? 4002;
const server = app.listen(port, "127.0.0.1", (error) => {
  if (error) throw error;
  console.log(`auth listens on http://127.0.0.1:${port}`);
});

process.on("SIGTERM", () => server.close());
