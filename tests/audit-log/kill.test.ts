import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createCountCheck } from '../../audit/counts/count-check.ts'
import { randomOf, repeats } from '../share.ts'
import { createLoggedGateway, type LoggedGateway, type LoggedGatewayWorld } from './logged-gateway.ts'

/** The moments of kills: the same for the same code (docs/decisions/0068). */
const random = randomOf('audit-log/kill')

/** How often the test kills the gateway. `ISTMO_KILLS` overrides it: `npm run test:full` kills more. */
const ROUNDS = Number(process.env.ISTMO_KILLS ?? repeats(4))

/** On a busy machine the first plan may take longer than a question may, and each client would be told that it asks too much. */
const PATIENT_PLANNING = ['--planning-deadline', '120000', '--planning-budget', '0']

/** How many clients ask at the same time. */
const CLIENTS = 12

const QUERY =
  '{ persons(search: { nationality: "HN" }, first: 2) { edges { node { id } } outcomes { country reach } } }'

let place: LoggedGatewayWorld
beforeAll(async () => {
  place = await createLoggedGateway()
})
afterAll(() => place.remove())

/** Asks until the gateway is gone, and calls `onAnswer` at each complete answer. Returns the ids of the requests that were answered. */
async function askUntilGone(gateway: LoggedGateway, onAnswer: () => void): Promise<readonly string[]> {
  const ids: string[] = []
  for (;;) {
    const reply = await gateway.ask({ query: QUERY }).catch(() => null)
    if (reply === null) return ids
    expect(reply.codes).toEqual([])
    ids.push(reply.id)
    onAnswer()
  }
}

it('has in its audit log each answer that a client received, whenever the gateway is killed', {
  timeout: 1_800_000,
}, async () => {
  const received: string[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const gateway = await place.start(PATIENT_PLANNING)
    const first = Promise.withResolvers<void>()
    const clients = Array.from({ length: CLIENTS }, () => askUntilGone(gateway, first.resolve))
    // A busy machine may need longer for the first answer than for all others. A client that fails ends the test.
    await Promise.race([first.promise, Promise.all(clients)])
    await sleep(100 + random() * 400)
    await gateway.end('SIGKILL')
    received.push(...(await Promise.all(clients)).flat())
  }
  // The last start repairs what the last kill left.
  const gateway = await place.start()
  await gateway.end('SIGTERM')
  // Each country's parts count without gaps over all kills, as each start says.
  const check = createCountCheck()
  for await (const entry of (await place.readerOf('gateway')).entries()) expect(check.push(entry)).toEqual([])
  expect(check.counts().HN ?? 0).toBeGreaterThanOrEqual(ROUNDS)
  const recorded = new Set((await place.entriesOf('gateway')).map(({ id }) => id))
  expect(received.filter((id) => !recorded.has(id))).toEqual([])
  expect(received.length).toBeGreaterThan(ROUNDS)
})
