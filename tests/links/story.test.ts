/** Honduras looks for its persons in Guatemala, a person confirms one, and the gateway shows the link. */
import { readFile, writeFile } from 'node:fs/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { CommandPlace } from '../../joining/decisions/decisions.ts'
import { runLinkImport, runLinkSuggest } from '../../joining/links/link-command.ts'
import { readLog } from '../authority/read-log.ts'
import { commandsOf } from './page-commands.ts'
import { type LinkWorld, type Person, startLinkWorld } from './world.ts'

const SHARED = { sharedWith: ['*'] }
const OWN: readonly Person[] = [
  { id: 'HN:P-1', name: 'Ana María Paz Núñez', birthDate: '1980-02-03', dni: '0801-1980-00001', ...SHARED },
  { id: 'HN:P-2', name: 'Luis Cruz', birthDate: '1981-02-03', dni: '0801-1981-00002', ...SHARED },
  { id: 'HN:P-3', name: 'Niña Protegida', birthDate: '2015-02-03', dni: '0801-2015-00003', protected: true, ...SHARED },
  { id: 'HN:P-4', name: 'Nadie Compartido', birthDate: '1982-02-03', dni: '0801-1982-00004', sharedWith: null },
]
const OTHERS: readonly Person[] = [
  { id: 'GT:P-9', name: 'Ana Maria Paz', birthDate: '1980-02-03', dni: '0801 1980 00001', ...SHARED },
  { id: 'GT:P-8', name: 'Niña Protegida', birthDate: '2015-02-03', dni: '0801-2015-00003', ...SHARED },
]

let world: LinkWorld
beforeAll(async () => {
  world = await startLinkWorld(OWN, OTHERS)
}, 300_000)
afterAll(() => world?.close())

interface Ended {
  readonly code: number
  readonly out: string
  readonly err: string
}

/** Runs a command over the database of Honduras, as `istmo link` does over the one that its command line names. */
async function run(
  command: (args: readonly string[], place: CommandPlace) => Promise<number>,
  args: readonly string[],
): Promise<Ended> {
  const written = { out: '', err: '' }
  const into = (name: 'out' | 'err') => ({
    write: (text: string) => Object.assign(written, { [name]: written[name] + text }),
  })
  const streams = { out: into('out'), err: into('err') }
  const code = await command(args, { streams, withDatabase: (_, work) => work(world.honduras) })
  return { code, ...written }
}

const suggest = (...flags: readonly string[]) =>
  run(runLinkSuggest, [
    ...['--config', world.at('ask.yaml'), '--login', world.at('login'), '--lang', 'en'],
    ...[
      '--purpose',
      'INVESTIGATION',
      '--case',
      'HN:C-1',
      '--country',
      'GT',
      '--pause',
      '1',
      '--out',
      world.at('candidates.csv'),
      ...flags,
    ],
  ])
const takeOver = (...flags: readonly string[]) =>
  run(runLinkImport, [
    ...[
      world.at('candidates.csv'),
      '--audit-log-key',
      world.at('keys/log.key'),
      '--audit-log-dir',
      world.at('audit-log'),
    ],
    ...['--lang', 'en', ...flags],
  ])
const candidates = async () => (await readFile(world.at('candidates.csv'), 'utf8')).trim().split('\n')

it('asks about those who may be asked about, and lists who is known', async () => {
  const ended = await suggest('--since', '2026-01-01', '--at-most', '5', '--journal', world.at('journal'))
  expect(ended).toMatchObject({ code: 0 })
  expect(ended.err).toContain(
    '2 persons may be asked about; 0 of them were before. It leaves out 1 victims, witnesses or minors, and 1 who are shared with nobody.',
  )
  expect(ended.err).toContain('Asked 1 questions about 2 persons: 1 candidates.')
  const [, only, ...others] = await candidates()
  expect(only).toMatch(
    /^PERSON,HN:P-1,Ana María Paz Núñez,GT,EXACT_IDENTIFIER,"NATIONAL_ID HN; name and birth date",unit@gt\.example,,,\d{4}-\d\d-\d\d,[\w-]+,,,$/,
  )
  expect(others).toEqual([])
  // The protected girl is known to Guatemala too, and nobody told Guatemala of her.
  expect(await readFile(world.at('journal'), 'utf8')).not.toContain('0801-2015-00003')
})

it('asks nothing the second time, and never about more than the filter says', async () => {
  expect((await suggest('--since', '2026-01-01', '--at-most', '5')).err).toContain('0 questions to ask')
  const wide = await suggest('--at-most', '5')
  expect(wide).toMatchObject({ code: 2 })
  expect(wide.err).toContain('expected at least one of --id, --of-case, --since')
  const foreign = await suggest('--id', 'GT:P-9', '--at-most', '5')
  expect(foreign.err).toContain('expected ids of HN, whose database this is; came GT:P-9')
  const own = await suggest('--id', 'HN:P-1', '--at-most', '5', '--country', 'HN')
  expect(own.err).toContain('--country: expected countries other than HN, whose persons these are; came HN')
})

it('lets an officer without the right get no candidate, and says so in Spanish', async () => {
  world.grantScopes(['person:read'])
  const ended = await suggest('--id', 'HN:P-2', '--at-most', '1', '--out', world.at('denied.csv'), '--lang', 'es')
  world.grantScopes(['person:hit', 'person:read', 'person:identifiers'])
  expect(ended).toMatchObject({ code: 1 })
  expect(ended.err).toContain('La pasarela no respondió a una pregunta (UNAUTHORIZED_FIELD_OR_TYPE)')
})

it('reads the id where the officer may, and imports nothing that nobody has confirmed', async () => {
  await writeFile(world.at('candidates.csv'), '')
  await writeFile(world.at('candidates.csv.asked.jsonl'), '')
  expect((await suggest('--id', 'HN:P-1', '--at-most', '5', '--read')).err).toContain(
    'Asked 2 questions about 1 persons: 1 candidates.',
  )
  expect((await candidates())[1]).toContain(',unit@gt.example,GT:P-9,')
  expect(await takeOver()).toMatchObject({
    code: 0,
    err: expect.stringContaining('Nobody has decided a row of this file'),
  })
  await decide('yes,,')
  const ended = await takeOver()
  expect(ended).toMatchObject({
    code: 2,
    err: expect.stringContaining('line 2: confirmedBy: expected the name of the person who decided; came nothing'),
  })
  expect(await links()).toEqual([])
})

it('takes over what a person has confirmed, with an entry in the log, and the gateway shows it', async () => {
  await decide('yes,Ana Paz,2026-01-05')
  const ended = await takeOver('--basis', 'Ley 41')
  expect(ended).toMatchObject({ code: 0, err: '' })
  expect(ended.out).toContain('persons.same_as: 1 links made, 0 removed, 0 were so already.')
  expect(await links()).toEqual([
    { person_id: 'HN:P-1', other_id: 'GT:P-9', confirmed_by: 'Ana Paz', confirmed_on: '2026-01-05' },
  ])
  expect((await takeOver()).out).toContain('0 links made, 0 removed, 1 were so already.')
  const entries = await imports()
  expect(entries).toHaveLength(2)
  expect(entries[0]).toMatchObject({
    country: 'HN',
    source: 'istmo link import',
    legalBasis: ['Ley 41'],
    result: 'DONE',
  })
  expect(entries[0]).toMatchObject({
    rows: [{ type: 'persons.same_as', read: 1, created: 1, changed: 0, deleted: 0, rejected: 0 }],
  })
  const answer = await world.ask('query ($id: ID!) { person(id: $id) { sameAs { id } } }', { id: 'HN:P-1' })
  expect(answer).toMatchObject({ data: { person: { sameAs: [{ id: 'GT:P-9' }] } } })
})

it('refuses ids that do not exist and a second person of one country, and changes nothing', async () => {
  const text = await readFile(world.at('candidates.csv'), 'utf8')
  const wrong = `${text}${text.split('\n')[1]?.replace('HN:P-1', 'HN:P-404').replace('GT:P-9', 'GT:P-7')}\n`
  await writeFile(world.at('candidates.csv'), wrong.replace('GT:P-9', 'GT:P-8'))
  const ended = await takeOver()
  expect(ended).toMatchObject({ code: 2, out: '' })
  expect(ended.err).toContain('line 2: HN:P-1 and GT:P-8: HN:P-1 is linked to GT:P-9 already. Remove that link first')
  expect(ended.err).toContain('line 3: id: expected the id of a record of yours; HN:P-404 does not exist')
  expect(await links()).toHaveLength(1)
  await writeFile(world.at('candidates.csv'), text)
})

it('removes a link that a person denies, and leaves everything as it was if the log cannot be written', async () => {
  await decide('no,Luis Paz,2026-01-06')
  const text = await readFile(world.at('keys/log.key'), 'utf8')
  await writeFile(world.at('keys/log.key'), 'nonsense')
  expect(await takeOver()).toMatchObject({ code: 1 })
  expect(await links()).toHaveLength(1)
  await writeFile(world.at('keys/log.key'), text)
  expect((await takeOver()).out).toContain('persons.same_as: 0 links made, 1 removed, 0 were so already.')
  expect(await links()).toEqual([])
  expect((await imports()).at(-1)).toMatchObject({ rows: [{ created: 0, deleted: 1 }] })
})

it('is told as docs/linking.md tells it', async () => {
  const files = {
    'ask.yaml': 'ask.yaml',
    'id-token': 'login',
    'candidates.csv': 'candidates.csv',
    'keys/audit-log.key': 'keys/log.key',
  }
  const places = Object.fromEntries(
    Object.entries({ ...files, 'audit-log': 'audit-log' }).map(([word, name]) => [word, world.at(name)]),
  )
  const [ask, ...otherAsks] = commandsOf('docs/linking.md', 'istmo link suggest', places)
  const [take, ...otherTakes] = commandsOf('docs/linking.md', 'istmo link import', places)
  expect([otherAsks, otherTakes]).toEqual([[], []])
  const asked = await run(runLinkSuggest, [...(ask ?? []), '--dry-run', '--lang', 'en'])
  expect(asked).toMatchObject({ code: 0, err: expect.stringContaining('0 persons may be asked about') })
  expect(await run(runLinkImport, [...(take ?? []), '--lang', 'en'])).toMatchObject({ code: 0 })
})

/** Writes what a person decides into the last three columns of the first candidate. */
async function decide(cells: string): Promise<void> {
  const [head, first = '', ...others] = (await readFile(world.at('candidates.csv'), 'utf8')).split('\n')
  const decided = `${first.split(',').slice(0, -3).join(',')},${cells}`
  await writeFile(world.at('candidates.csv'), [head, decided, ...others].join('\n'))
}

function links(): Promise<readonly object[]> {
  const sql = `select s.person_id, s.other_id, c.confirmed_by, c.confirmed_on from persons.same_as s
    left join istmo.confirmed_link c on c.kind = 'PERSON' and c.id = s.person_id and c.other_id = s.other_id order by 1, 2`
  return world.honduras.query<object>(sql)
}

async function imports(): Promise<readonly object[]> {
  return (await readLog(world)).filter(({ kind }) => kind === 'import')
}
