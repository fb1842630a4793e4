// queue.js is how web and worker speak to Redis.
import { createClient } from "redis";

const url = process.env.REDIS_URL ?? "redis://localhost:6379";

// connect waits until Redis listens: the three start at the same time.
export async function connect() {
  const client = createClient({ url, socket: { reconnectStrategy: 100 } });
  client.on("error", () => {}); // it tries again
  return client.connect();
}
