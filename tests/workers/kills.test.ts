import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createCountCheck } from '../../audit/counts/count-check.ts'
import { createLoggedGateway, type LoggedGateway, type LoggedGatewayWorld } from '../audit-log/logged-gateway.ts'
import { getFresh, isRunning, readWorkers } from './ask-workers.ts'

/** How often the test kills a worker. `ISTMO_KILLS` overrides it: `npm run test:full` kills more, as often as a token lives. */
const ROUNDS = Math.min(200, Number(process.env.ISTMO_KILLS ?? 3))

/** How many clients ask at the same time. */
const CLIENTS = 8

const QUERY =
  '{ persons(search: { nationality: "HN" }, first: 2) { edges { node { id } } outcomes { country reach } } }'
const WORKERS = [1, 2]

let place: LoggedGatewayWorld
beforeAll(async () => {
  place = await createLoggedGateway()
})
afterAll(() => place.remove())

/** Asks until it is told to end. Returns the ids of the requests that were answered. Connections that break with a worker are no answers. */
async function askOn(gateway: LoggedGateway, isEnded: () => boolean): Promise<readonly string[]> {
  const ids: string[] = []
  while (!isEnded()) {
    const reply = await gateway.ask({ query: QUERY }, { headers: { connection: 'close' } }).catch(() => null)
    if (reply === null) continue
    expect(reply.codes).toEqual([])
    ids.push(reply.id)
  }
  return ids
}

async function whenAllListen(gateway: LoggedGateway): Promise<void> {
  await expect
    .poll(async () => (await readWorkers(gateway)).filter(({ isListening }) => isListening).length)
    .toBe(WORKERS.length)
}

it('has in its logs each answer that a client received, whichever worker is killed, and the others go on', {
  timeout: 1_800_000,
}, async () => {
  const gateway = await place.start(['--workers', String(WORKERS.length)])
  let isEnded = false
  const clients = Array.from({ length: CLIENTS }, () => askOn(gateway, () => isEnded))
  for (let round = 0; round < ROUNDS; round++) {
    await sleep(100 + Math.random() * 400)
    const victim = 1 + Math.floor(Math.random() * WORKERS.length)
    const before = await readWorkers(gateway)
    process.kill(before.find(({ worker }) => worker === victim)?.pid ?? 0, 'SIGKILL')
    await expect
      .poll(async () => (await readWorkers(gateway)).find(({ worker }) => worker === victim)?.restarts)
      .toBe((before.find(({ worker }) => worker === victim)?.restarts ?? 0) + 1)
    await whenAllListen(gateway)
  }
  isEnded = true
  const received = (await Promise.all(clients)).flat()
  await gateway.end('SIGTERM')
  expect(received.length).toBeGreaterThan(ROUNDS)
  const logged = await Promise.all(WORKERS.map((worker) => place.entriesOf('gateway', worker)))
  for (const entries of logged) {
    const check = createCountCheck()
    const bytes = entries.map((entry, index) => ({ index, bytes: Buffer.from(JSON.stringify(entry)) }))
    expect(bytes.flatMap((entry) => check.push(entry))).toEqual([])
  }
  const times = received.map((id) => logged.filter((entries) => entries.some((entry) => entry.id === id)).length)
  expect(new Set(times)).toEqual(new Set([1]))
})

it('is not ready while a worker is started again, and answers all the same', async () => {
  const gateway = await place.start(['--workers', '2'])
  const [first] = await readWorkers(gateway)
  process.kill(first?.pid ?? 0, 'SIGSTOP')
  // Whichever worker is asked: a stopped one gives no answer, and the other one says so.
  const stopped = await Promise.any(Array.from({ length: 24 }, () => getFresh(`${gateway.url}/health/ready`)))
  expect(stopped).toEqual({ status: 503, body: { status: 'WORKER_UNAVAILABLE' } })
  process.kill(first?.pid ?? 0, 'SIGCONT')
  await expect.poll(async () => (await getFresh(`${gateway.url}/health/ready`)).status).toBe(200)
  await gateway.end('SIGTERM')
})

it('leaves no worker behind if the parent is killed, and each log ends in order', async () => {
  const gateway = await place.start(['--workers', '2'])
  const pids = (await readWorkers(gateway)).map(({ pid }) => pid ?? 0)
  await gateway.end('SIGKILL')
  await expect.poll(async () => (await Promise.all(pids.map(isRunning))).some((one) => one)).toBe(false)
  for (const worker of WORKERS) {
    expect((await place.entriesOf('gateway', worker)).at(-1)?.kind).toBe('stop')
  }
})
