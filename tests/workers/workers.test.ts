import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createCountCheck } from '../../audit/counts/count-check.ts'
import { runAudit } from '../../auditors/run.ts'
import type { Entry } from '../../contract/audit-log/entry.ts'
import { deliverSuspension } from '../../service/suspensions/suspensions.ts'
import { makeSuspender } from '../../service/suspensions/testing.ts'
import {
  createLoggedGateway,
  type LoggedGateway,
  type LoggedGatewayWorld,
  type Reply,
} from '../audit-log/logged-gateway.ts'
import { randomOf } from '../share.ts'
import { getFresh, isRunning, readWorkers, type ShownWorker } from './ask-workers.ts'

/** The moments of kills: the same for the same code (docs/decisions/0068). */
const random = randomOf('workers/workers')

/** A gateway with two workers: its life, until its parent is killed, and what an auditor finds in its logs afterwards. */

/** How often a worker is killed. `ISTMO_KILLS` overrides it: `npm run test:full` kills more, as often as a token lives. */
const ROUNDS = Math.min(200, Number(process.env.ISTMO_KILLS ?? 2))

/** How many clients ask at the same time. */
const CLIENTS = 8

const WORKERS = [1, 2]
const QUERY =
  '{ persons(search: { nationality: "HN" }, first: 2) { edges { node { id } } outcomes { country reach } } }'

const operator = makeSuspender('operator')
const answered: string[] = []
let place: LoggedGatewayWorld
let gateway: LoggedGateway

beforeAll(async () => {
  place = await createLoggedGateway()
  const { name, key } = operator.signer
  await writeFile(join(place.folder, 'suspenders.yaml'), JSON.stringify({ suspenders: [{ name, key }] }))
  const stops = ['--suspensions', join(place.folder, 'stop'), '--suspenders', join(place.folder, 'suspenders.yaml')]
  gateway = await place.start(['--workers', '2', ...stops])
})
afterAll(() => place.remove())

/** Asks over a connection of its own, which the kernel gives to either worker. Null: the worker was killed meanwhile. */
async function ask(): Promise<Reply | null> {
  const reply = await gateway.ask({ query: QUERY }, { headers: { connection: 'close' } }).catch(() => null)
  if (reply !== null) expect(reply.codes).toEqual([])
  if (reply !== null) answered.push(reply.id)
  return reply
}

const shownOf = async (number: number): Promise<ShownWorker | undefined> =>
  (await readWorkers(gateway)).find(({ worker }) => worker === number)

async function audit(...args: readonly string[]) {
  const said = { out: '', err: '' }
  const out = { write: (part: string) => (said.out += part) }
  const err = { write: (part: string) => (said.err += part), isTTY: false }
  const code = await runAudit([...args, '--policy', join(place.folder, 'policy'), '--json'], { out, err })
  return { code, ...said }
}

describe('a gateway with two workers', () => {
  it('spreads the requests of one port over both', async () => {
    const sizes = async () => (await readWorkers(gateway)).map(({ status }) => status?.auditLog?.size ?? 0)
    const before = await sizes()
    const areBothAsked = async () => {
      await ask()
      return (await sizes()).every((size, at) => size > (before[at] ?? 0) + 1)
    }
    await expect.poll(areBothAsked).toBe(true)
  })

  it('has one operator’s server, which shows each worker with its log, and its metrics with a label', async () => {
    const shown = await readWorkers(gateway)
    expect(shown).toMatchObject(
      WORKERS.map((worker) => ({
        ...{ worker, isListening: true, restarts: 0 },
        status: { auditLog: { origin: `istmo.example/gateway/${worker}` } },
      })),
    )
    const text = await (await fetch(`${gateway.operatorUrl}/metrics`)).text()
    for (const worker of WORKERS) {
      expect(text).toContain(`istmo_worker_up{worker="${worker}"} 1\n`)
      expect(text).toMatch(new RegExp(`^istmo_audit_log_entries\\{worker="${worker}"\\} \\d+$`, 'm'))
    }
    expect(text.match(/^# TYPE istmo_audit_log_entries /gm)).toHaveLength(1)
  })

  it('has a worker try a connection, and shows what it has of a country', async () => {
    const probe = async (body: unknown) => {
      const headers = { 'content-type': 'application/json' }
      const sent = { method: 'POST', headers, body: JSON.stringify(body) }
      const response = await fetch(`${gateway.operatorUrl}/probe`, sent)
      return { status: response.status, body: await response.json() }
    }
    const file = await readFile(join(place.folder, 'countries/HN.yaml'), 'utf8')
    expect(await probe({ country: 'HN', files: { 'HN.yaml': 'country: HN' } })).toMatchObject({
      status: 200,
      body: { requestId: null, parts: [{ domain: null, steps: [{ step: 'FILE', verdict: 'WRONG' }] }] },
    })
    expect(await probe({ country: 'HN', files: { 'GT.yaml': file } })).toEqual({
      status: 400,
      body: { errors: [{ message: 'expected the file HN.yaml; came none', extensions: { code: 'BAD_REQUEST' } }] },
    })
    const published = async (country: string) => fetch(`${gateway.operatorUrl}/published?country=${country}`)
    expect((await published('NI')).status).toBe(404)
    expect(await (await published('HN')).json()).toMatchObject({ country: 'HN', unavailable: null })
  })

  it('shows everybody one key, whichever worker answers', async () => {
    const ask = async () => (await getFresh(`${gateway.url}/status`)).body as { auditLog: { vkey: string } }
    const all = await Promise.all(Array.from({ length: 12 }, ask))
    expect(new Set(all.map(({ auditLog }) => auditLog.vkey))).toEqual(new Set([place.vkeys.gateway]))
  })

  it('gives a changed file and a SIGHUP to both', async () => {
    const names = async () => (await readWorkers(gateway)).map(({ status }) => status?.participants[0]?.name.en)
    expect(await names()).toEqual(['Honduras', 'Honduras'])
    const file = join(place.folder, 'countries/HN.yaml')
    await writeFile(file, (await readFile(file, 'utf8')).replaceAll('Honduras', 'Republic of Honduras'))
    gateway.process.kill('SIGHUP')
    await expect.poll(names).toEqual(['Republic of Honduras', 'Republic of Honduras'])
  })

  it('takes a suspension at its one door, and applies it in both', async () => {
    const stop = join(place.folder, 'stop')
    const inForce = async () => (await readWorkers(gateway)).map(({ status }) => status?.suspensions?.inForce.length)
    await deliverSuspension(stop, operator.sign('suspend', { agency: 'GT-ELSEWHERE' }))
    await deliverSuspension(stop, operator.sign('suspend', { country: 'HN' }))
    await expect.poll(inForce).toEqual([2, 2])
    const reached = await Promise.all(Array.from({ length: 8 }, ask))
    const codes = reached.map((reply) => reply?.body.extensions?.countries?.map(({ code }) => code))
    expect(codes).toEqual(Array(8).fill([null, 'SUSPENDED']))
    await deliverSuspension(stop, operator.sign('resume', { country: 'HN' }))
    await expect.poll(inForce).toEqual([1, 1])
  })

  it('is not ready while a worker does not answer', async () => {
    const first = await shownOf(1)
    process.kill(first?.pid ?? 0, 'SIGSTOP')
    // The stopped one gives no answer, and the other one says so.
    const asked = Array.from({ length: 24 }, () => getFresh(`${gateway.url}/health/ready`))
    expect(await Promise.any(asked)).toEqual({ status: 503, body: { status: 'WORKER_UNAVAILABLE' } })
    process.kill(first?.pid ?? 0, 'SIGCONT')
    await Promise.all(asked)
    await expect.poll(async () => (await getFresh(`${gateway.url}/health/ready`)).status).toBe(200)
  })

  it('starts a worker that is killed under load again, with what is suspended, while the other goes on', {
    timeout: 1_800_000,
  }, async () => {
    let isEnded = false
    const askOn = async (): Promise<void> => {
      while (!isEnded) await ask()
    }
    const clients = Array.from({ length: CLIENTS }, askOn)
    for (let round = 0; round < ROUNDS; round++) {
      await sleep(100 + random() * 400)
      const victim = 1 + Math.floor(random() * WORKERS.length)
      const before = await shownOf(victim)
      process.kill(before?.pid ?? 0, 'SIGKILL')
      const seen = answered.length
      await expect
        .poll(() => shownOf(victim))
        .toMatchObject({
          ...{ isListening: true, restarts: (before?.restarts ?? 0) + 1 },
          status: { suspensions: { inForce: [{ kind: 'agency', value: 'GT-ELSEWHERE' }] } },
        })
      expect(answered.length).toBeGreaterThan(seen)
    }
    isEnded = true
    await Promise.all(clients)
  })

  it('leaves no worker behind if its parent is killed', async () => {
    const pids = (await readWorkers(gateway)).map(({ pid }) => pid ?? 0)
    await gateway.end('SIGKILL')
    await expect.poll(async () => (await Promise.all(pids.map(isRunning))).some((one) => one)).toBe(false)
  })
})

describe('the logs of two workers', () => {
  let entries: readonly (readonly Entry[])[]
  beforeAll(async () => {
    await writeFile(join(place.folder, 'policy'), place.policyOf('gateway'))
    entries = await Promise.all(WORKERS.map((worker) => place.entriesOf('gateway', worker)))
  })

  it('have the entry of each answered request, in exactly one of them', () => {
    const times = answered.map((id) => entries.filter((log) => log.some((entry) => entry.id === id)).length)
    expect(answered.length).toBeGreaterThan(ROUNDS)
    expect(new Set(times)).toEqual(new Set([1]))
  })

  it('count the parts of each country without gaps, over all kills', () => {
    for (const log of entries) {
      const check = createCountCheck()
      const wrong = log.flatMap((entry, index) => check.push({ index, bytes: Buffer.from(JSON.stringify(entry)) }))
      expect(wrong).toEqual([])
    }
  })

  it('each begin with a start that says which worker it is, have each suspension, and end with a stop', () => {
    const starts = WORKERS.map((number) => {
      return { kind: 'start', v: 3, worker: { number, of: 2 }, gateway: `istmo.example/gateway/${number}` }
    })
    expect(entries.map(([first]) => first)).toMatchObject(starts)
    const acts = entries.map((log) =>
      log.flatMap((entry) => ('what' in entry ? [`${entry.action} ${entry.what.value}`] : [])),
    )
    const expected = ['SUSPENDED GT-ELSEWHERE', 'SUSPENDED HN', 'RESUMED HN']
    expect(acts).toEqual([expected, expected])
    expect(entries.map((log) => log.at(-1)?.kind)).toEqual(['stop', 'stop'])
  })

  it('verify from their home, under a trust policy that names only the gateway', async () => {
    expect(await audit('verify', join(place.folder, 'record-gateway'))).toMatchObject({ code: 0 })
  })

  it('do not hold if one of them is missing, because the others name it', async () => {
    const { code, out } = await audit('verify', join(place.folder, 'record-gateway/workers/1'))
    expect(code).toBe(1)
    expect(out).toContain('istmo.example/gateway/2')
  })

  it('agree with the country’s log together, each with its own part of it', async () => {
    await place.stopNode()
    const policy = join(place.folder, 'policy-of-HN')
    await writeFile(policy, place.policyOf('HN'))
    const logs = ['.', 'workers/1', 'workers/2'].map((name) => join(place.folder, 'record-gateway', name))
    const found: { verdict: string; matched: number }[] = []
    let isLost = false
    for (const log of logs) {
      const { out, err } = await audit('reconcile', log, join(place.folder, 'record-HN'), '--policy', policy)
      // A worker that was killed may have lost an answer that its country gave, or have been asking, and then both logs leave it open.
      expect(err).toMatch(
        /^$|^istmo audit reconcile: could not tell: both logs leave it open \(((ANSWER_LOST|INTERRUPTED|OVERDUE)(, )?)+\);[^\n]*\n$/,
      )
      isLost ||= err !== ''
      found.push(JSON.parse(out.trim().split('\n').at(-1) ?? '') as (typeof found)[number])
    }
    const [all, ...each] = found.map(({ matched }) => matched)
    expect(found[0]).toMatchObject({ verdict: isLost ? 'UNTOLD' : 'HOLDS' })
    expect(Math.min(...each)).toBeGreaterThan(0)
    expect(all).toBe(each.reduce((sum, matched) => sum + matched, 0))
  })

  it('get a new key together, which the next start has', async () => {
    const home = join(place.folder, 'record-gateway')
    const rotate = (log: string) =>
      runAudit(['rotate-key', '--log', log, '--key', join(place.folder, 'keys/gateway.key'), '--reason', 'ROUTINE'], {
        ...{ out: { write: () => undefined }, err: { write: () => undefined, isTTY: false } },
      })
    expect(await rotate(join(home, 'workers/1'))).toBe(2)
    expect(await rotate(home)).toBe(0)
    expect(await audit('verify', home)).toMatchObject({ code: 0 })
  })
})

it('ends with SIGTERM, in order and with exit code 0', async () => {
  const again = await place.start(['--workers', '2'])
  const pids = (await readWorkers(again)).map(({ pid }) => pid ?? 0)
  const exit = once(again.process, 'exit')
  again.process.kill('SIGTERM')
  expect(await exit).toEqual([0, null])
  expect(await Promise.all(pids.map(isRunning))).toEqual([false, false])
  expect(await audit('verify', join(place.folder, 'record-gateway'))).toMatchObject({ code: 0 })
})
