/**
 * Network: servers of this host by every kind of socket, the model server first, and what lies beyond.
 *
 * Seen to succeed with ATTACKED=none: all but gateways, names and metadata, where there are none.
 */
import { randomUUID } from "node:crypto";
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { createServer as createHttpServer } from "node:http";
import { type AddressInfo, createServer, type Server } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { OpenedSandboxes } from "../../harness/sandbox/driver.ts";
import { openHarmless, openVictim, python, REACHED, runIn, type Victim } from "./support.ts";

let sandboxes: OpenedSandboxes;
let victim: Victim;
let asked = 0;
const places = { tcp: 0, http: 0, udp: 0, abstract: `\0trace2skill-${randomUUID()}`, path: "" };
const servers: Server[] = [];
let udp: Socket;

beforeAll(async () => {
  [sandboxes, victim] = await Promise.all([openHarmless(), openVictim()]);
  places.path = join(victim.data, "server.sock");
  const answer = () => {
    asked += 1;
    return victim.canary;
  };
  const plain = () => createServer((socket) => socket.on("error", () => {}).end(answer()));
  const model = createHttpServer((_, response) => void response.end(answer()));
  udp = createSocket("udp4", () => void answer());
  const [tcp, abstract, path] = [plain(), plain(), plain()];
  servers.push(tcp, abstract, path, model);
  tcp.listen(0, "::");
  model.listen(0, "0.0.0.0");
  abstract.listen(places.abstract);
  path.listen(places.path);
  udp.bind(0, "0.0.0.0");
  await Promise.all([...servers, udp].map((server) => once(server, "listening")));
  const portOf = (server: Server | Socket) => (server.address() as AddressInfo).port;
  Object.assign(places, { tcp: portOf(tcp), http: portOf(model), udp: portOf(udp) });
});
afterAll(async () => {
  for (const server of servers) server.close();
  udp.close();
  await victim[Symbol.asyncDispose]();
  await sandboxes[Symbol.asyncDispose]();
});

/** Tries each in turn, and prints what each says. */
const asking = (...lines: string[]) =>
  python(
    "import socket, struct, urllib.error, urllib.request",
    "socket.setdefaulttimeout(1)",
    "def attempt(ask):",
    "  try: print(ask())",
    "  except Exception as error: print(type(error).__name__)",
    ...lines,
    "print('tried')",
  );
const stream = (address: string, family = "AF_INET") =>
  `attempt(lambda: (s := socket.socket(socket.${family}), s.connect(${address}), s.recv(99))[2])`;
const url = (address: string) => `attempt(lambda: urllib.request.urlopen(${JSON.stringify(address)}).read())`;
/** Any answer is one too many, be it a refusal. */
const answered = (address: string) => `attempt(lambda: (requested(${JSON.stringify(address)}), print('REACHED')))`;

const METADATA = [
  "http://169.254.169.254/latest/meta-data/",
  "http://[fd00:ec2::254]/",
  "http://metadata.google.internal/",
];

const ATTACKS: readonly (readonly [name: string, command: () => string])[] = [
  [
    "a server of this host on loopback",
    () => asking(stream(`('127.0.0.1', ${places.tcp})`), stream(`('127.1.2.3', ${places.tcp})`)),
  ],
  [
    "the same by IPv6, and by the address of none",
    () => asking(stream(`('::1', ${places.tcp})`, "AF_INET6"), stream(`('0.0.0.0', ${places.tcp})`)),
  ],
  [
    "the same by the shell",
    () => `cat < /dev/tcp/127.0.0.1/${places.tcp}; cat < /dev/tcp/localhost/${places.tcp}; echo tried`,
  ],
  [
    "the model server",
    () => asking(url(`http://127.0.0.1:${places.http}/v1/models`), url(`http://localhost:${places.http}/admin`)),
  ],
  [
    "gateways of containers and virtual machines",
    () =>
      asking(
        ...["10.0.2.2", "172.17.0.1", "192.168.122.1", "host.docker.internal"].map((host) =>
          stream(`('${host}', ${places.tcp})`),
        ),
      ),
  ],
  [
    "a datagram to this host, or to all",
    () =>
      asking(
        "s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)",
        "s.setsockopt(1, 6, 1)",
        ...["127.0.0.1", "255.255.255.255"].map(
          (host) => `attempt(lambda: s.sendto(b'x', ('${host}', ${places.udp})))`,
        ),
      ),
  ],
  ["an abstract socket of this host", () => asking(stream(`'\\0${places.abstract.slice(1)}'`, "AF_UNIX"))],
  [
    "a socket of this host by its path",
    () => asking(stream(`'${places.path}'`, "AF_UNIX"), stream(`'/proc/${process.pid}/root${places.path}'`, "AF_UNIX")),
  ],
  [
    "the machine's services",
    () =>
      `for s in /run/docker.sock /var/run/docker.sock /run/dbus/system_bus_socket /run/systemd/private /tmp/.X11-unix /run/user; do [ -e $s ] && echo REACHED; done; echo tried`,
  ],
  [
    "a cloud's metadata",
    () =>
      asking(
        "def requested(address):",
        "  try: urllib.request.urlopen(address).read()",
        "  except urllib.error.HTTPError: pass",
        ...METADATA.map(answered),
      ),
  ],
  [
    "names",
    () =>
      `getent hosts example.com && echo REACHED; ${asking("attempt(lambda: (socket.getaddrinfo('example.com', 80), print('REACHED'))[0])")}`,
  ],
  [
    "a name server, past the resolver",
    () =>
      asking(
        "s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)",
        `attempt(lambda: s.sendto(b'x', ('127.0.0.53', ${places.udp})))`,
        "attempt(lambda: (s.sendto(b'x', ('1.1.1.1', 53)), print('REACHED')))",
      ),
  ],
  ["hosts beyond", () => asking("attempt(lambda: (socket.create_connection(('1.1.1.1', 443)), print('REACHED')))")],
  [
    "raw packets and the machine's cards",
    () =>
      asking(
        "attempt(lambda: (socket.socket(17, 3, 3), print('REACHED')))",
        "attempt(lambda: (socket.socket(2, 3, 1), print('REACHED')))",
        "print('REACHED' if len(socket.if_nameindex()) > 1 else 'one')",
      ),
  ],
  ["the host of a virtual machine", () => asking("attempt(lambda: (socket.socket(40, 1), print('REACHED')))")],
];

test.each(ATTACKS)("%s: not reached", async (_, command) => {
  const before = asked;
  const { output } = await runIn(sandboxes, command());

  expect(output).toMatch(/^tried$/m);
  expect(output).not.toContain(victim.canary);
  expect(output).not.toMatch(REACHED);
  expect(asked - before).toBe(0);
});

test("two trials at once do not reach each other: not by loopback, by abstract names nor by shared memory", async () => {
  const name = `trace2skill-${randomUUID()}`;
  const port = 20_000 + (process.pid % 20_000);
  const serve = asking(
    "import os, threading, time",
    `t = socket.create_server(('127.0.0.1', ${port}))`,
    `u = socket.socket(socket.AF_UNIX); u.bind('\\0${name}'); u.listen()`,
    `open('/dev/shm/${name}', 'w').write('REACHED')`,
    "serve = lambda s: [s.accept()[0].send(b'REACHED') for _ in range(9)]",
    "for s in (t, u): s.settimeout(None); threading.Thread(target=serve, args=(s,), daemon=True).start()",
    `print(socket.create_connection(('127.0.0.1', ${port})).recv(9), flush=True); open('ready', 'w')`,
    "while not os.path.exists('done'): time.sleep(0.02)",
  );
  const look = asking(
    stream(`('127.0.0.1', ${port})`),
    stream(`'\\0${name}'`, "AF_UNIX"),
    `attempt(lambda: open('/dev/shm/${name}').read())`,
  );

  await using server = await sandboxes.open({ skill: null });
  const serving = server.run(serve, { timeoutMs: 20_000, signal: new AbortController().signal });
  await expect.poll(() => existsSync(join(server.directory, "ready")), { timeout: 15_000 }).toBe(true);
  const looked = await runIn(sandboxes, look);
  await writeFile(join(server.directory, "done"), "");
  const served = await serving;

  expect(served.output).toContain("REACHED");
  expect(looked.output).toMatch(/tried/);
  expect(looked.output).not.toContain("REACHED");
});
