import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { importJWK, type JWK, SignJWT } from 'jose'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { makeKeys } from '../../cli/keys.ts'
import { LEG_TOKEN_TYPE, operationHash } from '../../contract/leg-token.ts'
import { writeLegKey } from '../../demo/keys.ts'
import { newLegSalt } from '../../subgraphs/kit/testing.ts'

const QUERY = '{ statutes(first: 1) { edges { node { id } } } }'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'istmo-node-disk-'))
})
afterAll(() => rm(folder, { recursive: true }))

/** A node of Honduras in a separate process, with an audit log, and a leg to ask it. */
async function startNode() {
  await makeKeys(['istmo.example/hn', folder], Date.now())
  const [legKey, jwks] = [join(folder, 'leg.json'), join(folder, 'jwks.json')]
  await writeLegKey(legKey, jwks)
  const flags = ['--development', '--country', 'HN', '--domains', 'legal', '--port', '0', '--gateway-jwks', jwks]
  const record = ['--audit-log-dir', join(folder, 'record'), '--audit-log-key', join(folder, 'audit-log.key')]
  const child = spawn(
    process.execPath,
    ['cli/istmo.ts', 'node', ...flags, ...record, '--audit-log-ref-keys', join(folder, 'audit-log-refs.json')],
    {
      cwd: join(import.meta.dirname, '../..'),
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  )
  const port = await portOf(child.stdout)
  const log: string[] = []
  child.stdout.on('data', (text: string) => void log.push(text))
  const jwk = JSON.parse(await readFile(legKey, 'utf8')) as JWK
  const key = await importJWK(jwk, 'EdDSA')
  const ask = async () => {
    const iat = Math.floor(Date.now() / 1_000)
    const claims = {
      iss: 'istmo',
      aud: 'HN',
      sub: 'anonymous',
      iat,
      exp: iat + 60,
      jti: 'j',
      act: { sub: 'istmo' },
      scope: '',
      op: operationHash(QUERY),
    }
    const token = await new SignJWT(claims)
      .setProtectedHeader({ alg: 'EdDSA', typ: LEG_TOKEN_TYPE, kid: jwk.kid ?? '' })
      .sign(key)
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}`, ...newLegSalt() }
    const response = await fetch(`http://127.0.0.1:${port}/legal`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ query: QUERY }),
    })
    return { status: response.status, hasReceipt: response.headers.has('istmo-receipt'), text: await response.text() }
  }
  const askReady = () => fetch(`http://127.0.0.1:${port}/health/ready`).catch(() => null)
  const ready = async () => (await askReady())?.status
  const whyNot = async () => (await askReady())?.text()
  return { child, ask, ready, whyNot, said: () => log.join('') }
}

/** Reads from a node's log the port on which it listens. */
async function portOf(stdout: Readable): Promise<string> {
  let said = ''
  for await (const text of stdout.setEncoding('utf8').iterator({ destroyOnReturn: false })) {
    said += String(text)
    const port = /"port":(\d+)/.exec(said)?.[1]
    if (port === undefined) continue
    stdout.resume()
    return port
  }
  throw new Error(`the node ended before it listened: ${said}`)
}

it('a national node sends no answer while it cannot write, and continues by itself when it can', {
  timeout: 120_000,
}, async () => {
  const { child, ask, ready, whyNot, said } = await startNode()
  const limit = (bytes: string) => spawnSync('prlimit', [`--fsize=${bytes}:`, '--pid', String(child.pid)]).status
  try {
    await vi.waitFor(async () => expect(await ready()).toBe(200), { timeout: 60_000, interval: 100 })
    expect(await ask()).toMatchObject({ status: 200, hasReceipt: true })

    expect(limit('1')).toBe(0)
    const refused = await ask()
    expect(refused).toMatchObject({ status: 503, hasReceipt: false })
    expect(refused.text).toContain('RECORD_UNAVAILABLE')
    expect(await ready()).toBe(503)
    // A limit of the process stands for a full disk here, so the system says EFBIG instead of ENOSPC.
    expect(await whyNot()).toMatch(/the audit log cannot be written: a file of it is as large as .* \(EFBIG\)/)
    await vi.waitFor(() =>
      expect(said()).toMatch(/"reason":"[^"]*EFBIG[\s\S]*Free or repair the disk[\s\S]*so the leg gets no answer/),
    )

    expect(limit('unlimited')).toBe(0)
    await vi.waitFor(async () => expect(await ready()).toBe(200), { timeout: 30_000, interval: 100 })
    expect(await ask()).toMatchObject({ status: 200, hasReceipt: true })
  } finally {
    const exit = once(child, 'exit')
    child.kill('SIGTERM')
    await exit
  }
})
