import { appendFile, cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, vi } from 'vitest'
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
import type { DemoPlace, RunningDemo } from './running-demo.ts'

const QUERY = `query Cases($countries: [CountryCode!], $first: Int!) {
  cases(countries: $countries, first: $first) { edges { node { id } } outcomes { country reach code } }
}`

/** Nicaragua (made up), which a demo takes in as docs/operating.md says, from its first `istmo join` to its answer to an officer of Guatemala. */
export interface Newcomer {
  /** What `npm start -- --admit` is given. */
  readonly folder: string
  /** Takes what the demo gave, starts witness and node, and asks as an officer of Guatemala does. */
  takePart(place: DemoPlace, demo: RunningDemo): Promise<void>
  /** Stops its processes and deletes its folder. */
  remove(): Promise<void>
}

/** Makes the newcomer's folder, with three cases in a database of its own. */
export async function createNewcomer(): Promise<Newcomer> {
  const root = await mkdtemp(join(tmpdir(), 'istmo-newcomer-'))
  const ni = (path = ''): string => join(root, 'ni', path)
  const [port, witness] = [await takePort(), await takePort()]
  await joinWith(
    root,
    ...['--country', 'NI', '--address', '127.0.0.1', '--listen', '127.0.0.1', '--port', String(port)],
    ...['--domains', 'cases', '--contact', 'x', '--log-name', 'registro.mp.gob.ni/ni', '--gateway-name', 'istmo'],
    ...['--witness', `http://127.0.0.1:${witness}/`],
  )
  await fillDatabase(ni('data'))
  const running: Running[] = []
  return {
    folder: ni(),
    takePart: (place, demo) => takePart({ root, running, place, demo }),
    remove: async () => {
      await Promise.all(running.map(({ stop }) => stop()))
      await rm(root, { recursive: true, force: true })
    },
  }
}

/** What a newcomer takes part in a demo with. What it starts is added to `running`. */
interface Part {
  readonly root: string
  readonly running: Running[]
  readonly place: DemoPlace
  readonly demo: RunningDemo
}

async function takePart({ root, running, place, demo }: Part): Promise<void> {
  const ni = (path: string): string => join(root, 'ni', path)
  const admitted = (path: string): string => join(place.home, 'admitted', path)
  await vi.waitFor(() =>
    expect(demo.output()).toContain(`NI takes part. What it needs of the demo is in ${admitted('for-NI')}`),
  )
  // What the demo gives, into the country's folder.
  await joinWith(
    root,
    '--gateway-keys',
    admitted('for-NI/leg.jwks.json'),
    '--gateway-ca',
    admitted('for-NI/demo-ca.pem'),
  )
  await cp(admitted('for-NI/demo-ca.pem'), ni('rules/demo-ca.pem'))
  const rules = await readFile(ni('rules/NI.yaml'), 'utf8')
  await writeFile(ni('rules/NI.yaml'), rules.replace('taskForces: []\n', '').replace('callers: []\n', ''))
  await appendFile(ni('rules/NI.yaml'), await readFile(admitted('for-NI/recognise.yaml')))
  await joinWith(root)
  await giveBundle(place, ni('bundle/NI'))
  const settings = await readFile(ni('node.env'), 'utf8')
  await writeFile(ni('node.env'), settings.replace('127.0.0.1:9465', `127.0.0.1:${await takePort()}`), {
    mode: 0o600,
  })
  running.push(await startIstmo(['witness', '--config', 'witness.yaml'], { cwd: ni(''), ready: /Witness listens on/ }))
  running.push(await startIstmo(['node'], { cwd: ni(''), envFile: 'node.env', ready: /the node listens/ }))

  await vi.waitFor(async () => {
    expect(await askAsAnalyst(place, root)).toMatchObject({
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
}

async function joinWith(root: string, ...args: readonly string[]): Promise<void> {
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
async function fillDatabase(folder: string): Promise<void> {
  const modules = await loadDomains(['cases'])
  await mkdir(folder, { recursive: true })
  const db = await openDatabase({ folder: join(folder, 'rows') })
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
async function giveBundle({ home }: DemoPlace, bundle: string): Promise<void> {
  for (const to of ['admitted', 'run/countries']) await cp(bundle, join(home, to, 'NI'), { recursive: true })
}

/** Asks as an officer of Guatemala does, who knows the key of the newcomer's log. */
async function askAsAnalyst(
  place: DemoPlace,
  root: string,
): Promise<{ readonly data: unknown; readonly evidence: unknown }> {
  await writeFile(join(root, 'login'), await logInOnly({ profile: 'analyst' }, place))
  const settings = parse(await readFile(authorityHomeIn(homeIn(place.home).authorities, 'GT').ask, 'utf8'))
  const NI = (await readFile(join(root, 'ni/bundle/NI/audit-log.vkey'), 'utf8')).trim()
  await writeFile(join(root, 'ask.yaml'), stringify({ ...settings, keys: { ...settings.keys, NI } }))
  await writeFile(join(root, 'cases.graphql'), QUERY)
  const { stdout, stderr } = await place.run(
    ...['cli/istmo.ts', 'ask', join(root, 'cases.graphql'), '--config', join(root, 'ask.yaml')],
    ...['--login', join(root, 'login'), '--country', 'NI', '--json', '--variables', '{"countries":["NI"],"first":5}'],
  )
  expect(stdout, stderr).not.toBe('')
  return JSON.parse(stdout)
}
