// The first backend: JSON under /api. It knows nothing of the second one; what it
// answers with 404, devgate asks there.
import express from "express";
import { addUser, allUsers, findUser } from "./lib/users.js";

const app = express();

app.use((req, res, next) => {
  console.log(`${req.method} ${req.originalUrl}`);
  next();
});
// Only for the paths of this server: others are not its business to parse.
app.use("/api", express.json({ limit: "20mb" }));

app.get("/api/users", (req, res) => {
  res.json(allUsers());
});

app.get("/api/users/:id", (req, res) => {
  const user = findUser(Number(req.params.id));
  if (!user) return res.status(404).json({ error: "no such user" });
  res.json(user);
});

app.post("/api/users", (req, res) => {
  if (!req.body?.name) return res.status(400).json({ error: "a user needs a name" });
  res.status(201).json(addUser(req.body.name));
});

const port = process.env.PORT ?? 4001;
const server = app.listen(port, "127.0.0.1", (error) => {
  if (error) throw error;
  console.log(`api listens on http://127.0.0.1:${port}`);
});

process.on("SIGTERM", () => server.close());
