import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parse, validate } from 'graphql'
import { exportJWK, generateKeyPair } from 'jose'
import { afterAll, describe, expect, it } from 'vitest'
import { parse as parseYaml } from 'yaml'
import { readDailySettings } from '../../auditors/daily.ts'
import { readConsoleFile } from '../../authority/console/console-server.ts'
import { readClients, readProviders } from '../../authority/settings/files.ts'
import { readAuthoritySettings } from '../../authority/settings/settings.ts'
import { COMMANDS } from '../../cli/commands.ts'
import { landingSchema } from '../../gateway/front/landing/landing-file.ts'
import { createPlanner } from '../../gateway/plan/compile.ts'
import { SUPERGRAPH_SDL } from '../../gateway/plan/testing.ts'
import { readParticipants } from '../../gateway/process/countries.ts'
import { readMappingFile } from '../../joining/mapping/parse-mapping.ts'
import { readIssuers } from '../../service/authenticate/issuers-file.ts'
import { tryPolicyTable } from '../../subgraphs/policy/policy-table.ts'

const ROOT = new URL('../../', import.meta.url)

it('no page and no banner calls the records of the demo made up, because those of Panama are real', () => {
  const mapping = readMappingFile(fileURLToPath(new URL('countries/PA.mapping.yaml', ROOT)), 'en')
  const rules = mapping.feeds.flatMap(({ records }) => records).flatMap(({ columns }) => columns)
  const real = rules.filter(({ column, rule }) => column === 'synthetic' && rule.kind === 'constant' && !rule.value)
  expect(real.length).toBeGreaterThan(0)
  const words = ['shell', 'tour'].flatMap((room) =>
    ['en', 'es'].map((lang) => `console/src/${room}/words.${lang}.yaml`),
  )
  for (const file of ['README.md', 'README.es.md', ...words]) {
    const text = readFileSync(new URL(file, ROOT), 'utf8')
    expect([file, /(data|records) are made up|(datos|registros) son inventados/i.exec(text)?.[0]]).toEqual([
      file,
      undefined,
    ])
  }
})

/** The pages that people read, as paths from the project’s folder. */
const PAGES = [
  'README.md',
  'README.es.md',
  'ARCHITECTURE.md',
  'CONTRIBUTING.md',
  'docs/querying.md',
  'docs/onboarding.md',
  'docs/operating.md',
  'docs/running-a-gateway.md',
  'docs/auditing.md',
  'docs/access.md',
  'docs/authority.md',
  'docs/embedding.md',
  'docs/iccs.md',
  'docs/linking.md',
  'docs/emergencies.md',
  'docs/for-who-decides.md',
  'docs/data-protection-assessment.md',
  ...readdirSync(new URL('docs/es', ROOT)).map((name) => `docs/es/${name}`),
]
const commandNames = COMMANDS.map(({ name }) => name)

const read = (name: string): string => readFileSync(new URL(name, ROOT), 'utf8')

/** Finds the fenced blocks of a language, each with the page that contains it. */
function blocks(language: string): [page: string, text: string][] {
  const fence = new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms')
  return PAGES.flatMap((page) =>
    [...read(page).matchAll(fence)].map((match): [string, string] => [page, match[1] ?? '']),
  )
}

const folder = mkdtempSync(join(tmpdir(), 'istmo-docs-'))
afterAll(() => rmSync(folder, { recursive: true }))

describe('what the pages show', () => {
  const { apiSchema } = createPlanner(SUPERGRAPH_SDL, () => true)

  it.each(blocks('graphql'))('is a valid operation: %s', (_, text) => {
    expect(validate(apiSchema, parse(text))).toEqual([])
  })

  it.each(['demo/across-borders.graphql', 'demo/three-profiles.graphql'])('includes the operation of %s', (file) => {
    expect(blocks('graphql').map(([, text]) => text.trim())).toContain(read(file).trim())
  })

  const isIssuers = ([, text]: [page: string, text: string]): boolean => text.startsWith('issuers:')

  it.each(blocks('yaml').filter(isIssuers))('is a file of issuers that the gateway accepts: %s', async (_, text) => {
    const issuersFile = join(folder, 'issuers')
    writeFileSync(issuersFile, text)
    const issuers = await readIssuers({ issuers: [], issuersFile, countriesFolder: folder })
    expect(issuers.map(({ country }) => country)).toEqual(['GT', 'HN'])
  })

  it.each(blocks('yaml issuer'))('is a file of issuers with an authority: %s', async (_, text) => {
    const issuersFile = join(folder, 'authorities')
    writeFileSync(issuersFile, text)
    const issuers = await readIssuers({ issuers: [], issuersFile, countriesFolder: folder })
    expect(issuers.map(({ authority }) => authority?.client)).toEqual(['istmo-gateway'])
  })

  it.each(blocks('yaml landing'))('is what the gateway’s first page says: %s', (_, text) => {
    expect(landingSchema.parse(parseYaml(text))).toMatchObject({ institution: { en: 'General Secretariat' } })
  })

  it('is settings, login providers and clients that an authority accepts', async () => {
    const file = (name: string) => join(folder, `${name}.yaml`)
    for (const name of ['authority', 'providers', 'clients']) {
      const [[, text] = ['', '']] = blocks(`yaml ${name}`)
      writeFileSync(file(name), text)
    }
    // The page shows the settings of reveals where it says what they are for.
    const [[, reveals] = ['', '']] = blocks('yaml reveal')
    appendFileSync(file('authority'), reveals)
    const { publicKey } = await generateKeyPair('Ed25519', { extractable: true })
    writeFileSync(join(folder, 'leg.jwks.json'), JSON.stringify({ keys: [await exportJWK(publicKey)] }))
    const { country, clients, providers, reveal } = await readAuthoritySettings(file('authority'))
    expect(reveal?.auditors.map(({ name }) => name)).toEqual(['auditor-gt'])
    expect([country, clients, providers]).toEqual(['GT', file('clients'), file('providers')])
    expect(await readProviders(providers, country)).toHaveLength(1)
    expect([...(await readClients(clients)).keys()]).toEqual(['istmo-gateway', 'istmo-oversight', 'console'])
  })

  it('is the settings of a console that istmo console accepts', async () => {
    const [[, text] = ['', '']] = blocks('yaml console')
    writeFileSync(join(folder, 'console.yaml'), text)
    const { publicUrl, console: section } = await readConsoleFile(join(folder, 'console.yaml'))
    expect([publicUrl, section.client, section.gateway]).toEqual([
      'https://consola.mp.gob.gt',
      'console',
      'https://istmo.example',
    ])
  })

  const isDaily = ([, text]: [page: string, text: string]): boolean => /^ownLog:/m.test(text)

  it.each(blocks('yaml').filter(isDaily))('is a file that istmo audit daily accepts: %s', async (_, text) => {
    writeFileSync(join(folder, 'daily.yaml'), text)
    expect((await readDailySettings(join(folder, 'daily.yaml'))).counterparts).toHaveLength(2)
  })

  // joining/mapping/page.test.ts reads those.
  const isMapping = ([, text]: [page: string, text: string]): boolean => /^source:/m.test(text)

  const countryFiles = blocks('yaml').filter((block) => ![isIssuers, isDaily, isMapping].some((is) => is(block)))
  it.each(countryFiles)('is a country’s file that the gateway accepts: %s', async (_, text) => {
    const own = join(folder, 'accepted')
    mkdirSync(own, { recursive: true })
    const country = /^country: ([A-Z]{2})$/m.exec(text)?.[1] ?? 'none'
    writeFileSync(join(own, `${country}.yaml`), text)
    const { participants } = await readParticipants(own, { deadlineMs: 1, maxAnswerBytes: 1 })
    rmSync(own, { recursive: true })
    const [participant] = participants
    expect(participant?.unavailable).toBeUndefined()
    expect(participant?.country).toBe(country)
  })

  it.each(blocks('yaml policy-test'))(
    'is a table of verdicts that the policies really give: %s',
    async (page, text) => {
      const [, file = ''] = blocks('yaml').find(([of]) => of === page) ?? []
      const [, policies = ''] = blocks('cedar').find(([of]) => of === page) ?? []
      writeFileSync(join(folder, 'HN.yaml'), `${file}policies: HN.cedar\n`)
      writeFileSync(join(folder, 'HN.cedar'), policies)
      writeFileSync(join(folder, 'table.yaml'), text)
      const { tried } = await tryPolicyTable(join(folder, 'table.yaml'), undefined)
      expect(tried.length).toBeGreaterThan(0)
      expect(tried.filter(({ expected, came }) => expected !== came)).toEqual([])
    },
  )

  it.each(blocks('json'))('is JSON: %s', (_, text) => {
    expect(() => JSON.parse(text)).not.toThrow()
  })

  it.each(blocks('sh'))('names commands that exist: %s', (_, text) => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }
    for (const [, name = ''] of text.matchAll(/npm run (?:-s )?([\w:]+)/g)) expect(scripts).toHaveProperty([name])
    for (const [, command = ''] of text.matchAll(/^ *(?:npx )?istmo (\w+)/gm)) {
      expect(commandNames).toContain(command)
    }
  })

  // A registry's package of this name is not ours, so that npx may find it only where a clone is.
  it('says `npx istmo` only where the folder is in a clone', () => {
    const inClone = /auditing\.md$|\.istmo\/|npx istmo (?:token|import)|clone|clon\b/
    const pages = [...PAGES, ...readdirSync(new URL('docs/systemd', ROOT)).map((name) => `docs/systemd/${name}`)]
    const wrong = pages.flatMap((page) =>
      read(page)
        .split('\n')
        .filter((line) => line.includes('npx istmo') && !inClone.test(page) && !inClone.test(line))
        .map((line) => `${page}: ${line}`),
    )
    expect(wrong).toEqual([])
    const silent = pages.filter((page) => read(page).includes('npx istmo') && !/\bclon[ea]?\b/.test(read(page)))
    expect(silent).toEqual([])
  })

  it.each(PAGES)('has only links to files that exist: %s', (page) => {
    for (const [, target = ''] of read(page).matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)) {
      expect(existsSync(new URL(target, new URL(page, ROOT))), target).toBe(true)
    }
  })

  it('names only files that exist in the walk through the code', () => {
    const named = [
      ...read('ARCHITECTURE.md').matchAll(/(?<![\w/.*-])(?:[a-z][\w-]*\/)*[a-z][\w-]*(?:\.[a-z]+)?\.ts\b/g),
    ].map(([path]) => path)
    const exists = (path: string): boolean => ['', 'gateway/'].some((at) => existsSync(new URL(at + path, ROOT)))
    expect(named.length).toBeGreaterThan(20)
    expect(named.filter((path) => !exists(path))).toEqual([])
  })

  it('is at most 120 lines in the README', () => {
    expect(read('README.md').split('\n').length).toBeLessThanOrEqual(121)
  })
})
