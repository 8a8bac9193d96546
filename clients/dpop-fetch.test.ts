import { expect, it } from 'vitest'
import { createDpopSender } from './dpop-fetch.ts'
import { createSessionKey } from './session-key.ts'

/** A gateway that wants these nonces, one request after the other, and then takes what comes. Returns what it was sent. */
async function sendTo(wanted: readonly string[], status = 401): Promise<{ answer: number; nonces: unknown[] }> {
  const nonces: unknown[] = []
  const send = async (_: string, init: RequestInit): Promise<Response> => {
    const [, claims = ''] = new Headers(init.headers).get('dpop')?.split('.') ?? []
    nonces.push(JSON.parse(Buffer.from(claims, 'base64url').toString()).nonce)
    const nonce = wanted[nonces.length - 1]
    return nonce === undefined ? new Response('{}') : new Response(null, { status, headers: { 'dpop-nonce': nonce } })
  }
  const sender = createDpopSender(await createSessionKey(), () => 0, send)
  const { status: answer } = await sender.send('https://gateway.example/graphql', { method: 'POST' }, 'token')
  return { answer, nonces }
}

it('sends a request again with the nonce that the server wants, also if that one was replaced meanwhile', async () => {
  expect(await sendTo([])).toEqual({ answer: 200, nonces: [undefined] })
  expect(await sendTo(['one'])).toEqual({ answer: 200, nonces: [undefined, 'one'] })
  expect(await sendTo(['one', 'two'], 400)).toEqual({ answer: 200, nonces: [undefined, 'one', 'two'] })
})

it('does not send a request for ever to a server that always wants another nonce, or the same one', async () => {
  expect(await sendTo(['one', 'two', 'three', 'four'])).toEqual({ answer: 401, nonces: [undefined, 'one', 'two'] })
  expect(await sendTo(['one', 'one', 'one'])).toEqual({ answer: 401, nonces: [undefined, 'one'] })
})
