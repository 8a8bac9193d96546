import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { generateSignerKey, parseSignerKey, SIGNATURE_TYPES } from '../../audit/note/key.ts'
import { severityOf } from '../check/finding.ts'
import { ask } from './ask.ts'
import { checkProofs, checkReach, checkWitness } from './check-reach.ts'
import type { NodePlace } from './node-place.ts'

let server: Server | undefined
const timers: NodeJS.Timeout[] = []
afterEach(() => {
  for (const timer of timers.splice(0)) clearInterval(timer)
  server?.close()
})

/** Listens, and does something with each connection when a request came. */
async function serve(answer: (socket: Socket) => void): Promise<number> {
  server = createServer((socket) => {
    socket.on('error', () => undefined)
    socket.once('data', () => answer(socket))
  })
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

it('a connection that breaks in the middle of an answer is an error, and nothing ends the doctor', async () => {
  const port = await serve((socket) => {
    socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"status":')
    setTimeout(() => socket.resetAndDestroy(), 20)
  })
  await expect(ask({ host: '127.0.0.1', port }, '/health/live')).rejects.toThrow()
})

it('an answer that never ends is cut off, whether it comes fast or slowly', async () => {
  const fast = await serve((socket) => {
    socket.write('HTTP/1.1 200 OK\r\n\r\n')
    timers.push(setInterval(() => socket.writable && socket.write(Buffer.alloc(100_000, 'x')), 1))
  })
  const { status, body } = await ask({ host: '127.0.0.1', port: fast }, '/health/live')
  expect([status, body.length]).toEqual([200, 1_048_576])
  server?.close()
  const slow = await serve((socket) => {
    socket.write('HTTP/1.1 200 OK\r\n\r\n')
    timers.push(setInterval(() => socket.writable && socket.write('x'), 50))
  })
  await expect(ask({ host: '127.0.0.1', port: slow }, '/health/live')).rejects.toThrow()
})

it('a gateway or an authority whose answer never ends fills no memory: the doctor says how much it took', async () => {
  const port = await serve((socket) => {
    socket.write('HTTP/1.1 200 OK\r\n\r\n')
    timers.push(setInterval(() => socket.writable && socket.write(Buffer.alloc(100_000, 'x')), 1))
  })
  const url = `http://127.0.0.1:${port}`
  const place = { config: { gatewayJwks: `${url}/jwks`, country: 'HN' }, folder: '/nowhere' } as NodePlace
  const partner = { authority: url, jwks: `${url}/jwks`, log: '', witnesses: [] }
  const found = [
    ...(await checkReach(place, null, Date.now())),
    ...(await checkProofs('HN', [partner as unknown as Parameters<typeof checkProofs>[1][number]], Date.now())),
  ]
  expect(found.map(({ id, details }) => [id, details?.[1]])).toEqual([
    ['UNREACHED', 'expected an answer of at most 1048576 bytes; came more'],
    ['PROOF_WRONG', 'expected an answer of at most 1048576 bytes; came more'],
  ])
})

it('the witness of a country is asked for its key, and missed the more if a partner lacks a proof', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'istmo-witness-'))
  const place = { config: { country: 'HN' }, folder } as NodePlace
  const [own, other] = ['hn-1', 'hn-2'].map((name) => {
    const { verifier } = parseSignerKey(generateSignerKey(name, SIGNATURE_TYPES.cosignature))
    return verifier.vkey
  })
  let key = own
  const port = await serve((socket) => socket.end(`HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n${key}\n`))
  const url = `http://127.0.0.1:${port}/`
  try {
    // A node whose folder `istmo join` did not make.
    expect(await checkWitness(place, true)).toEqual([])
    await mkdir(join(folder, 'bundle/HN'), { recursive: true })
    await writeFile(join(folder, 'bundle/HN/witness.policy'), `witness hn-1 ${own} ${url}\n`)
    const look = async (isMissed: boolean) =>
      (await checkWitness(place, isMissed)).map((found) => [severityOf(found), found.id, found.details?.[0]])
    expect(await look(true)).toEqual([['well', 'WITNESS_REACHED', url]])
    key = other
    expect(await look(false)).toEqual([['error', 'WITNESS_OTHER', url]])
    await new Promise((resolve) => server?.close(resolve))
    expect(await look(true)).toEqual([['error', 'WITNESS_UNREACHED', url]])
    expect(await look(false)).toEqual([['warning', 'WITNESS_UNREACHED', url]])
  } finally {
    await rm(folder, { recursive: true })
  }
})
