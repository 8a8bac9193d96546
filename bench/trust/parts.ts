/**
 * `node bench/trust/parts.ts`: measures the processor time of the parts of which signed questions and country tokens are made, in one thread
 * and without HTTP. Each is measured in five rounds, in turn, and the table has the median.
 */
import { generateKeyPairSync, randomUUID } from 'node:crypto'
import { type CryptoKey, importJWK } from 'jose'
import { countryClaims, makeKey, signCountryToken, TEST_NOW_S } from '../../contract/trust/country-token/testing.ts'
import { createCountryTokenVerifier } from '../../contract/trust/country-token.ts'
import { sha256Url } from '../../contract/trust/digest.ts'
import { createGivenIdsReader, signGivenIds } from '../../contract/trust/given-ids.ts'
import { createTestSession } from '../../contract/trust/question-statement/testing.ts'
import { verifyQuestion, verifyQuestionSoon } from '../../contract/trust/question-statement.ts'
import { sessionKey, thumbprintOf } from '../../contract/trust/session-key.ts'
import { checkProof, createNonces, createReplayCache } from '../../service/authenticate/dpop-proof.ts'
import { NESTED } from './questions.ts'
import { median, row } from './table.ts'

const ROUNDS = 5
const TIMES = 500
const AUDIENCE = 'https://istmo.example'
const TOKEN = 'a.b.c'
const IDS = Array.from({ length: 20 }, (_, at) => `HN:P-${at}`)

interface Part {
  readonly name: string
  /** Makes what is worked on beforehand, so that it is no part of the measurement. */
  readonly make: () => unknown
  readonly work: (made: never) => unknown
}

const session = createTestSession('ES256')
const nowS = (): number => Date.now() / 1_000
const iat = (): number => Math.floor(nowS())
const ath = sha256Url(TOKEN)

function ask(): string {
  const { document, variables, countries } = NESTED
  return session.ask({ aud: AUDIENCE, iat: iat(), ath, document, variables, countries }).text
}

const nonces = createNonces(nowS)
const proofs = { publicUrl: () => AUDIENCE, replays: createReplayCache(nowS), nonces, now: Date.now }
const pair = generateKeyPairSync('ed25519')
const { kty, crv, x } = pair.publicKey.export({ format: 'jwk' })
const nodeKey = { privateKey: pair.privateKey, publicKey: sessionKey.parse({ kty, crv, x }) }
const give = (ids: readonly string[]): string =>
  signGivenIds({ country: 'HN', question: 'q', ids, iat: iat() }, nodeKey)
const readGiven = createGivenIdsReader({ partners: new Map([[thumbprintOf(nodeKey.publicKey), 'HN']]), now: Date.now })
const authorityKey = await makeKey()
const publicKey = (await importJWK(authorityKey.publicJwk, authorityKey.alg)) as CryptoKey
const { iss } = countryClaims()
const keys = new Set([authorityKey.thumbprint])
const pinned = { country: 'GT', authority: String(iss), keys, findKey: async () => publicKey }
const verifyToken = createCountryTokenVerifier({ country: 'HN', callers: [pinned], now: () => TEST_NOW_S * 1_000 })
const token = await signCountryToken(countryClaims(), authorityKey)

/** A question that is asked again and again, and again signed before it is too old. */
let known = { text: ask(), iat: iat() }

function askAgain(): string {
  if (iat() - known.iat > 10) known = { text: ask(), iat: iat() }
  return known.text
}

const PARTS: readonly Part[] = [
  {
    name: 'tool: sign a question (ES256)',
    make: () => null,
    work: ask,
  },
  {
    name: 'gateway: proof of the key (DPoP)',
    make: () => {
      const claims = {
        jti: randomUUID(),
        htm: 'POST',
        htu: `${AUDIENCE}/graphql`,
        iat: iat(),
        ath,
        nonce: nonces.current(),
      }
      return session.signJwt({ alg: 'ES256', typ: 'dpop+jwt', jwk: session.key }, claims)
    },
    work: (proof: string) =>
      checkProof(
        { proofs: [proof], method: 'POST', path: '/graphql' },
        { ath, keyThumbprint: session.thumbprint },
        proofs,
      ),
  },
  { name: 'gateway: a question', make: ask, work: (text: string) => verifyQuestionSoon(text, { now: Date.now }) },
  { name: 'node: a question, new', make: ask, work: (text: string) => verifyQuestion(text, { now: Date.now }) },
  { name: 'node: a question, known', make: askAgain, work: (text: string) => verifyQuestion(text, { now: Date.now }) },
  { name: 'node: country token, known', make: () => token, work: (text: string) => verifyToken(text) },
  { name: 'node: give 1 id', make: () => IDS.slice(0, 1), work: give },
  { name: 'node: give 20 ids', make: () => IDS, work: give },
  {
    name: 'node: take 1 given id, new',
    make: () => give(IDS.slice(0, 1)),
    work: (text: string) => readGiven(text, 'q'),
  },
  { name: 'node: take 20 given ids, new', make: () => give(IDS), work: (text: string) => readGiven(text, 'q') },
]

/** Measures the processor time of this thread, in microseconds for each time. */
async function measure({ make, work }: Part): Promise<number> {
  const made = Array.from({ length: TIMES }, make) as unknown as readonly never[]
  const from = process.threadCpuUsage()
  for (const one of made) await work(one)
  const { user, system } = process.threadCpuUsage(from)
  return (user + system) / TIMES
}

const figures = new Map(PARTS.map((part) => [part, [] as number[]]))
for (const part of PARTS) await measure(part)
for (let round = 0; round < ROUNDS; round++) {
  for (const [part, all] of figures) all.push(await measure(part))
}
process.stdout.write(`${row('part', 'µs')}|---|---|\n`)
for (const [{ name }, all] of figures) process.stdout.write(row(name, median(all).toFixed(0)))
