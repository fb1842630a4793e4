// What servers do on bad days: `node bad.js HABIT`.
import { createServer } from "node:http";

const habits = {
  crash() {
    throw new Error("the database is not there");
  },
  // It runs and never listens.
  mute() {
    console.log("connecting to the database");
    setInterval(() => {}, 60_000);
  },
  // It prints 10 MB without a newline, and then it serves.
  flood() {
    process.stdout.write("x".repeat(10 << 20), () => {
      createServer((req, res) => res.end("flood")).listen(process.env.PORT, "127.0.0.1");
    });
  },
  // It hears that it shall end, and stays.
  stubborn() {
    process.on("SIGTERM", () => console.log("no"));
    process.on("SIGINT", () => console.log("no"));
    process.on("SIGHUP", () => console.log("no"));
    console.log("here to stay");
    setInterval(() => {}, 60_000);
  },
};
habits[process.argv[2]]();
