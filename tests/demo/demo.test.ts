import { execFile } from 'node:child_process'
import { randomBytes, randomUUID } from 'node:crypto'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { decodeJwt, importJWK, type JWK, SignJWT } from 'jose'
import { Agent, fetch as fetchBy } from 'undici'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { formatLegSalt, LEG_SALT_BYTES, LEG_SALT_HEADER } from '../../contract/leg-salt.ts'
import { operationHash } from '../../contract/leg-token.ts'
import { COUNTRY_TOKEN_HEADER } from '../../contract/trust/country-token.ts'
import { demoCertificatesIn, makeDemoCertificates } from '../../demo/certificates.ts'
import { PROJECT_DIR } from '../../demo/config.ts'
import { authorityPort, consolePort, nodePort, WITNESS_NAMES } from '../../demo/countries.ts'
import { EXAMPLE_PERSON_ID } from '../../demo/generator/persons.ts'
import { homeIn } from '../../demo/home.ts'
import { PROFILES, type Profile, type ProfileName } from '../../demo/provider/officers.ts'
import { createExchangeClient } from '../../gateway/leg/country-tokens/exchange-client.ts'
import { createLegKey } from '../../gateway/leg/leg-key.ts'
import { SealedToken } from '../../service/authenticate/sealed-token.ts'
import { issueInto } from '../../service/certificates/authority-folder.ts'
import { readClientFiles } from '../../service/certificates/tls-files.ts'
import { createTlsPools } from '../../service/http/tls-pools.ts'
import { createTrustedFetch } from '../../service/http/trusted-fetch.ts'
import { describeFirstHour } from '../docs/first-hour.ts'
import { changeCountry, describeBrokenNetwork, withDeadline } from '../network/broken-network.ts'
import { askReadme } from './ask-readme.ts'
import { describeReadme } from './describe-readme.ts'
import { createNewcomer, type Newcomer } from './newcomer.ts'
import {
  ASK_AGAIN_MS,
  createDemoPlace,
  type DemoPlace,
  isAlive,
  PATIENT_DEADLINES,
  type RunningDemo,
  tokenOf,
  until,
} from './running-demo.ts'

interface Outcome {
  readonly country: string
  readonly reach: string
  readonly code: string | null
}
interface Answer {
  readonly errors?: unknown
  readonly data: {
    readonly person: {
      readonly id: string
      readonly names: readonly { readonly full: string }[]
      readonly cases: {
        readonly edges: readonly { readonly node: { readonly id: string; readonly country: string } }[]
        readonly outcomes: readonly Outcome[]
      }
    }
  }
}

// A busy machine needs minutes for the first start: the databases are filled.
const START_MS = 600_000
const DAY_MS = 86_400_000
const STEP_MS = 180_000
/** How long the gateway waits for a country that is meant to be late, in milliseconds. */
const SHORT_DEADLINE_MS = 3_000

let place: DemoPlace
let demo: RunningDemo
let noData: string
let newcomer: Newcomer | undefined

beforeAll(async () => {
  // As a clone has it: without the publishers' files. Its databases begin as copies (tests/prepared-database.ts); tests/national-start/launcher.test.ts has
  // a node that makes its own.
  noData = await mkdtemp(join(tmpdir(), 'istmo-no-data-'))
  place = await createDemoPlace({ ...PATIENT_DEADLINES, ISTMO_DATA: noData })
  // As an earlier version leaves it: with the keys of issuers, and without authorities.
  await mkdir(homeIn(place.home).providers, { mode: 0o700 })
  // The most generous one: what the processes write must be private all the same.
  const umask = process.umask(0)
  demo = await place.start(['--data', noData]).finally(() => process.umask(umask))
}, START_MS)
afterAll(async () => {
  await place.remove()
  await newcomer?.remove()
  await rm(noData, { recursive: true })
})

const analystToken = (): Promise<string> => tokenOf(place, 'analyst')

/** Asks until a country's rows are there again. A new token for each question would take more of the machine than the answers. */
async function untilAnswered(country: string): Promise<void> {
  const token = await analystToken()
  await until(async () => reachOf(await askAcrossBorders(token))[country] === 'ANSWERED', ASK_AGAIN_MS)
}

async function askAcrossBorders(given?: string): Promise<Answer> {
  const token = given ?? (await analystToken())
  const query = await readFile(join(PROJECT_DIR, 'demo/across-borders.graphql'), 'utf8')
  const response = await fetch(`http://127.0.0.1:${place.port}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query, variables: { id: EXAMPLE_PERSON_ID } }),
  })
  expect(response.status).toBe(200)
  return (await response.json()) as Answer
}

/** What the gateway shows to nodes and authorities, and the authority that knows them. */
async function gatewayCertificate() {
  const { ca, gateway } = demoCertificatesIn(homeIn(place.home))
  const files = { cert: { file: gateway.cert, setting: '' }, key: { file: gateway.key, setting: '' } }
  return { ca: await readFile(ca, 'utf8'), ...(await readClientFiles(files, Date.now())) }
}

/** Sends a leg to HN's node, as somebody with this certificate. Returns status and body. */
async function sendLeg(
  leg: string,
  query: string,
  certificate: { readonly ca: string; readonly cert: string; readonly key: string } | null,
  headers: Readonly<Record<string, string>> = {},
): Promise<readonly [number, string]> {
  const { ca, ...own } = certificate ?? { ca: await readFile(homeIn(place.home).ca, 'utf8') }
  const dispatcher = new Agent({ connect: { ca, minVersion: 'TLSv1.3', ...own } })
  const salt = { [LEG_SALT_HEADER]: formatLegSalt(randomBytes(LEG_SALT_BYTES)) }
  const answer = await fetchBy(`https://127.0.0.1:${nodePort(place.port, 'HN')}/persons`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${leg}`, ...salt, ...headers },
    body: JSON.stringify({ query }),
    dispatcher,
  })
  const text = await answer.text()
  await dispatcher.close()
  return [answer.status, text]
}

const casesOf = (answer: Answer) => answer.data.person.cases
const rowsOf = (answer: Answer, ...without: string[]) =>
  casesOf(answer).edges.flatMap(({ node }) => (without.includes(node.country) ? [] : [node]))
const reachOf = (answer: Answer) => Object.fromEntries(casesOf(answer).outcomes.map((o) => [o.country, o.reach]))

// A demo takes half a minute of a core to start, so four stories are told of one. The first needs a demo that nobody has asked.
describe('an auditor’s first hour', () => describeFirstHour(() => place))
describe('README and a clone’s demo', () => describeReadme('without-data', () => askReadme(place)))
describe('a broken network', () => describeBrokenNetwork(() => ({ place, demo })))

// The tests are the steps of one story, in order. Each continues with the demo as the test before it left it.
describe('the demo in one terminal', () => {
  let complete: Answer

  it(
    'answers the operation across borders with each country’s rows',
    async () => {
      // A node that has just started may miss its deadline on a busy machine.
      const token = await analystToken()
      await until(async () => {
        complete = await askAcrossBorders(token)
        return !Object.values(reachOf(complete)).includes('TIMED_OUT') && complete.errors === undefined
      })
      expect(complete.errors).toBeUndefined()
      expect(complete.data.person.id).toBe(EXAMPLE_PERSON_ID)
      expect(new Set(rowsOf(complete).map(({ country }) => country))).toEqual(new Set(['GT', 'HN', 'SV']))
      expect(reachOf(complete)).toEqual({ GT: 'ANSWERED', HN: 'ANSWERED', SV: 'ANSWERED', PA: 'NOT_PUBLISHED' })
    },
    STEP_MS,
  )

  it(
    'answers a question that an officer signed, and the countries’ logs prove the answer',
    async () => {
      const { stdout: token } = await place.run('demo/token.ts', 'analyst', '--login-only')
      // Not beside the publishers' files, which a start compares with those of the one before.
      const [login, document] = [join(place.home, 'login'), join(place.home, 'person.graphql')]
      await writeFile(login, token)
      await writeFile(document, 'query ($id: ID!) { person(id: $id) { id names { full } } }')
      const flags = ['--login', login]
      const variables = JSON.stringify({ id: EXAMPLE_PERSON_ID })
      const settings = join(place.home, 'authorities/GT/ask.yaml')
      const ask = () =>
        place.run('demo/istmo.ts', 'ask', document, '--config', settings, ...flags, '--variables', variables)
      let asked = await ask()
      // A node that has just started may miss its deadline on a busy machine.
      while (asked.stderr.includes('TIMED_OUT')) asked = await ask()
      const { code, stdout, stderr } = asked
      expect([code, stderr]).toEqual([0, 'The logs of the countries prove 1 of 1 answers.\n'])
      expect(JSON.parse(stdout)).toMatchObject({ person: { id: EXAMPLE_PERSON_ID } })
    },
    STEP_MS,
  )

  it('answers a caller without a token with the public law and nothing else', async () => {
    const query = '{ legalInstrument(id: "UN:XVIII-12") { title } person(id: "GT:P-000001") { id } }'
    const response = await fetch(`http://127.0.0.1:${place.port}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query }),
    })
    const { data, errors } = (await response.json()) as { data: Record<string, unknown>; errors: { path: string[] }[] }
    expect(data).toMatchObject({ legalInstrument: { title: expect.stringContaining('Convention') }, person: null })
    expect(errors.map(({ path }) => path)).toEqual([['person']])
  })

  it(
    'prints a curl command that can be pasted and returns the same answer',
    async () => {
      const { stdout: curl } = await place.run('demo/token.ts', 'analyst', '--curl')
      const { stdout } = await promisify(execFile)('sh', ['-c', curl])
      expect(JSON.parse(stdout).data).toEqual(complete.data)
    },
    STEP_MS,
  )

  it('says that the home of an earlier version has authorities and certificates now', () => {
    expect(demo.output()).toMatch(/This home is of an earlier version\. Each country now has a mandate authority/)
    expect(demo.output()).toMatch(/Gateway, nodes and authorities now speak TLS with one another/)
  })

  it(
    'gives each profile a token of the authority of its country, with the scopes of its mandate',
    async () => {
      for (const [profile, { country, scopes }] of Object.entries<Profile>(PROFILES)) {
        const claims = decodeJwt(await tokenOf(place, profile as ProfileName))
        expect(claims).toMatchObject({ iss: `https://authority.${country.toLowerCase()}.example`, org: { country } })
        expect(String(claims.scope).split(' ').sort()).toEqual([...scopes].sort())
        // Ten minutes, less the moment between the login and the token: no token outlives the login provider's.
        const seconds = Number(claims.exp) - Number(claims.iat)
        expect([seconds > 590, seconds <= 600]).toEqual([true, true])
      }
    },
    STEP_MS,
  )

  it.each([
    [['prosecutor'], 0, { org: { country: 'GT', role: 'prosecutor' } }],
    [['analyst', '--scope', 'case:read'], 0, { scope: 'case:read' }],
    [['analyst', '--country', 'HN'], 0, { iss: 'https://authority.hn.example', org: { agency: 'HN-MP-FECO' } }],
    [['analyst', '--scope', 'warrant:read'], 1, /invalid_scope/],
  ])(
    'answers a login with %j as the mandate allows',
    async (args, code, expected) => {
      const ended = await place.run('demo/token.ts', ...args)
      expect({ code: ended.code, isQuiet: ended.stderr === '' }).toEqual({ code, isQuiet: code === 0 })
      if (expected instanceof RegExp) expect(ended.stderr).toMatch(expected)
      else expect(decodeJwt(ended.stdout.trim())).toMatchObject(expected)
    },
    STEP_MS,
  )

  it('has the mandates in the authorities’ logs, which the witnesses of all countries cosigned', async () => {
    const ask = createTrustedFetch({ ca: await readFile(homeIn(place.home).ca, 'utf8') })
    for (const country of ['GT', 'HN'] as const) {
      const url = `https://127.0.0.1:${authorityPort(place.port, country)}/log/checkpoint`
      // Each token makes a newer checkpoint, which the witnesses see within a second.
      await until(async () => {
        const checkpoint = await (await ask(url)).text()
        expect(checkpoint.split('\n', 1)).toEqual([`istmo.example/authority-${country.toLowerCase()}`])
        return WITNESS_NAMES.every((name) => checkpoint.includes(`— witness.example/${name.toLowerCase()} `))
      })
    }
  })

  it('answers nothing to whoever has the gateway’s keys and no country token', async () => {
    const home = homeIn(place.home)
    const key = JSON.parse(await readFile(home.legKey, 'utf8')) as JWK
    const query = '{ person(id: "HN:P-000001") { id } }'
    const now = Math.floor(Date.now() / 1000)
    const claims = { iss: 'istmo', aud: 'HN', sub: 'somebody', iat: now, exp: now + 60, jti: randomUUID() }
    const org = { country: 'GT', agency: 'GT-MP-FECO', role: 'prosecutor' }
    const leg = await new SignJWT({
      ...{ ...claims, op: operationHash(query), org, scope: 'person:read', act: { sub: 'istmo' }, policies: [] },
      ...{ caller_iss: 'https://authority.gt.example', mandate: undefined },
    })
      .setProtectedHeader({ alg: 'EdDSA', typ: 'istmo-leg+jwt', kid: String(key.kid) })
      .sign(await importJWK(key, 'EdDSA'))
    expect(await sendLeg(leg, query, await gatewayCertificate())).toEqual([
      403,
      expect.stringContaining('CALLER_NOT_VERIFIED'),
    ])
  })

  it('has country tokens that hold for the gateway’s certificate only', async () => {
    const home = homeIn(place.home)
    const certificate = await gatewayCertificate()
    const key = await createLegKey(home.legKey)
    const { issuers } = parse(await readFile(home.issuers, 'utf8')) as {
      issuers: { issuer: string; authority: { token: string; client: string } }[]
    }
    const [{ issuer, authority } = { issuer: '', authority: { token: '', client: '' } }] = issuers
    const tokenEndpoint = new URL(authority.token)
    const pools = createTlsPools({ certificate })
    const exchange = createExchangeClient({
      ...{ authority: { issuer, tokenEndpoint, client: authority.client }, key, gateway: 'istmo', now: Date.now },
      channel: () => pools.channelTo(tokenEndpoint, { ca: certificate.ca }),
    })
    const accessToken = new SealedToken(await analystToken())
    const { jti: tokenId } = decodeJwt(accessToken.reveal())
    const asked = { accessToken, tokenId, country: 'HN', scopes: ['case:read', 'person:read'] }
    const { claims, hash, token } = await exchange({ ...asked, question: null, wantsProof: true })
    await pools.close()
    expect(claims.cnf).toEqual({ jkt: key.kid, 'x5t#S256': certificate.hash })

    const query = '{ person(id: "HN:P-000001") { id } }'
    const now = Math.floor(Date.now() / 1000)
    const leg = await new SignJWT({
      ...{ iss: 'istmo', aud: 'HN', iat: now, exp: now + 60, jti: randomUUID(), ct: hash },
      ...{ act: { sub: 'istmo' }, op: operationHash(query), scope: 'person:read' },
      grounds: { purpose: 'INVESTIGATION' },
    })
      .setProtectedHeader({ alg: 'EdDSA', typ: 'istmo-leg+jwt', kid: key.kid })
      .sign(key.privateKey)
    const shown = { [COUNTRY_TOKEN_HEADER]: token }
    expect(await sendLeg(leg, query, certificate, shown)).toEqual([200, expect.stringContaining('"id":"HN:P-000001"')])
    expect(await sendLeg(leg, query, null, shown)).toEqual([403, expect.stringContaining('CERTIFICATE_MISSING')])
    // Of the same authority: the gateway's operator could issue it.
    const order = {
      folder: join(home.tls, 'ca'),
      out: place.home,
      request: { name: 'other', use: 'client' as const },
      days: 1,
    }
    await issueInto(order, Date.now())
    const files = { cert: join(place.home, 'other.cert.pem'), key: join(place.home, 'other.key.pem') }
    const other = { ...certificate, cert: await readFile(files.cert, 'utf8'), key: await readFile(files.key, 'utf8') }
    expect(await sendLeg(leg, query, other, shown)).toEqual([403, expect.stringContaining('CALLER_NOT_VERIFIED')])
  })

  it('answers public law also to officers whom no country recognises, and nothing to a token for the auditors’ GraphQL', async () => {
    const query = '{ statutes(first: 1) { edges { node { id } } outcomes { country reach code } } }'
    const send = async (profile: 'nobody' | 'oversight'): Promise<Response> =>
      fetch(`http://127.0.0.1:${place.port}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${await tokenOf(place, profile)}` },
        body: JSON.stringify({ query }),
      })
    const answer = await send('nobody')
    const { data } = (await answer.json()) as { data: { statutes: { edges: unknown[]; outcomes: Outcome[] } } }
    expect(data.statutes.edges).toHaveLength(1)
    expect(data.statutes.outcomes.filter(({ reach }) => reach !== 'ANSWERED')).toEqual([])
    expect((await send('oversight')).status).toBe(401)
  })

  it(
    'refuses an agency that a country suspends with the key in the home, until it resumes it',
    async () => {
      const home = homeIn(place.home)
      const say = (command: 'suspend' | 'resume') => {
        const how = ['--reason', 'a drill', '--key-file', home.suspenderKey('HN'), '--folder', home.suspensions('HN')]
        return place.run('cli/istmo.ts', command, '--agency', 'GT-MP-FECO', ...how)
      }
      expect(await say('suspend')).toMatchObject({ code: 0 })
      const stopped = casesOf(await askAcrossBorders()).outcomes
      expect(stopped).toContainEqual({ country: 'HN', reach: 'DENIED', code: 'CALLER_NOT_VERIFIED' })
      expect(await say('resume')).toMatchObject({ code: 0 })
      await untilAnswered('HN')
      expect((await askAcrossBorders()).data).toEqual(complete.data)
    },
    STEP_MS,
  )

  it('does not say «no treaty» of a state that it knows nothing about', async () => {
    const ask = async (...binding: readonly string[]): Promise<unknown> => {
      const query = `{ legalInstruments(binding: ${JSON.stringify(binding)}) { instruments { id } outcomes { country reach code } } }`
      const response = await fetch(`http://127.0.0.1:${place.port}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query }),
      })
      return ((await response.json()) as { data: { legalInstruments: unknown } }).data.legalInstruments
    }
    const outcomes = (un: string | null) =>
      ['GT', 'HN', 'SV', 'UN'].map((country) => ({ country, reach: 'ANSWERED', code: country === 'UN' ? un : null }))
    expect(await ask('GT', 'HN')).toMatchObject({ outcomes: outcomes(null) })
    expect(await ask('GT', 'US')).toEqual({ instruments: [], outcomes: outcomes('COVERAGE_PARTIAL') })
  })

  it('prints the address of one page, from which GraphiQL, the status and each door can be reached', async () => {
    const address = `http://127.0.0.1:${place.port}`
    expect(demo.output()).toContain(`\n  ${address}/\n`)
    const page = await (await fetch(`${address}/`, { headers: { accept: 'text/html' } })).text()
    for (const path of ['/graphiql', '/status']) {
      expect(page).toContain(`href="${path}"`)
      expect((await fetch(`${address}${path}`)).status).toBe(200)
    }
    for (const [profile, { country }] of Object.entries(PROFILES).slice(0, 3)) {
      expect(page).toContain(`http://127.0.0.1:${consolePort(place.port, country)}/console/?login_hint=${profile}#`)
    }
    for (const country of ['GT', 'HN'] as const) {
      const origin = `http://127.0.0.1:${consolePort(place.port, country)}`
      const told = await (await fetch(`${origin}/console/config.json`)).json()
      expect(told).toMatchObject({ country, gateway: address, authority: { tokenEndpoint: `${origin}/token` } })
      const preflight = { origin, 'access-control-request-method': 'POST' }
      const asked = await fetch(`${address}/graphql`, { method: 'OPTIONS', headers: preflight })
      expect([asked.status, asked.headers.get('access-control-allow-origin')]).toEqual([204, origin])
    }
  })

  it(
    'refuses to start twice in the same home, and the first demo goes on',
    async () => {
      const second = await place.run('demo/start.ts')
      expect({ code: second.code, stdout: second.stdout }).toEqual({ code: 1, stdout: '' })
      expect(second.stderr).toMatch(/a demo runs in .* already, process \d+: stop it first/)
      expect((await askAcrossBorders()).data).toEqual(complete.data)
    },
    STEP_MS,
  )

  it(
    'reports a stopped country as unavailable, answers with all rows of the others, and starts it again',
    async () => {
      const stopped = await place.run('demo/control.ts', 'stop', 'HN')
      expect(stopped).toMatchObject({ code: 0, stdout: expect.stringContaining('HN is stopped') })
      const partial = await askAcrossBorders()
      expect(casesOf(partial).outcomes).toContainEqual({ country: 'HN', reach: 'UNAVAILABLE', code: 'CONNECTION' })
      expect(reachOf(partial)).toEqual({ ...reachOf(complete), HN: 'UNAVAILABLE' })
      const ids = (rows: readonly { id: string }[]) => rows.map(({ id }) => id)
      // Without HN’s rows the page has room for other rows, but it may not lose any.
      expect(ids(rowsOf(partial))).toEqual(expect.arrayContaining(ids(rowsOf(complete, 'HN'))))
      expect(rowsOf(partial).map(({ country }) => country)).not.toContain('HN')

      expect(await place.run('demo/control.ts', 'start', 'HN')).toMatchObject({ code: 0 })
      await untilAnswered('HN')
      expect((await askAcrossBorders()).data).toEqual(complete.data)
    },
    STEP_MS,
  )

  it.each([
    [['stop', 'XX'], 2, /expected one of the demo’s countries/],
    [['stop'], 2, /; Ctrl-C in the terminal of `npm start` ends all of it; came nothing/],
    [['start', 'GT'], 1, /GT is running already/],
  ])(
    'explains what is wrong with %j and exits with %i',
    async (args, expected, message) => {
      const { code, stderr } = await place.run('demo/control.ts', ...args)
      expect(code).toBe(expected)
      expect(stderr).toMatch(message)
    },
    STEP_MS,
  )

  it(
    'reports that a country’s process was killed, and goes on',
    async () => {
      const { SV } = await demo.children()
      process.kill(Number(SV), 'SIGKILL')
      await until(() => demo.output().includes('SV ended by itself (signal SIGKILL)'))
      expect(reachOf(await askAcrossBorders())).toEqual({ ...reachOf(complete), SV: 'UNAVAILABLE' })
      expect(await place.run('demo/control.ts', 'start', 'SV')).toMatchObject({ code: 0 })
    },
    STEP_MS,
  )

  it(
    'waits for a paused country only until its deadline, and has its rows again when it continues',
    async () => {
      await untilAnswered('SV')
      const { SV } = await demo.children()
      const file = await changeCountry(place, 'SV', (text) => withDeadline(text, SHORT_DEADLINE_MS))
      process.kill(Number(SV), 'SIGSTOP')
      const partial = await askAcrossBorders().finally(() => process.kill(Number(SV), 'SIGCONT'))
      await changeCountry(place, 'SV', () => file)
      expect(casesOf(partial).outcomes).toContainEqual({ country: 'SV', reach: 'TIMED_OUT', code: 'LEG_DEADLINE' })
      expect(reachOf(partial)).toEqual({ ...reachOf(complete), SV: 'TIMED_OUT' })
      expect(rowsOf(partial).length).toBeGreaterThan(0)
      await untilAnswered('SV')
      expect((await askAcrossBorders()).data).toEqual(complete.data)
    },
    STEP_MS,
  )

  it(
    'does not leave a process behind when it is killed',
    async () => {
      const pids = Object.values(await demo.children())
      expect(pids.length).toBeGreaterThanOrEqual(6)
      await demo.end('SIGKILL')
      await until(() => !pids.some(isAlive))
      expect((await place.run('demo/control.ts', 'stop', 'HN')).stderr).toContain('no demo runs here')
    },
    STEP_MS,
  )

  it(
    'starts again from its stored data with the same answer after 60 days',
    async () => {
      const home = homeIn(place.home)
      await rm(home.tls, { recursive: true })
      await makeDemoCertificates(home, Date.now() - 60 * DAY_MS)
      await expect(gatewayCertificate()).rejects.toThrow(/expected a certificate that holds now; came one until/)
      newcomer = await createNewcomer()
      demo = await place.start(['--data', noData, '--admit', newcomer.folder])
      await expect(gatewayCertificate()).resolves.toHaveProperty('hash')
      // Here too a node that has just started may miss its deadline on a busy machine.
      await until(async () => !Object.values(reachOf(await askAcrossBorders())).includes('TIMED_OUT'))
      const { data } = await askAcrossBorders()
      const { cases } = data.person
      const outcomes = cases.outcomes.filter(({ country }) => country !== 'NI')
      expect({ person: { ...data.person, cases: { ...cases, outcomes } } }).toEqual(complete.data)
    },
    START_MS,
  )

  it(
    'takes in a country, which answers an officer of another country',
    async () => {
      await newcomer?.takePart(place, demo)
    },
    START_MS,
  )

  it(
    'ends all its processes at Ctrl-C',
    async () => {
      const pids = Object.values(await demo.children())
      expect(await demo.end('SIGINT')).toBe(0)
      expect(pids.filter(isAlive)).toEqual([])
    },
    STEP_MS,
  )
})
