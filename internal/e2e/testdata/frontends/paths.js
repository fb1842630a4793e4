// The server with several paths of the README of ws: who asks for the socket of
// another path is hung up.
import { createServer } from "node:http";
import { WebSocketServer } from "ws";

const own = new WebSocketServer({ noServer: true });
own.on("connection", (socket) => socket.send("hello"));
const server = createServer((req, res) => res.writeHead(404).end());
server.on("upgrade", (request, socket, head) => {
  const { pathname } = new URL(request.url, "wss://base.url");
  if (pathname !== "/own") return socket.destroy();
  own.handleUpgrade(request, socket, head, (ws) => own.emit("connection", ws, request));
});
server.listen(process.env.PORT, "127.0.0.1");
