/** Whether a connection keeps its process alive: while an answer is on its way, and not while it rests. */
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'

const ANSWER = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nKeep-Alive: timeout=60\r\n\r\nok'

/** Sends two requests, one after the other, and says how each ended. Nothing else keeps the process alive. */
const PROGRAM = `
import { buildConnector } from 'undici'
import { createKeptPool } from ${JSON.stringify(new URL('./kept-pool.ts', import.meta.url).href)}
import { Exchange } from ${JSON.stringify(new URL('./exchange.ts', import.meta.url).href)}
const url = new URL(process.argv[1])
const pool = createKeptPool(url, 1, buildConnector({}))
const ask = () => new Promise((onEnd, onError) => new Exchange(
  pool, { path: '/', headers: [], body: '{}' }, { onHead() {}, onPart() {}, onEnd, onError }).send())
await ask()
process.stdout.write('first ')
await ask()
process.stdout.write('second')
`

const server = createServer((socket) => {
  socket.on('error', () => undefined)
  // Long enough for a process without anything to do to end.
  socket.on('data', () => setTimeout(() => socket.write(ANSWER), 300))
})
beforeAll(async () => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
})
afterAll(() => void server.close())

it('keeps its process alive until the answer came, and no longer', async () => {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  const args = ['--input-type=module', '--eval', PROGRAM, url]
  // A resting connection would hold the process for a minute.
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: import.meta.dirname, timeout: 30_000 })
  expect(stdout).toBe('first second')
})
