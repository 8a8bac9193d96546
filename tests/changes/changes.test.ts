import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))

/** What the changes need of the project. A field of Case is changed in tests/composition, where `npm run generate` is tested. */
const COPIED = [
  ...['audit', 'authority', 'cli', 'composition', 'contract', 'countries', 'demo', 'gateway', 'joining', 'service'],
  ...['subgraphs', 'package.json', 'supergraph.graphql'],
]

/** One change, made as docs/where-do-i-change.md says. */
interface Change {
  /** The beginning of its row on the page. */
  readonly row: string
  /** What a person edits, by file: each text with what takes its place, or the text of a new file. */
  readonly edits: Readonly<Record<string, readonly (readonly [from: string, to: string])[] | string>>
  /** A module that prints, as JSON, what the change does. */
  readonly ask: string
  readonly answer: unknown
}

const read = (name: string) => readFileSync(join(ROOT, name), 'utf8')

/** A file of Honduras as one of Costa Rica. */
const asCostaRica = (name: string) =>
  read(name)
    .replaceAll('HN', 'CR')
    .replaceAll('Honduras', 'Costa Rica')
    .replaceAll('authority.hn', 'authority.cr')
    .replace(/^policies: .*\n/m, '')
    .replaceAll(/\b(port|provider|console): (\d+)\b/g, (_, key, port) => `${key}: ${Number(port) + 100}`)

const CHANGES: readonly Change[] = [
  {
    row: '[the default of a deadline, or a setting]',
    edits: { 'gateway/process/settings.ts': [["default: '8000'", "default: '9000'"]] },
    ask: `import { GATEWAY_SETTINGS } from './gateway/process/settings.ts'
      print(GATEWAY_SETTINGS.requestDeadline.default)`,
    answer: '9000',
  },
  {
    row: 'an error code',
    edits: {
      'contract/errors/request.ts': [
        [
          '  BAD_REQUEST: {',
          "  TOO_QUIET: { status: 400, meaning: 'Nobody asked.', remedy: 'Ask.' },\n  BAD_REQUEST: {",
        ],
      ],
      'contract/errors.es.yaml': [
        ['TOKEN_MISSING:', 'TOO_QUIET: { meaning: Nadie preguntó., remedy: Pregunte. }\nTOKEN_MISSING:'],
      ],
    },
    ask: `import { wordError } from './contract/error-message.ts'
      print(['en', 'es'].map((language) => wordError({ code: 'TOO_QUIET' }, language)))`,
    answer: ['Nobody asked. Ask.', 'Nadie preguntó. Pregunte.'],
  },
  {
    row: 'a command',
    edits: {
      'cli/tally.ts': '/** Counts what there is. */\nexport const runTally = async () => console.log(\'"tallied"\')\n',
      'cli/commands/ask.ts': [
        [
          "  {\n    name: 'ask',",
          "  { name: 'tally', description: 'count', run: async () => (await import('../tally.ts')).runTally() },\n  {\n    name: 'ask',",
        ],
      ],
    },
    ask: "process.argv.push('istmo.ts', 'tally'); await import('./cli/istmo.ts')",
    answer: 'tallied',
  },
  {
    row: '[a source database]',
    edits: {
      'joining/sources/paper.ts': 'export const openPaper = async (url) => ({ label: url.toUpperCase() })\n',
      'joining/sources/databases.ts': [
        [
          'const DATABASES: readonly Database[] = [',
          "const DATABASES: readonly Database[] = [\n  { schemes: ['paper'], plainName: ANY_CASE, quote: '\"', open: async (url) => (await import('./paper.ts')).openPaper(url) },",
        ],
      ],
    },
    ask: `import { isDatabaseUrl, openDatabase } from './joining/sources/databases.ts'
      print([isDatabaseUrl('paper://drawer'), (await openDatabase('paper://drawer')).label])`,
    answer: [true, 'PAPER://DRAWER'],
  },
  {
    row: '[a country of the demo]',
    edits: {
      'countries/CR.yaml': asCostaRica('countries/HN.yaml'),
      'demo/countries/CR.yaml': asCostaRica('demo/countries/HN.yaml'),
    },
    ask: `import { makePerson } from './demo/generator/persons.ts'
      import { DEMO_COUNTRIES } from './demo/countries.ts'
      import { authorityPort, nodePort, WITNESS_NAMES } from './demo/countries.ts'
      const settings = { country: 'CR', countries: DEMO_COUNTRIES, seed: 1, cases: 100, persons: 100 }
      print([DEMO_COUNTRIES, nodePort(4000, 'CR'), authorityPort(4000, 'CR'), WITNESS_NAMES.includes('CR'), makePerson(settings, 50).person.id])`,
    answer: [['CR', 'GT', 'HN', 'PA', 'SV', 'UN'], 4102, 4114, true, 'CR:P-000050'],
  },
  {
    row: '[how a cursor is made]',
    edits: {
      'contract/cursor.ts': [
        [
          "return Buffer.from(JSON.stringify(parts), 'utf8').toString('base64url')",
          "return 'c' + Buffer.from(JSON.stringify(parts), 'utf8').toString('base64url')",
        ],
        ["Buffer.from(text, 'base64url')", "Buffer.from(text.slice(1), 'base64url')"],
      ],
    },
    ask: `import { decodeCursor, encodeCursor } from './contract/cursor.ts'
      const text = encodeCursor({ order: 'ID_ASC', key: 'a', id: 'GT:1' })
      print([text[0], decodeCursor(text)])`,
    answer: ['c', { order: 'ID_ASC', key: 'a', id: 'GT:1' }],
  },
  {
    row: '[a witness check]',
    edits: {
      'audit/witness/witness.ts': [
        [
          '  const keys = keysOf(head.origin)\n',
          "  if (head.size > 2 ** 40) return { status: 400, why: 'no log is so long' }\n  const keys = keysOf(head.origin)\n",
        ],
      ],
    },
    ask: `import { checkRequest, formatAddCheckpoint } from './audit/witness/witness.ts'
      const hash = Buffer.alloc(32).toString('base64')
      const checkpoint = (size) => 'a.example/log\\n' + size + '\\n' + hash + '\\n\\n— a.example/log ' + Buffer.alloc(68).toString('base64') + '\\n'
      const ask = (size) => checkRequest(formatAddCheckpoint({ old: 0, proof: [], checkpoint: checkpoint(size) }), () => [])
      print([ask(2 ** 41), ask(2)].map(({ status, why }) => [status, why]))`,
    answer: [
      [400, 'no log is so long'],
      [404, 'this witness does not know a log of that origin'],
    ],
  },
]

describe('one change of each kind takes the files that docs/where-do-i-change.md says', () => {
  const copy = mkdtempSync(join(tmpdir(), 'istmo-changes-'))
  beforeAll(() => {
    for (const name of COPIED) cpSync(join(ROOT, name), join(copy, name), { recursive: true })
    symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'))
  })
  afterAll(() => rmSync(copy, { recursive: true }))

  it.each(CHANGES)('$row', ({ row, edits, ask, answer }) => {
    for (const [name, edit] of Object.entries(edits)) {
      let text = typeof edit === 'string' ? edit : read(name)
      for (const [from, to] of typeof edit === 'string' ? [] : edit) {
        expect(text).toContain(from)
        text = text.replace(from, to)
      }
      writeFileSync(join(copy, name), text)
    }
    const module = `const print = (value) => console.log(JSON.stringify(value));\n${ask}`
    const ended = spawnSync(process.execPath, ['--no-warnings', '--input-type=module', '--eval', module], {
      cwd: copy,
      encoding: 'utf8',
    })
    for (const name of Object.keys(edits)) rmSync(join(copy, name))
    for (const name of Object.keys(edits).filter((each) => existsSync(join(ROOT, each))))
      cpSync(join(ROOT, name), join(copy, name))
    expect(ended.stderr).toBe('')
    expect(JSON.parse(ended.stdout)).toEqual(answer)
    const line = read('docs/where-do-i-change.md')
      .split('\n')
      .find((each) => each.startsWith(`| ${row}`))
    expect(line?.split('|')[2]?.trim()).toMatch(new RegExp(`^${Object.keys(edits).length}(?!\\d)`))
  })
})
