#!/usr/bin/env node
// Runs the devgate program that npm has installed beside this package, and stands for
// it: same terminal, same signals, same exit code, and neither outlives the other.
"use strict";
const { spawn } = require("node:child_process");

const name = `@devgate/${process.platform}-${process.arch}`;

function find() {
  const { optionalDependencies: systems } = require("../package.json");
  if (!(name in systems)) {
    fail(`there is no devgate for ${process.platform} ${process.arch}, only for ${Object.keys(systems).map((s) => s.slice("@devgate/".length)).join(", ")}`);
  }
  try {
    return require.resolve(`${name}/bin/devgate`);
  } catch {
    fail(`the package ${name}, which has the program, is not installed
  hint: install devgate again without --omit=optional (--no-optional), and on this system: node_modules of another one has another program`);
  }
}

function fail(words) {
  console.error(`devgate: ${words}`);
  process.exit(1);
}

// File 3 ends with this process, also when it is killed: then devgate ends as well.
const child = spawn(find(), process.argv.slice(2), {
  stdio: ["inherit", "inherit", "inherit", "pipe"],
  env: { ...process.env, DEVGATE_LAUNCHER: "1" },
});
child.on("error", (err) => fail(err.message));

// A terminal sends its signals to devgate, too; devgate knows that these are the same.
const signals = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"];
let asked = false;
for (const signal of signals) {
  process.on(signal, () => {
    asked = true;
    child.kill(signal);
  });
}

child.on("exit", (code, signal) => {
  if (signal === null) process.exit(code);
  signals.forEach((s) => process.removeAllListeners(s));
  process.kill(process.pid, signal);
});

// npx that is killed tells nobody.
if (process.env.npm_config_user_agent) {
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent && !asked) {
      asked = true;
      child.kill("SIGTERM");
    }
  }, 300).unref();
}
