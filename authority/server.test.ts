import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createAuthorityServer, jsonAnswer } from './server.ts'

const server = createAuthorityServer([{ path: '/a', method: 'POST', answer: jsonAnswer(() => ({})) }], null, {
  error: () => undefined,
})
beforeAll(() => once(server.listen(0, '127.0.0.1'), 'listening'))
afterAll(() => void server.close())

it.each([
  ['an answer', '/a', 200],
  ['a refusal', '/b', 404],
])('%s sends the salt of its request back, and nothing that is no salt', async (_, path, status) => {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`
  const salt = `:${Buffer.alloc(16, 7).toString('base64')}:`
  const echoed: unknown[] = []
  for (const sent of [salt, 'no salt']) {
    const { headers, status: came } = await fetch(url, { method: 'POST', headers: { 'Istmo-Request-Salt': sent } })
    echoed.push(came, headers.get('istmo-request-salt'))
  }
  expect(echoed).toEqual([status, salt, status, null])
})
