import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { writeLegKey } from '../../demo/keys.ts'
import { listen } from '../../service/http/listen.ts'

/** What a gateway with several workers does not start with: it ends as one process would, with one message and no process left. */

const PROJECT = join(import.meta.dirname, '../..')

let folder: string
let usual: readonly string[]

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'istmo-workers-'))
  await mkdir(join(folder, 'countries'))
  const url = 'http://127.0.0.1:1/'
  const domains = { cases: { url }, persons: { url }, legal: { url } }
  await writeFile(
    join(folder, 'countries/HN.yaml'),
    JSON.stringify({ country: 'HN', name: { es: 'H', en: 'H' }, domains }),
  )
  await writeLegKey(join(folder, 'leg.json'), join(folder, 'leg-jwks.json'))
  usual = [
    ...['--supergraph', join(PROJECT, 'supergraph.graphql'), '--countries', join(folder, 'countries'), '--anonymous'],
    ...['--port', '0', '--workers', '2', '--log-level', 'error'],
  ]
})
afterAll(() => rm(folder, { recursive: true }))

async function start(...flags: readonly string[]) {
  const child = spawn(process.execPath, ['cli/istmo.ts', 'gateway', ...usual, ...flags], {
    cwd: PROJECT,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (said += text))
  const ended = once(child, 'close').then(([code]) => ({ code: code as unknown, said }))
  const listening = new Promise<{ readonly code: unknown; readonly said: string }>((resolve) => {
    child.stdout.on('data', () => /listens on/.test(said) && resolve({ code: 'listens', said }))
  })
  const result = await Promise.race([ended, listening])
  child.kill('SIGTERM')
  await ended
  return result
}

const legKey = () => ['--leg-key', join(folder, 'leg.json')]

describe('a gateway with two workers does not start', () => {
  it('with a setting that only a worker finds to be wrong', async () => {
    const { code, said } = await start(
      ...['--development', ...legKey(), '--shared-database', 'postgres://istmo:secret@127.0.0.1:9,127.0.0.1:10/istmo'],
    )
    expect(code).toBe(2)
    expect(said).toMatch(/^istmo gateway: --shared-database \(SHARED_DATABASE_URL\): expected postgres:/m)
    expect(said).not.toContain('secret')
  })

  it('if another gateway with workers has its port', async () => {
    const taken = createServer()
    const { port } = await listen(taken, '127.0.0.1', 0, true)
    const { code, said } = await start('--development', ...legKey(), '--port', String(port))
    expect(code).toBe(1)
    expect(said).toMatch(
      new RegExp(`^istmo gateway: 127.0.0.1:${port}: expected to listen here; another program.*EADDRINUSE`, 'm'),
    )
    taken.close()
  })
})
