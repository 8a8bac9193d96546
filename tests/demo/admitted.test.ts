import { appendFile, cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { parse, stringify } from 'yaml'
import { authorityHomeIn } from '../../demo/authority/authorities.ts'
import { logInOnly } from '../../demo/authority/log-in.ts'
import { operatorPort } from '../../demo/countries.ts'
import { homeIn } from '../../demo/home.ts'
import { runJoin } from '../../joining/join/join-command.ts'
import { loadDomains } from '../../subgraphs/domains.ts'
import { openDatabase } from '../../subgraphs/kit/database.ts'
import { bindCountry, migrate } from '../../subgraphs/kit/migrate.ts'
import { type Running, startIstmo } from '../join/processes.ts'
import { takePort } from '../ports.ts'
import { createDemoPlace, type DemoPlace, PATIENT_DEADLINES, type RunningDemo } from './running-demo.ts'

/** Nicaragua (made up) is taken into a demo as docs/operating.md says, from its first `istmo join` to its answer to an officer of Guatemala. */

const QUERY = `query Cases($countries: [CountryCode!], $first: Int!) {
  cases(countries: $countries, first: $first) { edges { node { id } } outcomes { country reach code } }
}`

let root: string
let place: DemoPlace
let demo: RunningDemo
const running: Running[] = []
const ni = (path = ''): string => join(root, 'ni', path)
const admitted = (path: string): string => join(place.home, 'admitted', path)

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'istmo-newcomer-'))
  place = await createDemoPlace(PATIENT_DEADLINES)
  const [port, witness] = [await takePort(), await takePort()]
  await joinWith(
    ...['--country', 'NI', '--address', '127.0.0.1', '--listen', '127.0.0.1', '--port', String(port)],
    ...['--domains', 'cases', '--contact', 'x', '--log-name', 'registro.mp.gob.ni/ni', '--gateway-name', 'istmo'],
    ...['--witness', `http://127.0.0.1:${witness}/`],
  )
  await fillDatabase()
  demo = await place.start(['--persons', '5', '--cases', '5', '--data', root, '--admit', ni()])
})
afterAll(async () => {
  await Promise.all(running.map(({ stop }) => stop()))
  await place?.remove()
  await rm(root, { recursive: true, force: true })
})

async function joinWith(...args: readonly string[]): Promise<void> {
  let said = ''
  const stream = { write: (text: string) => (said += text) }
  const world = {
    streams: { out: stream, err: stream },
    env: {},
    now: Date.now,
    cwd: () => root,
    openTerminal: () => null,
  }
  expect(await runJoin(['ni', '--yes', ...args], world), said).toBe(0)
}

/** Two cases of which the demo's task force may know, and one of which it may not. */
async function fillDatabase(): Promise<void> {
  const modules = await loadDomains(['cases'])
  await mkdir(ni('data'), { recursive: true })
  const db = await openDatabase({ folder: ni('data/rows') })
  await migrate(db, modules)
  await bindCountry(db, 'NI')
  await db.query(
    `insert into cases.case_file (id, category, status, filed_on, agency, handling, recorded_at, synthetic, shared_with)
     select 'NI:C-' || n, 'COURT', 'OPEN', date '2024-01-01' + n, 'MP', '{H1}', now(), true, array[case n when 3 then 'other' else 'jtf-2026-03' end]
     from generate_series(1, 3) n`,
  )
  await db.close()
}

/** Gives the demo the bundle again, as docs/operating.md says. */
async function giveBundle(): Promise<void> {
  for (const to of ['admitted', 'run/countries'])
    await cp(ni('bundle/NI'), join(place.home, to, 'NI'), { recursive: true })
}

/** Asks as an officer of Guatemala does, who knows the key of the newcomer's log. */
async function askAsAnalyst(): Promise<{ readonly data: unknown; readonly evidence: unknown }> {
  await writeFile(join(root, 'login'), await logInOnly({ profile: 'analyst' }, place))
  const settings = parse(await readFile(authorityHomeIn(homeIn(place.home).authorities, 'GT').ask, 'utf8'))
  const NI = (await readFile(ni('bundle/NI/audit-log.vkey'), 'utf8')).trim()
  await writeFile(join(root, 'ask.yaml'), stringify({ ...settings, keys: { ...settings.keys, NI } }))
  await writeFile(join(root, 'cases.graphql'), QUERY)
  const { stdout, stderr } = await place.run(
    ...['cli/istmo.ts', 'ask', join(root, 'cases.graphql'), '--config', join(root, 'ask.yaml')],
    ...['--login', join(root, 'login'), '--country', 'NI', '--json', '--variables', '{"countries":["NI"],"first":5}'],
  )
  expect(stdout, stderr).not.toBe('')
  return JSON.parse(stdout)
}

it('a country that a demo takes in answers an officer of another country', async () => {
  await vi.waitFor(() =>
    expect(demo.output()).toContain(`NI takes part. What it needs of the demo is in ${admitted('for-NI')}`),
  )
  // What the demo gives, into the country's folder.
  await joinWith('--gateway-keys', admitted('for-NI/leg.jwks.json'), '--gateway-ca', admitted('for-NI/demo-ca.pem'))
  await cp(admitted('for-NI/demo-ca.pem'), ni('rules/demo-ca.pem'))
  const rules = await readFile(ni('rules/NI.yaml'), 'utf8')
  await writeFile(ni('rules/NI.yaml'), rules.replace('taskForces: []\n', '').replace('callers: []\n', ''))
  await appendFile(ni('rules/NI.yaml'), await readFile(admitted('for-NI/recognise.yaml')))
  await joinWith()
  await giveBundle()
  const settings = await readFile(ni('node.env'), 'utf8')
  await writeFile(ni('node.env'), settings.replace('127.0.0.1:9465', `127.0.0.1:${await takePort()}`), { mode: 0o600 })
  running.push(await startIstmo(['witness', '--config', 'witness.yaml'], { cwd: ni(), ready: /Witness listens on/ }))
  running.push(await startIstmo(['node'], { cwd: ni(), envFile: 'node.env', ready: /the node listens/ }))

  await vi.waitFor(async () => {
    expect(await askAsAnalyst()).toMatchObject({
      data: {
        cases: {
          edges: ['NI:C-2', 'NI:C-1'].map((id) => ({ node: { id } })),
          outcomes: [{ country: 'NI', reach: 'ANSWERED', code: null }],
        },
      },
      evidence: { legs: [{ country: 'NI', domain: 'cases', reason: null }], unsigned: [] },
    })
  })
  const status = await fetch(`http://127.0.0.1:${operatorPort(place.port)}/status`)
  expect(await status.json()).toMatchObject({
    participants: expect.arrayContaining([expect.objectContaining({ country: 'NI' })]),
  })
})
