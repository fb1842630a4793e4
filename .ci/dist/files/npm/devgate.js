#!/usr/bin/env node
// Runs the devgate program that npm has installed beside this package, and stands for
// it: same terminal, same signals, same exit code, and neither outlives the other.
"use strict";
const { spawn } = require("node:child_process");
const fs = require("node:fs");

const name = `@devgate/${process.platform}-${process.arch}`;
const windows = process.platform === "win32";

function find() {
  const { optionalDependencies: systems } = require("../package.json");
  if (!(name in systems)) {
    fail(`there is no devgate for ${process.platform} ${process.arch}, only for ${Object.keys(systems).map((s) => s.slice("@devgate/".length)).join(", ")}`);
  }
  try {
    return require.resolve(`${name}/bin/devgate${windows ? ".exe" : ""}`);
  } catch {
    fail(`the package ${name}, which has the program, is not installed
  hint: install devgate again without --omit=optional (--no-optional), and on this system: node_modules of another one has another program`);
  }
}

function fail(words) {
  console.error(`devgate: ${words}`);
  process.exit(1);
}

// A terminal sends its signals to devgate, too; devgate knows that these are the same.
// A console of Windows has told devgate of them, and a kill there is no signal, but the
// end: they are only outlived. Asked for before devgate starts, which may be as quick.
const signals = windows ? ["SIGINT", "SIGBREAK", "SIGHUP"] : ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"];
let asked = false;
for (const signal of signals) {
  process.on(signal, () => {
    asked = true;
    if (!windows) child.kill(signal);
  });
}

// File 3 ends with this process, also when it is killed: then devgate ends as well. On
// Windows node ends its children itself: they are in a job of its own.
const child = windows
  ? spawn(find(), process.argv.slice(2), { stdio: "inherit" })
  : spawn(find(), process.argv.slice(2), {
      stdio: ["inherit", "inherit", "inherit", "pipe"],
      env: { ...process.env, DEVGATE_LAUNCHER: "1" },
    });
child.on("error", (err) => fail(err.message));

child.on("exit", (code, signal) => {
  if (signal === null) process.exit(code);
  signals.forEach((s) => process.removeAllListeners(s));
  process.kill(process.pid, signal);
});

// npx that is killed tells nobody: this is its end as well.
if (!windows && process.env.npm_config_user_agent) {
  const chain = upToNpm();
  setInterval(() => {
    if (!asked && chain.some((pid, i) => i > 0 && parentOf(chain[i - 1]) !== pid)) {
      asked = true;
      child.kill("SIGTERM");
    }
  }, 300).unref();
}

// This process and those above it, up to npm: some shells stay between. Where the
// system does not say who is above, it is the parent alone.
function upToNpm() {
  const chain = [process.pid];
  for (let pid = process.ppid; pid > 1 && chain.length < 5; pid = parentOf(pid)) {
    chain.push(pid);
    if (programOf(pid) === programOf("self")) return chain;
  }
  return chain.slice(0, 2);
}

function parentOf(pid) {
  if (pid === process.pid) return process.ppid;
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, "latin1"); // PID (NAME) STATE PARENT …
    return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
  } catch {
    return 0;
  }
}

function programOf(pid) {
  try {
    return fs.readlinkSync(`/proc/${pid}/exe`);
  } catch {
    return `of ${pid}`;
  }
}
