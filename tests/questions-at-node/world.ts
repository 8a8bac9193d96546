/** Real nodes of two countries over HTTP, and a captured gateway: it has the leg key, and an officer's tokens and questions. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { exportJWK, SignJWT } from 'jose'
import { pino } from 'pino'
import { stringify } from 'yaml'
import { canonicalBytes } from '../../audit/log/canonical.ts'
import { openLogOn } from '../../audit/log/log.ts'
import { createMemoryStorage, newSigner } from '../../audit/log/testing.ts'
import { parseNote, signText } from '../../audit/note/note.ts'
import { SAMPLE_MANDATE_ENTRY } from '../../contract/audit-log/testing.ts'
import { LEG_TOKEN_TYPE, operationHash } from '../../contract/leg-token.ts'
import { countryClaims, makeKey, signCountryToken, type TestKey } from '../../contract/trust/country-token/testing.ts'
import { COUNTRY_TOKEN_HEADER } from '../../contract/trust/country-token.ts'
import { sha256Url } from '../../contract/trust/digest.ts'
import { hashPayload, thumbprintOf } from '../../contract/trust/personal-jws.ts'
import {
  createTestSession,
  type MadeQuestion,
  type TestSession,
} from '../../contract/trust/question-statement/testing.ts'
import { disclose } from '../../contract/trust/sd-jwt.ts'
import { newPersonalKey, SAMPLE_MANDATE, signByBoth } from '../../contract/trust/testing.ts'
import { makeMandateProof } from '../../service/trust/mandate-proof.ts'
import { type RunningNode, startNode } from '../../subgraphs/kit/server.ts'
import { newLegSalt, openEmptyDatabase } from '../../subgraphs/kit/testing.ts'
import { parseNodeConfig } from '../../subgraphs/node-command.ts'
import { nationalModules, serveModules } from './national-modules.ts'

export const nowS = (): number => Math.floor(Date.now() / 1000)

const GATEWAY = 'https://gateway.example'
const ACCESS_TOKEN = 'the access token of the officer'
const SCOPES = ['case:read', 'person:read', 'case:narrative', 'mla:read', 'warrant:read', 'person:identifiers']

/** What the officer asks. */
export interface Question {
  readonly document: string
  readonly variables?: Readonly<Record<string, unknown>>
  readonly operation?: string
  readonly countries?: readonly string[]
  readonly case?: string
  readonly basis?: readonly string[]
  readonly purpose?: string
  readonly iat?: number
  readonly jti?: string
}

/** A leg as the captured gateway sends it. What is absent is as an honest gateway would write it. */
export interface Leg {
  readonly to?: 'HN' | 'GT'
  readonly domain?: 'cases' | 'persons'
  readonly query: string
  readonly variables?: Readonly<Record<string, unknown>>
  /** Replaces the text of the statement. Null sends none. */
  readonly statement?: string | null
  /** Names of the disclosures that are not shown: a country's code, `$name`, `case`. */
  readonly hide?: readonly string[]
  readonly document?: string | null
  readonly given?: readonly string[]
  readonly countryToken?: Readonly<Record<string, unknown>>
  readonly legToken?: Readonly<Record<string, unknown>>
}

/** What a node answered. */
export interface Answer {
  readonly status: number
  readonly code: string | null
  readonly data: Record<string, unknown> | null | undefined
  readonly given: string | undefined
  readonly text: string
}

/** What a leg carries in its headers. */
export interface Tokens {
  readonly countryToken: string
  readonly legToken: string
}

/** The world of one test file. */
export interface World {
  readonly session: TestSession
  readonly nodeKeys: Readonly<Record<'HN' | 'GT' | 'other', TestKey>>
  /** Lines of the nodes' logs. */
  readonly logged: string[]
  ask(question: Question, session?: TestSession): MadeQuestion
  send(leg: Leg, question: Question, made: MadeQuestion): Promise<Answer>
  /** The tokens of an honest leg. `leg` replaces claims. */
  tokens(request: Omit<TokenRequest, 'leg'> & Partial<Pick<TokenRequest, 'leg'>>): Promise<Tokens>
  urlOf(country: string, domain: string): string
  close(): Promise<void>
}

/**
 * Starts the nodes of HN and GT. Both believe the officers of an authority of SV.
 * @param settings members of their country files, beside or in place of those of {@link fileOf}.
 * @param withRows the countries whose node has a database of its own. The others stand in front of a service.
 * @param boundTo the case to which the officer's mandate is bound. Questions that state this case use the mandate's disclosure.
 */
export async function startWorld(
  settings: Readonly<Record<string, unknown>> = {},
  withRows: readonly string[] = [],
  boundTo: string | null = null,
): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), 'istmo-questions-'))
  const [legKey, authorityKey] = await Promise.all([makeKey(), makeKey()])
  const nodeKeys = { HN: await makeKey(), GT: await makeKey(), other: await makeKey() }
  const disclosedCase = boundTo === null ? undefined : disclose('case', boundTo)
  const mandate = await makeMandate(disclosedCase?.digest)
  const write = async (name: string, value: unknown): Promise<string> => {
    await writeFile(join(folder, name), typeof value === 'string' ? value : JSON.stringify(value), { mode: 0o600 })
    return join(folder, name)
  }
  const gatewayJwks = await write('leg.jwks.json', jwksOf(legKey))
  await write('authority.jwks.json', jwksOf(authorityKey))
  const logged: string[] = []
  const nodes = new Map<string, RunningNode>()
  const closing: (() => Promise<void>)[] = []
  for (const country of ['HN', 'GT'] as const) {
    const rules = { ...fileOf(country, mandate, authorityKey, nodeKeys), ...settings }
    const flags = ['--country', country, '--domains', 'cases,persons', '--port', '0', '--gateway-jwks', gatewayJwks]
    flags.push('--rules', await write(`${country}.yaml`, stringify(rules)))
    flags.push('--node-key', await write(`${country}.key.json`, await exportJWK(nodeKeys[country].privateKey)))
    const modules = nationalModules(country)
    const log = pino({ level: 'info' }, { write: (line: string) => void logged.push(line) })
    if (withRows.includes(country)) {
      const database = await openEmptyDatabase()
      closing.push(() => database.close())
      nodes.set(country, await startNode(parseNodeConfig(flags, {}), { modules, db: database.db, log }))
    } else {
      const service = await serveModules(modules, country)
      closing.push(service.close)
      for (const { domain } of modules) flags.push('--upstream', `${domain}=${service.url}/${domain}`)
      nodes.set(country, await startNode(parseNodeConfig(flags, {}), { modules, log }))
    }
  }
  const session = createTestSession('EdDSA')
  const captured = { nodes, legKey, authorityKey, mandate, session, countryTokens: new Map<string, string>() }
  return {
    ...{ session, nodeKeys, logged },
    ask: ({ document, iat = nowS(), ...rest }, by = session) =>
      by.ask({
        ...{ aud: GATEWAY, ath: sha256Url(ACCESS_TOKEN), document, iat, ...rest },
        ...(disclosedCase !== undefined && rest.case === boundTo && { disclosedCase }),
      }),
    send: createSender(captured),
    tokens: (request) => makeTokens(captured, { leg: {}, ...request }),
    urlOf: (country, domain) => `${nodes.get(country)?.url}/${domain}`,
    async close() {
      await Promise.all([...nodes.values()].map((node) => node.close()))
      await Promise.all(closing.map((close) => close()))
      await rm(folder, { recursive: true })
    },
  }
}

function jwksOf({ publicJwk, thumbprint, alg }: TestKey): object {
  return { keys: [{ ...publicJwk, kid: thumbprint, alg, use: 'sig' }] }
}

type Mandate = Awaited<ReturnType<typeof makeMandate>>

async function makeMandate(caseDigest?: string) {
  const [drafter, approver] = [newPersonalKey(), newPersonalKey()]
  const log = newSigner('authority.sv.example')
  const witness = newSigner('witness.example', 'cosignature')
  const document = await signByBoth(
    {
      ...SAMPLE_MANDATE,
      issuer: 'https://authority.sv.example',
      country: 'SV',
      issued: nowS() - 60,
      countries: ['HN', 'GT'],
      scopes: SCOPES,
      not_after: new Date(Date.now() + 60 * 86_400_000).toISOString().slice(0, 10),
      officers: [{ agency: 'SV-FGR', role: 'prosecutor' }],
      ...(caseDigest !== undefined && { case: caseDigest }),
    },
    drafter,
    approver,
  )
  const hash = hashPayload(document.payload)
  const files = new Map<string, Uint8Array>()
  const opened = await openLogOn(createMemoryStorage(files), { signer: log, publishAfterMs: 1_000_000 })
  const approverKid = await thumbprintOf(approver)
  const entry = { ...SAMPLE_MANDATE_ENTRY, origin: 'authority.sv.example', mandate: hash, key: approverKid }
  const { index } = await opened.append(canonicalBytes(entry))
  await opened.publish()
  const { note } = opened.published()
  await opened.addCosignatures(note, [signText(parseNote(note).text, witness)])
  const source = { name: 'memory', read: async (path: string) => files.get(path) }
  const proof = await makeMandateProof(document, {
    source,
    index,
    log: log.verifier,
    witnesses: [witness.verifier],
  })
  return { hash, proof, approver: approverKid, log: log.verifier.vkey, witness: witness.verifier.vkey }
}

function fileOf(country: string, mandate: Mandate, authority: TestKey, nodes: World['nodeKeys']): object {
  const other = country === 'HN' ? 'GT' : 'HN'
  const members = [{ agencies: ['SV-FGR'], purposes: ['INVESTIGATION', 'PROSECUTION'], scopes: SCOPES }]
  return {
    country,
    name: { es: country, en: country },
    domains: { cases: { url: 'http://127.0.0.1:1/' }, persons: { url: 'http://127.0.0.1:1/' } },
    taskForces: [
      {
        id: SAMPLE_MANDATE.task_force,
        notAfter: '2099-12-31',
        members: members.map((one) => ({ issuer: 'SV', ...one })),
      },
    ],
    callers: [
      {
        country: 'SV',
        authority: 'https://authority.sv.example',
        jwks: 'authority.jwks.json',
        keys: [authority.thumbprint],
        approvers: [mandate.approver],
        log: mandate.log,
        witnesses: [mandate.witness],
        members,
      },
    ],
    partners: [{ country: other, keys: [nodes[other].thumbprint] }],
  }
}

interface Captured {
  readonly nodes: ReadonlyMap<string, RunningNode>
  readonly legKey: TestKey
  readonly authorityKey: TestKey
  readonly mandate: Mandate
  readonly session: TestSession
  /** The country token of each question, made once: signed in another second, it would be another one. */
  readonly countryTokens: Map<string, string>
}

interface TokenRequest {
  readonly to: 'HN' | 'GT'
  readonly query: string
  readonly leg: Pick<Leg, 'countryToken' | 'legToken'>
  readonly question: Question
  readonly made: MadeQuestion
}

async function makeTokens(
  { legKey, authorityKey, mandate, session, countryTokens }: Captured,
  { to, query, leg, question, made }: TokenRequest,
): Promise<Tokens> {
  const iat = nowS()
  const jti = (JSON.parse(Buffer.from(made.jwt.split('.')[1] ?? '', 'base64url').toString()) as { jti: string }).jti
  const name = JSON.stringify([
    to,
    jti,
    Object.entries(leg.countryToken ?? {}).map(([claim, value]) => [claim, value ?? null]),
  ])
  const countryToken =
    countryTokens.get(name) ??
    (await signCountryToken(
      countryClaims({
        ...{ iss: 'https://authority.sv.example', aud: to, iat, exp: iat + 300, scope: SCOPES.join(' ') },
        org: { country: 'SV', agency: 'SV-FGR', role: 'prosecutor' },
        mandate: {
          hash: mandate.hash,
          task_force: SAMPLE_MANDATE.task_force,
          purposes: ['INVESTIGATION'],
          not_after: new Date(Date.now() + 60 * 86_400_000).toISOString().slice(0, 10),
        },
        cnf: { jkt: legKey.thumbprint },
        ...{ caller_jkt: session.thumbprint, caller_ath: sha256Url(ACCESS_TOKEN), question: jti },
        ...leg.countryToken,
      }),
      authorityKey,
    ))
  countryTokens.set(name, countryToken)
  const legToken = await new SignJWT({
    ...{ iss: 'istmo', aud: to, sub: 's', iat, exp: iat + 60, jti: crypto.randomUUID(), act: { sub: 'istmo' } },
    ...{ op: operationHash(query), ct: sha256Url(countryToken), scope: SCOPES.join(' ') },
    grounds: {
      purpose: 'INVESTIGATION',
      ...(question.case !== undefined && { case: question.case }),
      ...(question.basis !== undefined && { legalBasis: question.basis }),
    },
    ...leg.legToken,
  })
    .setProtectedHeader({ alg: 'EdDSA', kid: legKey.thumbprint, typ: LEG_TOKEN_TYPE })
    .sign(legKey.privateKey)
  return { countryToken, legToken }
}

function createSender(captured: Captured): World['send'] {
  return async (leg, question, made) => {
    const { to = 'HN', domain = 'cases', query, variables = {}, hide = [] } = leg
    const { countryToken, legToken } = await makeTokens(captured, { to, query, leg, question, made })
    const shown = [...made.disclosures].flatMap(([name, text]) => (hide.includes(name) ? [] : [text]))
    const statement = leg.statement === undefined ? `${[made.jwt, ...shown].join('~')}~` : leg.statement
    const carried = {
      ...(statement !== null && { question: statement }),
      ...(leg.document !== null && { document: leg.document ?? question.document }),
      ...(leg.given && { given: leg.given }),
      mandateProof: captured.mandate.proof,
    }
    const response = await fetch(`${captured.nodes.get(to)?.url}/${domain}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${legToken}`,
        [COUNTRY_TOKEN_HEADER]: countryToken,
        ...newLegSalt(),
      },
      body: JSON.stringify({ query, variables, extensions: { istmo: carried } }),
    })
    return readResponse(response)
  }
}

async function readResponse(response: Response): Promise<Answer> {
  const text = await response.text()
  const body = JSON.parse(text) as {
    readonly data?: Answer['data']
    readonly errors?: readonly { readonly extensions?: { readonly code?: string } }[]
    readonly extensions?: { readonly istmo?: { readonly given?: string } }
  }
  const code = body.errors?.[0]?.extensions?.code ?? null
  return { status: response.status, code, data: body.data, given: body.extensions?.istmo?.given, text }
}
