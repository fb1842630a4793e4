// socket.io closes the sockets of other paths after a second, without a word.
import { createServer } from "node:http";
import { Server } from "socket.io";

const server = createServer((req, res) => res.writeHead(404).end());
new Server(server);
server.listen(process.env.PORT, "127.0.0.1");
