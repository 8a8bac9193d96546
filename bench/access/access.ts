/**
 * `npm run bench:access`: measures what authentication, rules and pruning cost, as a ratio to the same request without them. Everything
 * runs in one process and each leg is answered at once from memory, so that only the gateway’s own work is timed.
 */

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'graphql'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { createPolicySet } from '../../contract/access/policy-set.ts'
import type { Caller } from '../../contract/access-token.ts'
import { NEVER_GONE } from '../../contract/hangup.ts'
import { createEngine, type Engine } from '../../gateway/pipeline/engine.ts'
import { OPEN_SUPERGRAPH_SDL, SUPERGRAPH_SDL } from '../../gateway/plan/testing.ts'
import type { RequestContext } from '../../gateway/types/flow.ts'
import type { Participant } from '../../gateway/types/participant.ts'
import { createAuthenticate } from '../../service/authenticate/authenticate.ts'
import { type Issuer, MAX_LIFETIME_S, STANDARD_CLAIMS } from '../../service/authenticate/issuer.ts'

const ROUNDS = 5
const SECONDS = 1.5
const COUNTRIES = ['GT', 'HN', 'SV']
const SCOPES = ['case:read', 'person:read', 'warrant:read']
const QUERY = `query ($n: Int) { cases(first: $n) { edges { node {
  id country status filedOn court offences { iccs nationalLabel } participants { edges { node { role } } } provenance { agency }
} } outcomes { country reach code } } }`

const CASES = {
  edges: [],
  _iE: [],
  _iP: { _iN: false, _iV: false },
  pageInfo: { hasNextPage: false, hasPreviousPage: false },
}

/** Makes an engine with three countries. Those in `narrow` recognise fewer scopes, so that fields are pruned from their legs. */
function engineOver(supergraphSdl: string, narrow: readonly string[]): Engine {
  return createEngine({
    supergraphSdl,
    participants: COUNTRIES.map((country): Participant => {
      const endpoint = { url: 'http://127.0.0.1:9/', deadlineMs: 1_000, maxAnswerBytes: 1_000_000 }
      const scopes = narrow.includes(country) ? ['case:read'] : SCOPES
      const member = {
        issuer: 'GT',
        agencies: ['GT-MP'],
        purposes: ['INVESTIGATION' as const],
        scopes,
      }
      return {
        country,
        name: { es: country, en: country },
        domains: { cases: endpoint, persons: endpoint, legal: endpoint },
        access: {
          country,
          taskForces: [{ id: 'jtf', notAfter: '2999-12-31', members: [member] }],
          policies: createPolicySet(country, ''),
        },
      }
    }),
    subgraphDefaults: { deadlineMs: 1_000, maxAnswerBytes: 1_000_000 },
    sendLeg: async () => ({ kind: 'answered', data: { cases: CASES }, errors: [] }),
  })
}

function newCaller(): Caller {
  return {
    issuer: 'https://id.gt.example',
    subject: 'x',
    scopes: SCOPES,
    organisation: { country: 'GT', agency: 'GT-MP' },
    mandate: {
      type: 'istmo_mandate',
      task_force: 'jtf',
      purposes: ['INVESTIGATION'],
      countries: COUNTRIES,
      not_after: '2999-12-31',
    },
    expiresAt: 32_000_000_000,
  }
}

function contextOf(caller: Caller | null): RequestContext {
  return {
    requestId: 'r',
    caller,
    grounds: caller && { purpose: 'INVESTIGATION' },
    groundsRejected: null,
    language: 'en',
    isDryRun: false,
    hangup: NEVER_GONE,
    deadlineAt: Number.MAX_VALUE,
  }
}

const DOCUMENT = parse(QUERY)
let texts = 0

/** Sends one operation to an engine. With `isNewText`, the text is new to the engine, so that the engine has to plan it. */
function ask(engine: Engine, caller: Caller | null, isNewText = false): Promise<unknown> {
  const source = isNewText ? `# ${++texts}\n${QUERY}` : QUERY
  const document = isNewText ? parse(source) : DOCUMENT
  return engine.execute({ document, source, operationName: undefined, variables: { n: 5 } }, contextOf(caller))
}

/**
 * Measures the time of one call, in microseconds: the median of the means of the rounds. The variants take turns, so that a slow minute of the
 * machine affects all of them.
 */
async function measure(variants: Readonly<Record<string, () => Promise<unknown>>>): Promise<Map<string, number>> {
  const means = new Map(Object.keys(variants).map((name) => [name, [] as number[]]))
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, work] of Object.entries(variants)) {
      const from = performance.now()
      let calls = 0
      while (performance.now() - from < SECONDS * 1_000) {
        await work()
        calls += 1
      }
      means.get(name)?.push(((performance.now() - from) * 1_000) / calls)
    }
  }
  return new Map([...means].map(([name, values]) => [name, values.sort((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? 0]))
}

async function authentication(): Promise<{
  readonly cached: () => Promise<unknown>
  readonly fresh: () => Promise<unknown>
}> {
  const folder = await mkdtemp(join(tmpdir(), 'istmo-bench-'))
  const { privateKey, publicKey } = await generateKeyPair('EdDSA', { extractable: true })
  const jwks = join(folder, 'jwks.json')
  await writeFile(jwks, JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: 'k', alg: 'EdDSA' }] }))
  const issuer: Issuer = {
    ...{ issuer: 'https://id.gt.example', audience: 'istmo', jwks, algorithms: ['EdDSA'], country: 'GT' },
    ...{ tokenType: 'at+jwt', claims: STANDARD_CLAIMS, maxLifetimeS: MAX_LIFETIME_S },
  }
  const options = { issuers: [issuer], anonymous: false, requireMandate: true, publicUrl: () => 'http://127.0.0.1' }
  const authenticate = await createAuthenticate(options)
  await rm(folder, { recursive: true })
  const { mandate, organisation } = newCaller()
  const sign = (): Promise<string> =>
    new SignJWT({ scope: SCOPES.join(' '), org: organisation, authorization_details: [mandate] })
      .setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt', kid: 'k' })
      .setIssuer(issuer.issuer)
      .setAudience('istmo')
      .setSubject('x')
      .setJti(String(Math.random()))
      .setIssuedAt()
      .setExpirationTime('30m')
      .sign(privateKey)
  const check = (token: string): Promise<unknown> =>
    authenticate({
      ...{ authorization: [`Bearer ${token}`], proofs: [], mandate: [], method: 'POST', path: '/graphql' },
      clientCertificate: null,
    })
  const one = await sign()
  const many = await Promise.all(Array.from({ length: 60_000 }, sign))
  return { cached: () => check(one), fresh: () => check(many.pop() ?? one) }
}

const caller = newCaller()
const open = engineOver(OPEN_SUPERGRAPH_SDL, [])
const ruled = engineOver(SUPERGRAPH_SDL, [])
const pruned = engineOver(SUPERGRAPH_SDL, ['HN', 'SV'])
const tokens = await authentication()
const times = await measure({
  'warm: no rules': () => ask(open, null),
  'warm: rules, all allowed': () => ask(ruled, caller),
  'warm: rules, two countries pruned': () => ask(pruned, caller),
  'new caller: rules, all allowed': () => ask(ruled, newCaller()),
  'new caller: rules, two countries pruned': () => ask(pruned, newCaller()),
  'new text: no rules': () => ask(open, null, true),
  'new text: rules, all allowed': () => ask(ruled, caller, true),
  'new text: rules, two countries pruned': () => ask(pruned, caller, true),
  'authentication: cached token': tokens.cached,
  'authentication: new token': tokens.fresh,
})
const warm = times.get('warm: no rules') ?? 1
const cold = times.get('new text: no rules') ?? 1
process.stdout.write('| what | µs | ÷ the same without rules |\n|---|---|---|\n')
for (const [name, microseconds] of times) {
  const base = name.startsWith('new text') ? cold : warm
  process.stdout.write(`| ${name} | ${microseconds.toFixed(1)} | ${(microseconds / base).toFixed(2)} |\n`)
}
