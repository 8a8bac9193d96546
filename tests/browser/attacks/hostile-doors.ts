/**
 * Everybody whom the console asks, in the hands of an attacker: login provider, mandate authority, gateway, oversight. They give tokens to anybody, and answer each
 * document of the console with texts of the attacker's.
 */
import { hash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type {
  AnswerProblem,
  CountryReport,
  DeniedField,
  Officer,
  OfficerMandate,
} from '../../../console/src/session/session.ts'
import { fillAnswer } from './fill-answer.ts'
import { type AttackName, attackWith, Marks } from './payloads.ts'
import { readDocuments } from './read-documents.ts'

/** The doors, and what the attacker does at them. */
export interface HostileDoors {
  readonly origin: string
  readonly marks: Marks
  /** What is written from now on. */
  attack: AttackName
  /** Texts that are as an honest party writes them, by place. Some pages show more of an entry whose kind they know. */
  honest: Readonly<Record<string, string>>
  /** Whether each question is refused, or each token; null while all is given. */
  refusal: 'QUESTIONS' | 'TOKENS' | null
  /** Whether the provider lets a code be redeemed without the verifier of its sign-in (RFC 7636). An honest one does not. */
  checksVerifier: boolean
  /** What the login page is; null: the provider sends everybody back at once. */
  loginPage: string | null
  /** Who signs in next: the subject and the name at the provider. */
  officer: { readonly subject: string; readonly name: string | null }
  /** How long the provider's tokens live, in seconds. */
  lifeS: number
  /** How many mandates the officer has. */
  mandates: number
  /** The operations that were asked, and each place that a text was written at. */
  readonly asked: Set<string>
  readonly written: Set<string>
  /** Each secret that was given out: codes and tokens. */
  readonly secrets: Set<string>
  /** The headers `Referer` that came. */
  readonly referrers: string[]
  close(): void
}

/** What the attacker's parties have to remember of a sign-in. */
interface Sign {
  readonly nonce: string
  readonly challenge: string
}

/** Opens the doors on a free port. */
export async function openHostileDoors(): Promise<HostileDoors> {
  const signs = new Map<string, Sign>()
  const server: Server = createServer((request, response) => {
    void answer(doors, signs, request, response).catch((error: unknown) => {
      response.writeHead(500, CORS).end(String(error))
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const doors: HostileDoors = {
    ...{ origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, marks: new Marks() },
    ...{
      attack: 'markup',
      honest: {},
      refusal: null,
      checksVerifier: true,
      loginPage: null,
      officer: { subject: 'ana', name: null },
      lifeS: 600,
      mandates: 1,
    },
    ...{ asked: new Set(), written: new Set(), secrets: new Set(), referrers: [] },
    close: () => void server.close(),
  }
  return doors
}

const CORS = {
  'access-control-allow-origin': '*',
  'access-control-allow-headers':
    'authorization, content-type, dpop, accept-language, istmo-question, istmo-mandate, istmo-dry-run, accept',
  'access-control-expose-headers': 'istmo-request-id, dpop-nonce',
  'content-type': 'application/json',
}

async function answer(
  doors: HostileDoors,
  signs: Map<string, Sign>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '/', doors.origin)
  if (request.headers.referer !== undefined) doors.referrers.push(`${url.pathname}: ${request.headers.referer}`)
  const send = (status: number, body: unknown, headers = {}): void =>
    void response.writeHead(status, { ...CORS, ...headers }).end(JSON.stringify(body))
  if (request.method === 'OPTIONS') return send(204, '')
  const text = await readText(request)
  if (url.pathname === '/auth') return sendBack(doors, signs, url, response)
  if (doors.refusal === 'TOKENS')
    return send(400, { error: 'invalid_grant', error_description: write(doors, 'Refusal') })
  if (url.pathname === '/provider-token') {
    const tokens = redeem(doors, signs, new URLSearchParams(text))
    return tokens === null ? send(400, { error: 'invalid_grant' }) : send(200, tokens)
  }
  if (url.pathname === '/console/mandates') return send(200, { mandates: listMandates(doors) })
  if (url.pathname === '/token') {
    const token = secret(doors, accessClaims(doors))
    return send(200, { access_token: token, token_type: 'DPoP', expires_in: doors.lifeS })
  }
  if (url.pathname === '/console/exports') {
    return send(201, { id: REQUEST_ID, index: 0, authority: write(doors, 'Export.authority') })
  }
  if (doors.refusal === 'QUESTIONS') return send(400, { errors: listProblems(doors) })
  send(200, answerDocument(doors, text, request.headers['istmo-dry-run'] === '?1'), { 'istmo-request-id': REQUEST_ID })
}

const REQUEST_ID = '019ab7e5-2f40-7c3a-9c1d-3a1b2c3d4e5f'

async function readText(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of request) text += String(chunk)
  return text
}

/** Writes a text of the attacker that no document asks for. */
function write(doors: HostileDoors, place: string): string {
  doors.written.add(place)
  return doors.honest[place] ?? attackWith(doors.attack, doors.marks)({ place, type: 'String' })
}

function sendBack(doors: HostileDoors, signs: Map<string, Sign>, url: URL, response: ServerResponse): void {
  const given = (name: string): string => url.searchParams.get(name) ?? ''
  if (doors.loginPage !== null) {
    return void response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(doors.loginPage)
  }
  const code = `code-${crypto.randomUUID()}`
  doors.secrets.add(code)
  signs.set(code, { nonce: given('nonce'), challenge: given('code_challenge') })
  const back = new URL(given('redirect_uri'))
  back.search = new URLSearchParams({ code, state: given('state') }).toString()
  response.writeHead(302, { location: back.href }).end()
}

function redeem(doors: HostileDoors, signs: Map<string, Sign>, form: URLSearchParams): object | null {
  const sign = signs.get(form.get('code') ?? '')
  const verifier = hash('sha256', form.get('code_verifier') ?? '', 'base64url')
  if (doors.checksVerifier && sign?.challenge !== verifier) return null
  signs.delete(form.get('code') ?? '')
  const nowS = Math.floor(Date.now() / 1_000)
  const { subject, name } = doors.officer
  const claims = {
    ...{ iss: doors.origin, aud: 'console', sub: subject, nonce: sign?.nonce },
    ...{ name: name ?? write(doors, 'OfficerName'), iat: nowS, exp: nowS + doors.lifeS },
  }
  return { access_token: secret(doors, claims), id_token: secret(doors, claims), expires_in: doors.lifeS }
}

function secret(doors: HostileDoors, claims: object): string {
  const parts = [{ alg: 'none' }, { ...claims, jti: crypto.randomUUID() }]
  const token = [...parts.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')), 'c2lnbmF0dXJl'].join(
    '.',
  )
  doors.secrets.add(token)
  return token
}

/** The members of an officer's mandate that the page shows. The compiler demands each of them. */
function mandateTexts(
  doors: HostileDoors,
): Readonly<Record<Exclude<keyof OfficerMandate, 'hash' | 'caseDigest'>, unknown>> {
  return {
    taskForce: write(doors, 'Mandate.taskForce'),
    purposes: ['INVESTIGATION', 'OVERSIGHT', write(doors, 'Mandate.purposes')],
    countries: ['GT', 'HN', write(doors, 'Mandate.countries')],
    legalBasis: [write(doors, 'Mandate.legalBasis')],
    notAfter: write(doors, 'Mandate.notAfter'),
  }
}

function listMandates(doors: HostileDoors): readonly object[] {
  return Array.from({ length: doors.mandates }, (_, at) => ({ hash: String(at).repeat(43), ...mandateTexts(doors) }))
}

function accessClaims(doors: HostileDoors): object {
  const { taskForce, purposes, countries, legalBasis, notAfter } = mandateTexts(doors)
  const org: Readonly<Record<Exclude<keyof Officer, 'name' | 'scopes' | 'subject'>, string>> = {
    ...{ country: 'GT', agency: write(doors, 'Officer.agency'), role: write(doors, 'Officer.role') },
  }
  const details = { type: 'istmo_mandate', hash: '0'.repeat(43), task_force: taskForce, purposes, countries }
  return {
    ...{ exp: Math.floor(Date.now() / 1_000) + doors.lifeS, org },
    authorization_details: [{ ...details, legal_basis: legalBasis, not_after: notAfter }],
  }
}

function answerDocument(doors: HostileDoors, body: string, isDryRun: boolean): object {
  const { query } = JSON.parse(body) as { readonly query: string }
  const known = readDocuments().find(({ text }) => text === query)
  if (known === undefined) throw new Error(`expected a document of the console; came ${query}`)
  const attack = attackWith(doors.attack, doors.marks)
  const { operation, data, places } = fillAnswer(
    query,
    known.schema,
    (place) => doors.honest[place.place] ?? attack(place),
  )
  doors.asked.add(operation)
  for (const place of places) doors.written.add(place)
  return {
    ...{ data: isDryRun ? null : data, errors: listProblems(doors) },
    extensions: {
      countries: [reportOf(doors, 'GT'), reportOf(doors, write(doors, 'Report.country'))],
      logs: [{ origin: write(doors, 'AnsweredLog.origin'), size: 1, unreadable: 1, isCurrent: false }],
      ...(isDryRun && { dryRun: { denied: [deniedField(doors)] } }),
    },
  }
}

function reportOf(doors: HostileDoors, country: string): CountryReport {
  return {
    ...{ country, domain: write(doors, 'Report.domain'), reach: write(doors, 'Report.reach') },
    code: write(doors, 'Report.code'),
  }
}

function deniedField(doors: HostileDoors): DeniedField {
  const [path, coordinate] = [[write(doors, 'Denied.path')], write(doors, 'Denied.coordinate')]
  return { path, coordinate, country: write(doors, 'Denied.country'), rule: write(doors, 'Denied.rule') }
}

/** Errors of each kind that the line of countries tells apart. */
function listProblems(doors: HostileDoors): readonly object[] {
  const problem = (name: string, over: Partial<AnswerProblem>): object => {
    const { code, country, coordinate, message, path }: AnswerProblem = {
      ...{ message: write(doors, `${name}.message`), code: write(doors, `${name}.code`), path: [] },
      ...{ country: write(doors, `${name}.country`), coordinate: write(doors, `${name}.coordinate`) },
      ...over,
    }
    return { message, path, extensions: { code, country, coordinate } }
  }
  return [
    problem('Other', { country: null, coordinate: null }),
    problem('HiddenByCountry', { code: 'FORBIDDEN_BY_COUNTRY', country: 'GT' }),
    problem('HiddenEverywhere', { code: 'UNAUTHORIZED_FIELD_OR_TYPE', country: null }),
  ]
}
