import { spawnSync } from 'node:child_process'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { createLoggedGateway, type LoggedGateway, type LoggedGatewayWorld } from './logged-gateway.ts'

let place: LoggedGatewayWorld
beforeAll(async () => {
  place = await createLoggedGateway()
})
afterAll(() => place.remove())

/** Limits the size of the files that a running process may write, in bytes. Beyond it the kernel fails the write, as a full disk does. */
function limitFiles({ process: { pid } }: LoggedGateway, bytes: number | 'unlimited'): void {
  const { status, stderr } = spawnSync('prlimit', [`--fsize=${bytes}:`, '--pid', String(pid)], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`prlimit: ${stderr}`)
}

it('sends no answer and is not ready while it cannot write, and continues by itself when it can', {
  timeout: 120_000,
}, async () => {
  const gateway = await place.start()
  const ask = () =>
    gateway.ask({ query: '{ persons(search: { nationality: "HN" }, first: 1) { edges { node { id } } } }' })
  const ready = async () => (await fetch(`${gateway.url}/health/ready`)).status
  const first = await ask()
  expect([first.status, await ready()]).toEqual([200, 200])

  limitFiles(gateway, 1)
  const refused = [await ask(), await ask()]
  for (const { status, codes, text } of refused) {
    expect([status, codes]).toEqual([503, ['RECORD_UNAVAILABLE']])
    expect(text).not.toContain('HN:P')
  }
  expect(await ready()).toBe(503)
  expect((await fetch(`${gateway.url}/health/live`)).status).toBe(200)

  limitFiles(gateway, 'unlimited')
  await vi.waitFor(async () => expect(await ready()).toBe(200), { timeout: 30_000, interval: 100 })
  const last = await ask()
  expect(last.status).toBe(200)
  await gateway.end('SIGTERM')

  const entries = await place.entriesOf('gateway')
  const ids = entries.map(({ id }) => id)
  expect(ids).toEqual(expect.arrayContaining([first.id, last.id]))
  const counted = entries.flatMap((entry) => (entry.kind === 'refusals' ? [entry.code] : []))
  expect(counted).toContain('RECORD_UNAVAILABLE')
})
