import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { parseCommandLine } from '../../service/command-line.ts'
import { readDemoConfig } from '../config.ts'
import { withCountryDatabase } from './country-database.ts'
import { GENERATE, generateRequested } from './generate-records.ts'
import { IMPORT, importRequested } from './import.ts'

let home: string

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'istmo-cli-'))
  await writeFile(
    join(home, 'h.csv'),
    'tipo_crimen,año,mes,provincia\nHomicidio,2020,Enero,Colón\nHomicidio,2020,Nunca,Colón\n',
  )
  await writeFile(join(home, 'codes.csv'), 'code,level,parent,title_en,title_es\n01,1,,a,b\n')
  await writeFile(
    join(home, 'un-treaty-index.csv'),
    'untc_ref,treaty,url\nXVIII-12,"A. New York, 15 November 2000",u\n',
  )
  await writeFile(
    join(home, 'un-treaty-participation.csv'),
    'untc_ref,treaty,participant,signature,binding_act_raw,act_code\nXVIII-12,"A. New York, 15 November 2000",Panama,,18 Aug 2004 a,a\n',
  )
})
afterAll(() => rm(home, { recursive: true, force: true }))

const env = () => ({ ISTMO_HOME: join(home, '.istmo'), ISTMO_DATA: home })

async function run(...args: readonly string[]) {
  let said = ''
  const write = (text: string) => {
    said += text
  }
  const reports = await importRequested(parseCommandLine(IMPORT, args), { out: { write }, err: { write } }, env())
  return { said, reports }
}

it('imports a named file and prints the report, but no progress if the output is not a terminal', async () => {
  const path = join(home, 'h.csv')
  const { said } = await run('pa', path)
  expect(said).toBe(
    `pa → PA: ${path}\n  1 imported, 1 rejected (rows: 2 new, 0 changed, 0 removed)\n` +
      '  line 3: mes | año «Nunca | 2020»: expected a day that exists, as MMMM YYYY\n' +
      '  one record for each victim, without the victim: the file’s sex and age range are not imported\n',
  )
  expect((await run('pa', path)).said).toContain('imported before, nothing to do')
  const log = join(home, '.istmo/audit-log/PA/log')
  const entries = (await readFile(join(log, 'tile/entries/000.p/1'), 'utf8')).slice(2)
  const counts = { read: 2, created: 2, changed: 0, deleted: 0, rejected: 1 }
  expect(JSON.parse(entries)).toMatchObject({ kind: 'import', country: 'PA', rows: [counts], result: 'PARTLY' })
})

it('imports codes into each country that has a database', async () => {
  const { reports } = await run('iccs', join(home, 'codes.csv'))
  expect(reports.map(({ country, taken }) => [country, taken])).toEqual([['PA', 1]])
})

it('imports both files on treaties from the data folder, and finds the second beside the first', async () => {
  const both = await run('treaties')
  expect(both.reports.map(({ importer, country, taken }) => [importer, country, taken])).toEqual([
    ['treaties', 'UN', 2],
  ])
  const { reports } = await run('treaties', join(home, 'un-treaty-index.csv'))
  expect(reports.map(({ importer, alreadyTaken }) => [importer, alreadyTaken])).toEqual([['treaties', true]])
})

it('names the remedy if the country’s node has its database open', async () => {
  await withCountryDatabase(readDemoConfig(env()), 'PA', async () => {
    await expect(run('pa', join(home, 'h.csv'))).rejects.toThrow(
      new RegExp(`open for writing in this process .${process.pid}.*npm run demo:stop -- PA.*npm run demo:start -- PA`),
    )
  })
})

it.each([
  [[], '<name>: expected one of iccs, treaties, untoc, uncac, pa; came nothing'],
  [['us'], '<name>: expected one of iccs, treaties, untoc, uncac, pa; came "us"'],
  [['pa', 'a', 'b'], 'expected no more arguments than <name> <file>; came "pa a b"'],
  [['pa', '--country', 'Panama'], '--country: expected an ISO 3166-1 alpha-2 code, or UN; came "Panama"'],
  [['pa', '--country', 'HN'], '--country: these records belong to PA; came HN'],
  [['pa', '--data', '/nowhere'], '--data: expected the path of a folder that exists; came /nowhere'],
  [['pa', '--fast'], "unknown option '--fast'"],
  [['pa', '/nowhere/h.csv'], '/nowhere/h.csv: expected a file; none can be read there'],
])('refuses %j', async (args, message) => {
  await expect(run(...args)).rejects.toThrow(message)
})

async function generate(...args: readonly string[]): Promise<string> {
  const chunks: string[] = []
  const out = new Writable({
    highWaterMark: 1000,
    write(chunk, _encoding, done) {
      chunks.push(String(chunk))
      setImmediate(done)
    },
  })
  await generateRequested(parseCommandLine(GENERATE, args), { out, err: { write: () => undefined } }, env())
  return chunks.join('')
}

const SMALL = ['--country', 'HN', '--persons', '5', '--cases', '7']

it('prints fictitious records as lines of JSON, and opens no database', async () => {
  const lines = (await generate(...SMALL, '--print')).trimEnd().split('\n')
  const rows = lines.map((line) => JSON.parse(line) as { table: string; row: { id?: string } })
  expect(rows.filter(({ table }) => table === 'persons.person').map(({ row }) => row.id)).toHaveLength(5)
  expect(rows.filter(({ table }) => table === 'cases.case_file')).toHaveLength(7)
})

it('writes fictitious records to the country’s database, and does nothing the second time', async () => {
  expect(await generate(...SMALL)).toMatch(/^wrote 5 persons and 7 cases of HN, seed 2026: \d+ rows\n$/)
  expect(await generate(...SMALL)).toContain('already in the database, nothing to do')
})

it.each([
  [[], '--country: expected a country’s code; came nothing'],
  [['--country', 'HN', '--cases', 'many'], '--cases: expected a whole number from 0; came "many"'],
  [['--country', 'HN', '--countries', 'GT,SV'], 'expected one of GT, SV as the country; came HN'],
])('refuses %j', async (args, message) => {
  await expect(generate(...args)).rejects.toThrow(message)
})
