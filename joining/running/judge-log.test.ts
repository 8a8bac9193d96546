import { hash } from 'node:crypto'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { canonicalBytes } from '../../audit/log/canonical.ts'
import { openLog } from '../../audit/log/log.ts'
import { newSigner } from '../../audit/log/testing.ts'
import { readLogState } from './log-state.ts'
import { judgeLog } from './restore.ts'

/** A node's log in a backup, which may go on only if its witnesses have seen nothing more. */

const signer = newSigner('istmo.example/hn')
const witnesses = ['a', 'b', 'c', 'd'].map((name) => newSigner(`witness.example/${name}`, 'cosignature'))

let folder: string
let server: Server
/** What each witness serves, by its number; it is silent without. */
const served = new Map<number, string>()
const notes: string[] = []

async function grow(home: string): Promise<void> {
  const log = await openLog({ folder: join(folder, home, 'log'), signer, publishAfterMs: 1_000_000 })
  await log.append(canonicalBytes({ entry: log.size() }))
  await log.publish()
  notes.push(log.published().note)
  await log.close()
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'istmo-judge-'))
  await grow('present')
  await cp(join(folder, 'present'), join(folder, 'backup'), { recursive: true })
  await grow('present')
  const path = `/${hash('sha256', signer.verifier.name)}/checkpoint`
  server = createServer(({ url = '' }, response) => {
    const note = served.get(Number(url[1]))
    if (note === undefined || url.slice(2) !== path) response.writeHead(503).end()
    else response.end(note)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const lines = witnesses.map(({ verifier }, at) => `witness W${at} ${verifier.vkey} http://127.0.0.1:${port}/${at}`)
  await writeFile(join(folder, 'policy'), [...lines, 'group most 3 W0 W1 W2 W3', 'quorum most', ''].join('\n'))
})
afterAll(async () => {
  server.close()
  await rm(folder, { recursive: true })
})

async function judge(answers: readonly (number | null)[]) {
  served.clear()
  for (const [at, size] of answers.entries()) if (size !== null) served.set(at, notes[size - 1] ?? '')
  const state = await readLogState(join(folder, 'backup'), signer)
  if (state === null) throw new Error('expected a log; came none')
  const { kind, by } = await judgeLog(state, signer, { files: [], policies: [join(folder, 'policy')], surviving: null })
  return [kind, by]
}

describe('the log of a backup', () => {
  it.each<[string, readonly (number | null)[], readonly [string, string]]>([
    ['may go on if a quorum of its witnesses has seen no more', [1, 1, 1, null], ['NEWEST', 'W0']],
    ['may not if one of them has seen more', [1, 1, 1, 2], ['OLDER', 'W3']],
    ['may not if the only one that answers has seen more', [null, 2, null, null], ['OLDER', 'W1']],
    [
      'is of unknown age if too few answer: one of them may have been away when it grew',
      [1, 1, null, null],
      ['UNKNOWN', ''],
    ],
    ['is of unknown age if nobody answers', [null, null, null, null], ['UNKNOWN', '']],
  ])('%s', async (_, answers, expected) => {
    expect(await judge(answers)).toEqual(expected)
  })

  it('may go on with too few witnesses if somebody else has seen no more', async () => {
    await writeFile(join(folder, 'checkpoint'), notes[0] ?? '')
    const state = await readLogState(join(folder, 'backup'), signer)
    expect(await readFile(join(folder, 'backup/log/checkpoint'), 'utf8')).toBe(notes[0])
    const evidence = { files: [join(folder, 'checkpoint')], policies: [join(folder, 'policy')], surviving: null }
    if (state !== null) expect(await judgeLog(state, signer, evidence)).toMatchObject({ kind: 'NEWEST' })
  })
})
