// Starts the real server on a free port with a data folder of its own, and the local servers that
// speak the five providers' protocols. Nothing here reaches beyond loopback.

import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const START_MS = 30_000;

export interface Server {
  url: string;
  /** What it wrote to standard output and error. */
  log: () => string;
  stop: () => Promise<void>;
}

/** A server with an empty database; `env` adds to its settings. */
export async function startServer(env: Record<string, string> = {}): Promise<Server> {
  // Another worker may take the free port first: then the next one.
  for (let tries = 3; ; tries -= 1) {
    try {
      return await start(env);
    } catch (error) {
      if (tries === 1) throw error;
    }
  }
}

async function start(env: Record<string, string>): Promise<Server> {
  const data = await mkdtemp(join(tmpdir(), 'spectr-end2end-'));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const child = spawn(required('E2E_SERVER'), ['serve'], {
    cwd: data,
    env: {
      PATH: process.env.PATH ?? '',
      SPECTR_ADDR: `127.0.0.1:${port}`,
      SPECTR_DATA_DIR: join(data, 'data'),
      ...env,
    },
  });
  let log = '';
  child.stdout.on('data', (bytes) => (log += bytes));
  child.stderr.on('data', (bytes) => (log += bytes));
  const stop = async () => {
    await end(child);
    await rm(data, { recursive: true, force: true });
  };
  try {
    await ready(child, () => log, `${url}/readyz`);
  } catch (error) {
    await stop();
    throw new Error(`${error}\n${log}`);
  }
  return { url, log: () => log, stop };
}

export interface Doubles {
  /** The settings that send the server to the doubles. */
  env: Record<string, string>;
  stop: () => Promise<void>;
}

/** The doubles; they print one `SPECTR_…_BASE_URL=…` line each, then an empty one. */
export async function startDoubles(): Promise<Doubles> {
  const child = spawn(required('E2E_DOUBLES'), [], { stdio: ['ignore', 'pipe', 'inherit'] });
  const env: Record<string, string> = {};
  for await (const line of createInterface({ input: child.stdout! })) {
    const [name, value] = line.split('=', 2);
    if (value === undefined) break;
    env[name] = value;
  }
  if (Object.keys(env).length === 0) throw new Error('the doubles named no address');
  return { env, stop: () => end(child) };
}

function required(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: run the browser tests by \`cargo xtask test\``);
  return value;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.on('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}

/** Waits until this server, and not another one on the same port, says that it is ready. */
async function ready(child: ChildProcess, log: () => string, url: string): Promise<void> {
  const until = Date.now() + START_MS;
  while (Date.now() < until) {
    if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}`);
    if (log().includes('listening') && (await fetch(url).catch(() => undefined))?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`the server was not ready after ${START_MS} ms`);
}

/** Asks to stop, then insists. */
function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    const insist = setTimeout(() => child.kill('SIGKILL'), 5_000);
    child.once('exit', () => {
      clearTimeout(insist);
      resolve();
    });
    child.kill('SIGTERM');
  });
}
