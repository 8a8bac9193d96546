import type { IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'
import { expect, it } from 'vitest'
import { MAX_BODY_BYTES, takeJsonBody } from './read-body.ts'

/** A request whose body came so far. */
function arrived(body: string, headers: Readonly<Record<string, string>> = {}, complete = true): IncomingMessage {
  const stream = new Readable({ read: () => undefined, highWaterMark: 2 * MAX_BODY_BYTES })
  if (body !== '') stream.push(body)
  if (complete) stream.push(null)
  // What the function reads of a request is only this.
  return Object.assign(stream, {
    ...{ headers: { 'content-type': 'application/json', ...headers }, complete },
  }) as unknown as IncomingMessage
}

it('a body that came as a whole is taken at once, and its request ends', async () => {
  const request = arrived('{"query":"María"}')
  expect(takeJsonBody(request)).toEqual({ value: { query: 'María' } })
  await new Promise((resolve) => request.on('end', resolve))
  expect(takeJsonBody(arrived('null'))).toEqual({ value: null })
})

it.each([
  ['of which a part came', arrived('{"query":', {}, false)],
  ['without bytes', arrived('')],
  ['in a content coding', arrived('{}', { 'content-encoding': 'identity' })],
  ['of a client that is gone', arrived('{}').destroy()],
])('a body %s is not taken', (_, request) => {
  expect(takeJsonBody(request)).toBe(null)
})

it.each([
  ['UNSUPPORTED_MEDIA_TYPE', arrived('{}', { 'content-type': 'text/plain' })],
  ['BODY_TOO_LARGE', arrived(`"${'x'.repeat(MAX_BODY_BYTES)}"`)],
  ['BAD_REQUEST', arrived('{"query":')],
  ['BAD_REQUEST', arrived('\u0000')],
])('a body is refused with %s', (code, request) => {
  expect(() => takeJsonBody(request)).toThrow(expect.objectContaining({ code }))
})
