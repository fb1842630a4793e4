// The API behind the front ends: it knows its own paths and answers 404 to
// every other one, as Express does; its sockets are those below /socket.
import { existsSync } from "node:fs";
import { createServer } from "node:http";
import express from "express";
import { WebSocketServer } from "ws";

const app = express();
app.use(express.json());
app.get("/api/users", (req, res) => res.json([{ name: "Ada" }, { name: "Grace" }]));
app.post("/api/users", (req, res) => res.status(201).json({ added: req.body.name }));

const server = createServer(app);
new WebSocketServer({ server, path: "/socket" }).on("connection", (socket) => {
  socket.send("hello from the API");
  socket.on("message", (data) => socket.send(data.toString()));
});
// With $GATE, it is slow to start: it listens when there is a file of that name.
const { GATE, PORT } = process.env;
while (GATE && !existsSync(GATE)) await new Promise((later) => setTimeout(later, 50));
server.listen(PORT, "127.0.0.1");
