/** What a tool sees of an authority: a token endpoint that wants a nonce, and binds its token to the key of the proof. */
import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { calculateJwkThumbprint, decodeJwt, decodeProtectedHeader, type JWK } from 'jose'

/** A running authority. */
export interface StubAuthority {
  /** The token endpoint. */
  readonly token: string
  /** The forms and proofs that came. */
  readonly came: { readonly form: URLSearchParams; readonly proof: Readonly<Record<string, unknown>> }[]
  /** By how many milliseconds its clock differs. */
  aheadMs: number
  /** The error that it answers with; null to give tokens. */
  refuse: string | null
  /** What it says besides with that error; null to say nothing. */
  reason: string | null
  close(): Promise<void>
}

/** Starts an authority. `grant` makes the access token that is bound to a key. */
export async function startStubAuthority(grant: (jkt: string) => Promise<string>): Promise<StubAuthority> {
  let nonce = randomUUID()
  const server = createServer(async (request, response) => {
    let text = ''
    for await (const chunk of request) text += chunk
    const header = String(request.headers.dpop)
    const proof = decodeJwt(header)
    const jkt = await calculateJwkThumbprint(decodeProtectedHeader(header).jwk as JWK)
    authority.came.push({ form: new URLSearchParams(text), proof })
    const nowS = (Date.now() + authority.aheadMs) / 1_000
    const isTimely = Math.abs((proof.iat ?? 0) - nowS) < 10
    const error = proof.nonce === nonce ? (isTimely ? authority.refuse : 'invalid_dpop_proof') : 'use_dpop_nonce'
    const sent = nonce
    if (error === null) nonce = randomUUID()
    response.sendDate = false
    const headers = {
      'content-type': 'application/json',
      'dpop-nonce': sent,
      date: new Date(nowS * 1_000).toUTCString(),
    }
    const body =
      error === null ? { access_token: await grant(jkt), token_type: 'DPoP', expires_in: 600 } : refusal(error)
    response.writeHead(error === null ? 200 : 400, headers).end(JSON.stringify(body))
  })
  const refusal = (error: string) => ({ error, ...(authority.reason !== null && { reason: authority.reason }) })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  server.unref()
  const authority: StubAuthority = {
    token: `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`,
    came: [],
    aheadMs: 0,
    refuse: null,
    reason: null,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
  return authority
}
