// server.js is the API of the shop and of its admin.
import express from "express";

const app = express();
const port = process.env.PORT ?? 4000;

app.get("/api/orders", (_, response) => response.json(["tea", "biscuits"]));
app.use("/api", (_, response) => response.status(404).json({ error: "the API knows no such path" }));

app.listen(port, () => console.log(`listens on ${port}`));
