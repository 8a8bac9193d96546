import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { awaitParticipant } from './countries.ts'

let gateway: Server
/** The gateway's next answers. It repeats the last one. */
let answers: readonly string[]

beforeAll(async () => {
  gateway = createServer((_, response) => {
    const [next = '', ...rest] = answers
    if (rest.length > 0) answers = rest
    response.end(next)
  })
  await new Promise<void>((resolve) => gateway.listen(0, '127.0.0.1', resolve))
})
afterAll(() => {
  gateway.closeAllConnections()
  gateway.close()
})

const url = () => `http://127.0.0.1:${(gateway.address() as AddressInfo).port}/status`

it('waits until the gateway names the country, whatever it answers before', async () => {
  answers = ['{"participants":[{"country":"GT"}]}', 'no JSON', '{"participants":[{"country":"GT"},{"country":"PA"}]}']
  await awaitParticipant(url(), 'PA', 20_000)
  expect(answers).toHaveLength(1)
})

it('gives up if the gateway does not name the country, and names it in the error', async () => {
  answers = ['{"participants":[{"country":"GT"}]}']
  await expect(awaitParticipant(url(), 'PA', 100)).rejects.toThrow('PA: expected the gateway to name it within 0.1 s')
})
