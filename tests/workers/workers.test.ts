import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runAudit } from '../../cli/audit/run.ts'
import type { Entry } from '../../contract/audit-log/entry.ts'
import { createLoggedGateway, type LoggedGateway, type LoggedGatewayWorld } from '../audit-log/logged-gateway.ts'
import { getFresh, isRunning, readWorkers } from './ask-workers.ts'

/** A gateway with two workers, from its start to its end, and what an auditor finds in its logs. */

const WORKERS = [1, 2]
const QUERY =
  '{ persons(search: { nationality: "HN" }, first: 2) { edges { node { id } } outcomes { country reach } } }'

let place: LoggedGatewayWorld
let gateway: LoggedGateway
const asked: string[] = []

beforeAll(async () => {
  place = await createLoggedGateway()
  gateway = await place.start(['--workers', '2'])
})
afterAll(() => place.remove())

const sizes = async (): Promise<readonly number[]> =>
  (await readWorkers(gateway)).map(({ status }) => status?.auditLog?.size ?? 0)

async function ask(): Promise<void> {
  const reply = await gateway.ask({ query: QUERY }, { headers: { connection: 'close' } })
  expect(reply.codes).toEqual([])
  asked.push(reply.id)
}

async function audit(...args: readonly string[]) {
  let text = ''
  const out = { write: (part: string) => (text += part) }
  const code = await runAudit([...args, '--json'], {
    out,
    err: { write: (part: string) => (text += part), isTTY: false },
  })
  return { code, text }
}

describe('a gateway with two workers', () => {
  it('spreads the requests of one port over both', async () => {
    const before = await sizes()
    await expect
      .poll(async () => {
        await ask()
        const now = await sizes()
        return now.every((size, at) => size > (before[at] ?? 0) + 1)
      })
      .toBe(true)
  })

  it('has one operator’s server, which shows each worker with its log, and its metrics with a label', async () => {
    const shown = await readWorkers(gateway)
    expect(shown.map(({ worker, isListening, restarts }) => ({ worker, isListening, restarts }))).toEqual(
      WORKERS.map((worker) => ({ worker, isListening: true, restarts: 0 })),
    )
    expect(shown.map(({ status }) => status?.auditLog?.origin)).toEqual(
      WORKERS.map((worker) => `istmo.example/gateway/${worker}`),
    )
    const text = await (await fetch(`${gateway.operatorUrl}/metrics`)).text()
    for (const worker of WORKERS) {
      expect(text).toContain(`istmo_worker_up{worker="${worker}"} 1\n`)
      expect(text).toMatch(new RegExp(`^istmo_audit_log_entries\\{worker="${worker}"\\} \\d+$`, 'm'))
    }
    expect(text.match(/^# TYPE istmo_audit_log_entries /gm)).toHaveLength(1)
  })

  it('shows everybody one key, whichever worker answers', async () => {
    const keys = await Promise.all(
      Array.from({ length: 12 }, async () => {
        const { body } = await getFresh(`${gateway.url}/status`)
        return (body as { readonly auditLog: { readonly vkey: string } }).auditLog.vkey
      }),
    )
    expect(new Set(keys)).toEqual(new Set([place.vkeys.gateway]))
  })

  it('gives a changed file and a SIGHUP to both', async () => {
    const names = async () => (await readWorkers(gateway)).map(({ status }) => status?.participants[0]?.name.en)
    expect(await names()).toEqual(['Honduras', 'Honduras'])
    const file = join(place.folder, 'countries/HN.yaml')
    await writeFile(file, (await readFile(file, 'utf8')).replaceAll('Honduras', 'Republic of Honduras'))
    gateway.process.kill('SIGHUP')
    await expect.poll(names).toEqual(['Republic of Honduras', 'Republic of Honduras'])
  })

  it('ends both with SIGTERM, in order and with exit code 0', async () => {
    const pids = (await readWorkers(gateway)).map(({ pid }) => pid ?? 0)
    const exit = once(gateway.process, 'exit')
    gateway.process.kill('SIGTERM')
    expect(await exit).toEqual([0, null])
    expect(await Promise.all(pids.map(isRunning))).toEqual([false, false])
  })
})

describe('the logs of two workers', () => {
  let entries: readonly (readonly Entry[])[]
  beforeAll(async () => {
    entries = await Promise.all(WORKERS.map((worker) => place.entriesOf('gateway', worker)))
  })

  it('have the entry of each answered request, in exactly one of them', () => {
    const found = asked.map((id) => entries.filter((log) => log.some((entry) => entry.id === id)).length)
    expect(new Set(found)).toEqual(new Set([1]))
  })

  it('each begin with a start that says which worker it is, and end with a stop', () => {
    expect(entries.map(([first]) => first)).toMatchObject(
      WORKERS.map((number) => ({
        kind: 'start',
        v: 3,
        worker: { number, of: 2 },
        gateway: `istmo.example/gateway/${number}`,
      })),
    )
    expect(entries.map((log) => log.at(-1)?.kind)).toEqual(['stop', 'stop'])
  })

  it('verify under a trust policy that names only the gateway', async () => {
    const policy = join(place.folder, 'policy')
    await writeFile(policy, place.policyOf('gateway'))
    const logs = WORKERS.map((worker) => join(place.folder, `record-gateway/workers/${worker}`))
    const all = await audit('verify', ...logs, '--policy', policy, '--development')
    expect(all).toMatchObject({ code: 0 })
  })

  it('do not hold if one of them is missing, because the others name it', async () => {
    const policy = join(place.folder, 'policy')
    const { code, text } = await audit(
      ...['verify', join(place.folder, 'record-gateway/workers/1'), '--policy', policy, '--development'],
    )
    expect(code).toBe(1)
    expect(text).toContain('istmo.example/gateway/2')
  })
})
