/** A small mandate authority of Guatemala: it signs access tokens, exchanges them for country tokens, and proves its mandates by its log. */
import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { calculateJwkThumbprint, decodeJwt, importJWK, type JWK, type JWTPayload, jwtVerify, SignJWT } from 'jose'
import { canonicalBytes } from '../../audit/log/canonical.ts'
import { openLogOn } from '../../audit/log/log.ts'
import { createMemoryStorage, newSigner } from '../../audit/log/testing.ts'
import { parseNote, signText } from '../../audit/note/note.ts'
import { SAMPLE_MANDATE_ENTRY } from '../../contract/audit-log/testing.ts'
import { makeKey, type TestKey } from '../../contract/trust/country-token/testing.ts'
import { COUNTRY_TOKEN_TYPE } from '../../contract/trust/country-token.ts'
import { sha256Url } from '../../contract/trust/digest.ts'
import type { MandateDocument } from '../../contract/trust/mandate-document.ts'
import { hashPayload } from '../../contract/trust/personal-jws.ts'
import { newPersonalKey, SAMPLE_MANDATE, signByBoth, thumbprintOf } from '../../contract/trust/testing.ts'
import { createUuidV7 } from '../../contract/uuid-v7.ts'
import { makeMandateProof } from '../../service/trust/mandate-proof.ts'

export const GATEWAY_CLIENT = 'gateway-1'
export const GATEWAY_NAME = 'istmo'
export const AUDIENCE = 'https://istmo.example'
export const SCOPES = 'case:read person:read'

const ASSERTION_URN = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
const DAY_MS = 86_400_000

/** A mandate that both persons signed and that the log has. */
export interface TestMandate {
  readonly hash: string
  readonly document: MandateDocument
  /** Makes the proof, as a node reads it. */
  prove(): Promise<unknown>
}

/** An authority that listens. Its members say what it pins, and change how it behaves. */
export interface TestAuthority {
  readonly url: string
  readonly key: TestKey
  /** The member of `callers` in a country's file. */
  readonly entry: Readonly<Record<string, unknown>>
  /** Another approver, whom nobody has pinned. */
  readonly mandate: TestMandate
  /** Makes another mandate, with changes. `approver: 'unknown'` signs with a key that nobody has pinned. */
  makeMandate(changes?: Partial<MandateDocument>, how?: 'unknown approver' | 'not in the log'): Promise<TestMandate>
  /** Signs an officer's access token. */
  accessToken(claims?: JWTPayload): Promise<string>
  /** Signs a country token with any claims: what a captured authority can do. */
  countryToken(claims: JWTPayload, header?: object): Promise<string>
  /** The claims of a country token for this leg key, good now. */
  countryClaims(legKey: string, changes?: Readonly<Record<string, unknown>>): JWTPayload
  /** What was asked so far: the parameters of each exchange that was authenticated. */
  readonly exchanges: URLSearchParams[]
  /** Changes how it answers. */
  behave(how: 'normally' | 'refuse' | 'fail' | 'hang'): void
  /** Changes the claims of the next tokens. */
  claim(changes: Readonly<Record<string, unknown>>): void
  close(): Promise<void>
}

/** Starts an authority whose client is the gateway with this leg key. */
export async function startAuthority(legKey: JWK): Promise<TestAuthority> {
  const key = await makeKey()
  const persons = { drafter: newPersonalKey(), approver: newPersonalKey('P-256'), unknown: newPersonalKey() }
  const log = await openLog()
  const exchanges: URLSearchParams[] = []
  const state = {
    how: 'normally',
    changes: {} as Readonly<Record<string, unknown>>,
    nonce: randomUUID(),
    used: new Set<string>(),
  }
  const server = createServer((request, response) => {
    void answer(request, response).catch(() => response.writeHead(500).end())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const legThumbprint = await calculateJwkThumbprint(legKey)

  async function makeMandate(
    changes: Partial<MandateDocument> = {},
    how?: 'unknown approver' | 'not in the log',
  ): Promise<TestMandate> {
    const now = Date.now()
    const document: MandateDocument = {
      ...SAMPLE_MANDATE,
      ...{ id: createUuidV7(now), issuer: url, issued: Math.floor(now / 1000) - 60 },
      ...{ countries: ['GT', 'HN', 'SV'], not_after: new Date(now + 30 * DAY_MS).toISOString().slice(0, 10) },
      ...changes,
    }
    const approver = how === 'unknown approver' ? persons.unknown : persons.approver
    const signed = await signByBoth(document, persons.drafter, approver)
    const hash = hashPayload(signed.payload)
    const entry = { ...SAMPLE_MANDATE_ENTRY, mandate: hash, key: await thumbprintOf(approver) }
    const index = how === 'not in the log' ? 0 : await log.append(entry)
    return { hash, document, prove: () => makeMandateProof(signed, log.place(index)) }
  }

  const mandate = await makeMandate()
  const mandates = new Map([[mandate.hash, mandate]])
  const countryClaims = (jkt: string, changes: Readonly<Record<string, unknown>> = {}): JWTPayload => {
    const iat = Math.floor(Date.now() / 1000)
    return {
      ...{ iss: url, aud: 'HN', sub: 'officer-7-for-HN', iat, exp: iat + 300, jti: randomUUID() },
      ...{ act: { sub: GATEWAY_NAME }, client_id: 'console', scope: SCOPES },
      org: { country: 'GT', agency: 'GT-MP-FECO', role: 'prosecutor' },
      mandate: mandateClaim(mandate),
      ...{ cnf: { jkt }, caller_iss: url, caller_jti: randomUUID(), ...changes },
    }
  }
  const countryToken = (claims: JWTPayload, header: object = {}): Promise<string> =>
    new SignJWT(claims)
      .setProtectedHeader({ alg: 'EdDSA', typ: COUNTRY_TOKEN_TYPE, kid: key.thumbprint, ...header })
      .sign(key.privateKey)

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.url === '/jwks')
      return send(response, 200, { keys: [{ ...key.publicJwk, kid: key.thumbprint, alg: 'EdDSA' }] })
    if (state.how === 'hang') return
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    if (state.how === 'fail') return send(response, 503, { error: 'temporarily_unavailable' })
    const form = new URLSearchParams(Buffer.concat(chunks).toString())
    const fault = await findFault(form, request)
    response.setHeader('dpop-nonce', state.nonce)
    if (fault !== null) return send(response, fault === 'use_dpop_nonce' ? 400 : 401, { error: fault })
    exchanges.push(form)
    if (state.how === 'refuse') return send(response, 400, { error: 'invalid_grant' })
    const subject = decodeJwt(form.get('subject_token') ?? '')
    const country = form.get('audience') ?? ''
    const claims = countryClaims(legThumbprint, {
      ...{ aud: country, sub: `${subject.sub}-for-${country}`, scope: form.get('scope') ?? '' },
      ...{ caller_iss: subject.iss, caller_jti: subject.jti, ...state.changes },
    })
    const isProofWanted = form.get('mandate_proof') === '1'
    const proof = isProofWanted ? { mandate_proof: await mandates.get(mandate.hash)?.prove() } : {}
    const type = 'urn:istmo:token-type:country-token'
    const token = {
      access_token: await countryToken(claims),
      issued_token_type: type,
      token_type: 'N_A',
      expires_in: 300,
    }
    return send(response, 200, { ...token, ...proof })
  }

  /** What RFC 7523 and RFC 9449 ask of a client, each checked with jose. */
  async function findFault(form: URLSearchParams, request: IncomingMessage): Promise<string | null> {
    const publicKey = await importJWK(legKey, 'EdDSA')
    try {
      const asked = { audience: url, issuer: GATEWAY_CLIENT, subject: GATEWAY_CLIENT, requiredClaims: ['exp', 'jti'] }
      const { payload } = await jwtVerify(form.get('client_assertion') ?? '', publicKey, { ...asked, maxTokenAge: 60 })
      if (form.get('client_assertion_type') !== ASSERTION_URN || isUsed(payload.jti)) return 'invalid_client'
    } catch {
      return 'invalid_client'
    }
    try {
      const { payload } = await jwtVerify(String(request.headers.dpop), publicKey, { typ: 'dpop+jwt', maxTokenAge: 60 })
      if (payload.htm !== 'POST' || payload.htu !== `${url}/token` || isUsed(payload.jti)) return 'invalid_dpop_proof'
      return payload.nonce === state.nonce ? null : 'use_dpop_nonce'
    } catch {
      return 'invalid_dpop_proof'
    }
  }

  function isUsed(jti: string | undefined): boolean {
    if (jti === undefined || state.used.has(jti)) return true
    state.used.add(jti)
    return false
  }

  return {
    ...{ url, key, mandate, makeMandate, countryToken, countryClaims, exchanges },
    entry: {
      ...{ country: 'GT', authority: url, jwks: `${url}/jwks`, keys: [key.thumbprint] },
      approvers: [await thumbprintOf(persons.approver)],
      ...{ log: log.vkey, witnesses: [log.witness] },
      members: [{ agencies: ['GT-MP-FECO'], purposes: ['INVESTIGATION'], scopes: SCOPES.split(' ') }],
    },
    accessToken: (claims = {}) => {
      const iat = Math.floor(Date.now() / 1000)
      const { hash: _, ...named } = mandateClaim(mandate)
      const details = [{ type: 'istmo_mandate', ...named, countries: mandate.document.countries }]
      const usual = {
        iss: url,
        aud: AUDIENCE,
        sub: 'officer-7',
        jti: randomUUID(),
        iat,
        exp: iat + 600,
        client_id: 'console',
      }
      const org = { country: 'GT', agency: 'GT-MP-FECO', role: 'prosecutor' }
      return new SignJWT({ ...usual, scope: SCOPES, org, authorization_details: details, ...claims })
        .setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt', kid: key.thumbprint })
        .sign(key.privateKey)
    },
    behave: (how) => {
      state.how = how
    },
    claim: (changes) => {
      state.changes = changes
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}

/** Returns the claim of a mandate in a country token. */
export function mandateClaim({ hash, document }: Pick<TestMandate, 'hash' | 'document'>) {
  const { task_force, purposes, not_after } = document
  return { hash, task_force, purposes, not_after }
}

/** Hashes a text as `ct` does. */
export const hashToken = sha256Url

async function openLog() {
  const files = new Map<string, Uint8Array>()
  const [signer, witness] = [newSigner('authority.gt.example'), newSigner('witness.hn.example', 'cosignature')]
  const log = await openLogOn(createMemoryStorage(files), { signer, publishAfterMs: 1_000_000 })
  return {
    vkey: signer.verifier.vkey,
    witness: witness.verifier.vkey,
    place: (index: number) => ({
      source: { name: 'memory', read: async (path: string) => files.get(path) },
      ...{ index, log: signer.verifier, witnesses: [witness.verifier] },
    }),
    async append(entry: object): Promise<number> {
      const { index } = await log.append(canonicalBytes(entry))
      await log.publish()
      const { note } = log.published()
      await log.addCosignatures(note, [signText(parseNote(note).text, witness)])
      return index
    },
  }
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}
