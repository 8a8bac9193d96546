import { generateKeyPairSync, type KeyObject, randomUUID, sign } from 'node:crypto'
import { sha256Url } from '../digest.ts'
import { type Disclosure, disclose, writeSdJwt } from '../sd-jwt.ts'
import { type SessionKey, sessionKey, thumbprintOf } from '../session-key.ts'

/** Statements as a tool makes them, for the tests of whoever reads them, and statements that no tool makes. */

/** What a test's question is about. Times in seconds since the epoch. */
export interface TestQuestion {
  readonly aud: string
  readonly iat: number
  readonly ath: string
  readonly document: string
  readonly variables?: Readonly<Record<string, unknown>>
  readonly countries?: readonly string[]
  readonly case?: string
  /** The disclosure of the case, in place of a new one. */
  readonly disclosedCase?: Disclosure
  readonly purpose?: string
  readonly basis?: readonly string[]
  readonly operation?: string
  readonly jti?: string
  /** Claims and header members that replace what a tool would write; undefined removes one. */
  readonly claims?: Readonly<Record<string, unknown>>
  readonly header?: Readonly<Record<string, unknown>>
}

/** A made statement: its JWT, each disclosure by `case`, country and `$variable`, and the text with all of them. */
export interface MadeQuestion {
  readonly jwt: string
  readonly disclosures: ReadonlyMap<string, string>
  readonly text: string
}

/** A tool's session. */
export interface TestSession {
  readonly key: SessionKey
  readonly privateKey: KeyObject
  readonly thumbprint: string
  ask(question: TestQuestion): MadeQuestion
  /** Signs any claims under any header. */
  signJwt(header: object, claims: unknown): string
}

/** Creates a session with a new key. */
export function createTestSession(alg: 'ES256' | 'EdDSA' = 'ES256'): TestSession {
  const pair = alg === 'ES256' ? generateKeyPairSync('ec', { namedCurve: 'P-256' }) : generateKeyPairSync('ed25519')
  const { kty, crv, x, y } = pair.publicKey.export({ format: 'jwk' })
  const key = sessionKey.parse(y === undefined ? { kty, crv, x } : { kty, crv, x, y })
  const signJwt = (header: object, claims: unknown): string => {
    const text = `${encode(header)}.${encode(claims)}`
    const hash = alg === 'ES256' ? 'sha256' : null
    const signature = sign(hash, Buffer.from(text), { key: pair.privateKey, dsaEncoding: 'ieee-p1363' })
    return `${text}.${signature.toString('base64url')}`
  }
  return {
    ...{ key, privateKey: pair.privateKey, thumbprint: thumbprintOf(key), signJwt },
    ask(question) {
      const { claims, disclosures } = toClaims(question)
      const header = { alg, typ: 'istmo-question+sd-jwt', jwk: key, ...question.header }
      const jwt = signJwt(header, { ...claims, ...question.claims })
      return { jwt, disclosures, text: writeSdJwt({ jwt, disclosures: [...disclosures.values()] }) }
    },
  }
}

function toClaims(question: TestQuestion) {
  const { aud, iat, ath, document, operation, purpose = 'INVESTIGATION', basis = [] } = question
  const disclosures = new Map<string, string>()
  const note = (name: string, { disclosure, digest }: ReturnType<typeof disclose>): string => {
    disclosures.set(name, disclosure)
    return digest
  }
  const caseDigest =
    question.case === undefined ? null : note('case', question.disclosedCase ?? disclose('case', question.case))
  const countries = (question.countries ?? ['*']).map((code) => ({ '...': note(code, disclose(null, code)) }))
  const variables = Object.entries(question.variables ?? {}).map(([name, value]) =>
    note(`$${name}`, disclose(name, value)),
  )
  const claims = {
    ...{ aud, iat, jti: question.jti ?? randomUUID(), ath, purpose, basis, doc: sha256Url(document) },
    ...(operation !== undefined && { operation }),
    _sd_alg: 'sha-256',
    ...(caseDigest !== null && { _sd: [caseDigest] }),
    countries,
    variables: { _sd: variables },
  }
  return { claims, disclosures }
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}
