// swift-reactor
// SPDX-License-Identifier: Apache-2.0
//
// Runs one scenario on Node.
//
// Usage: node_peer.mjs SCENARIO ARGUMENT…

import { spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { Worker, isMainThread, parentPort, workerData } from "node:worker_threads";

const warmUpChildren = 8;
// In milliseconds.
const idleBegins = 500;
const idleLength = 2000;
const aliveAtATime = 8;
const resetsPerTurn = 1000;

const nothing = () => {};
const later = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

/** Returns the processor time of this process without its children, in seconds. */
function cpuSeconds() {
  const usage = process.cpuUsage();
  return (usage.user + usage.system) / 1e6;
}

/** Returns the value of a line of /proc/self/status in bytes. */
function statusBytes(name) {
  const line = readFileSync("/proc/self/status", "utf8").split("\n").find((l) => l.startsWith(name));
  return Number(line.split(/\s+/)[1]) * 1024;
}

/** Yields the first delays of the floor's fixed sequence, in the unit of `longest`. */
function* delays(count, longest) {
  let state = 12345;
  for (let i = 0; i < count; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    yield (state / 4294967296) * longest;
  }
}

/** Returns the value below which a share (0 to 1) of the values lies. */
function percentile(values, share) {
  const ordered = Float64Array.from(values).sort();
  return ordered[Math.min(Math.floor(share * ordered.length), ordered.length - 1)];
}

/** Prints a line of scenario, metric and value. */
function report(scenario, metric, value) {
  console.log(scenario, metric, value.toPrecision(6));
}

const streams = { stdio: ["ignore", "pipe", "pipe"] };

/** Starts a child; the promise resolves once it has exited and both streams are at end of file. */
function start(program, words, onOutput) {
  return new Promise((done) => {
    const child = spawn(program, words, streams);
    child.stdout.on("data", onOutput);
    child.stderr.on("data", nothing);
    child.on("close", done);
  });
}

async function s1(count, ballast, descriptors, program) {
  const memory = Buffer.alloc(Number(ballast) * 1048576, 1);
  // The floor's settle() in measure.h gives the reason.
  await later(500);
  const begin = performance.now();
  const cpu = cpuSeconds();
  let left = count;
  const oneAfterTheOther = async () => {
    while (left-- > 0) await start(program, [], nothing);
  };
  await Promise.all(Array.from({ length: aliveAtATime }, oneAfterTheOther));
  report("S1", "cpu_us", ((cpuSeconds() - cpu) / count) * 1e6);
  report("S1", "rate", count / ((performance.now() - begin) / 1e3));
  // This use keeps the memory from being collected earlier.
  if (memory.length !== Number(ballast) * 1048576) throw new Error("the ballast has a wrong size");
}

async function s2(count, longest) {
  const times = [...delays(count, longest)];
  const cpu = cpuSeconds();
  await new Promise((done) => {
    let left = count;
    const fire = () => {
      if (--left === 0) done();
    };
    for (const delay of times) setTimeout(fire, delay);
  });
  report("S2", "cpu_ns", ((cpuSeconds() - cpu) / count) * 1e9);
}

async function s2b(count, live) {
  const times = [...delays(count, 1000)];
  for (const delay of delays(live, 1000)) setTimeout(nothing, delay);
  const cpu = cpuSeconds();
  const timers = times.map((delay) => setTimeout(nothing, delay));
  for (const timer of timers) clearTimeout(timer);
  report("S2b", "cpu_ns", ((cpuSeconds() - cpu) / count) * 1e9);
}

async function s2c(count) {
  const timer = setTimeout(nothing, 60000);
  const cpu = cpuSeconds();
  for (let done = 0; done < count; done += resetsPerTurn) {
    for (let i = 0; i < resetsPerTurn; i++) timer.refresh();
    await new Promise(setImmediate);
  }
  report("S2c", "ns", ((cpuSeconds() - cpu) / count) * 1e9);
  clearTimeout(timer);
}

async function s3(kind, bytes, chunk, child) {
  const begin = performance.now();
  const cpu = cpuSeconds();
  let received = 0;
  await start(child, ["blast", bytes, chunk], (data) => (received += data.length));
  if (received !== Number(bytes)) throw new Error(`received ${received} of ${bytes} bytes`);
  report("S3", "gb_per_s", received / 1e9 / ((performance.now() - begin) / 1e3));
  report("S3", "cpu_s_per_gb", (cpuSeconds() - cpu) / (received / 1e9));
}

async function sleeper(child, seconds) {
  let text = "";
  const timer = setTimeout(() => process.exit(1), 60000);
  await start(child, ["sleep", seconds], (data) => {
    timer.refresh();
    text += data;
  });
  clearTimeout(timer);
  return (Number(process.hrtime.bigint() - BigInt(text.trim())) / 1e3);
}

async function s4(count, seconds, child) {
  await Promise.all(Array.from({ length: warmUpChildren }, () => sleeper(child, "0")));
  writeFileSync("/proc/self/clear_refs", "5");
  const resident = statusBytes("VmRSS:");
  const all = Promise.all(Array.from({ length: count }, () => sleeper(child, seconds)));
  await later(idleBegins);
  const cpu = cpuSeconds();
  await later(idleLength);
  report("S4", "idle_ms_per_s", ((cpuSeconds() - cpu) * 1e6) / idleLength);
  const ends = await all;
  report("S4", "bytes", (statusBytes("VmHWM:") - resident) / count);
  report("S4", "end_p50_us", percentile(ends, 0.5));
  report("S4", "end_p99_us", percentile(ends, 0.99));
}

/** Posts a message to the loop and sleeps until the loop has replied; runs in a thread. */
function callRepeatedly({ count, shared }) {
  const replies = new Int32Array(shared);
  const begin = performance.now();
  for (let i = 0; i < count; i++) {
    parentPort.postMessage(0);
    Atomics.wait(replies, 0, i);
  }
  parentPort.postMessage(((performance.now() - begin) / count) * 1e3);
}

async function s5(count) {
  const shared = new SharedArrayBuffer(4);
  const replies = new Int32Array(shared);
  const thread = new Worker(new URL(import.meta.url), { workerData: { count, shared } });
  await new Promise((done) =>
    thread.on("message", (message) => {
      if (message !== 0) {
        report("S5", "us", message);
        return done();
      }
      Atomics.add(replies, 0, 1);
      Atomics.notify(replies, 0);
    }),
  );
}

if (isMainThread) {
  const scenarios = { S1: s1, S2: s2, S2b: s2b, S2c: s2c, S3: s3, S4: s4, S5: s5 };
  const [name, ...words] = process.argv.slice(2);
  // The driver takes this exit code for a missing scenario.
  if (!scenarios[name]) process.exit(64);
  // Sizes and rates are numbers; programs and the arguments for children stay strings.
  const first = name === "S3" ? words[0] : Number(words[0]);
  const second = name.startsWith("S2") ? Number(words[1]) : words[1];
  await scenarios[name](first, second, ...words.slice(2));
  process.exit(0);
} else {
  callRepeatedly(workerData);
}
