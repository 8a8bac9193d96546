import { execFileSync } from 'node:child_process'
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import fc from 'fast-check'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { IstmoError } from '../../contract/errors.ts'
import { MAX_FILE_BYTES } from '../known/hot-file.ts'
import { createPlanner } from '../plan/compile.ts'
import { OPEN_SUPERGRAPH_SDL } from '../plan/testing.ts'
import { aCaller } from '../testing.ts'
import type { KnownOperation, Payer } from '../types/planning.ts'
import { type KnownOperations, type KnownOperationsOptions, openKnownOperations } from './known-operations.ts'

let folder: string
let file: string
let logged: Record<string, unknown>[]
let opened: KnownOperations[]

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'istmo-known-'))
  file = join(folder, 'hot.json')
  logged = []
  opened = []
})
afterEach(async () => {
  for (const known of opened) await known.close()
  await rm(folder, { recursive: true })
})

const log = pino({ level: 'info' }, { write: (line: string) => void logged.push(JSON.parse(line)) })

async function open(over: Partial<KnownOperationsOptions> = {}): Promise<KnownOperations> {
  const trusted = over.listTrusted?.() ?? []
  const isTrusted = (text: string): boolean => trusted.includes(text)
  const usual = { hotListFile: file, maxCacheBytes: 1_000, listTrusted: () => [], isTrusted, log }
  const known = await openKnownOperations({ ...usual, ...over })
  opened.push(known)
  return known
}

/** An engine that plans as `plan` says, and notes what it planned. */
function createEngine(plan: (text: string) => Promise<boolean> = async () => true, cachedBytes = () => 0) {
  const planned: string[] = []
  const payers: Payer[] = []
  return {
    ...{ planned, payers, cachedBytes },
    async planAhead(operation: KnownOperation, payer: Payer) {
      const text = (operation.asked ?? operation.planned)?.source ?? ''
      planned.push(text)
      payers.push(payer)
      return (await plan(text)) ? operation : null
    },
  }
}

const structure = (field: string): KnownOperation => {
  const planned = { source: `{ ${field} { id } }`, operationName: undefined, conditions: {} }
  return { asked: { ...planned, source: `# maria\n{ ${field} { id } }` }, planned, removedFields: new Set() }
}
const texts = async (): Promise<readonly string[]> =>
  JSON.parse(await readFile(file, 'utf8')).operations.map(({ text }: { text: string }) => text)

/** Runs a gateway that is asked these fields, and stops it. */
async function runOnce(...fields: string[]): Promise<void> {
  const known = await open()
  await known.planAhead(createEngine())
  for (const field of fields) known.note(structure(field), {}, null)
  await known.close()
}

describe('the known operations', () => {
  it('of one run are planned at the start of the next one, the hottest first, at the gateway’s own cost', async () => {
    const first = await open()
    first.note(structure('cases'), {}, null)
    for (const subject of ['one', 'two']) first.note(structure('person'), {}, aCaller({ subject }))
    await first.close()
    const second = await open()
    const engine = createEngine()
    await second.planAhead(engine)
    expect(engine.planned).toEqual(['{ person { id } }', '{ cases { id } }'])
    expect(engine.payers).toMatchObject([
      { caller: null, isAhead: true },
      { caller: null, isAhead: true },
    ])
    expect(logged.at(-1)).toMatchObject({ msg: 'known operations planned', planned: 2, failed: 0, leftOut: 0 })
  })

  it('of trusted documents that nobody asks do not come into the file', async () => {
    const known = await open({ listTrusted: () => ['{ c }'] })
    await known.planAhead(createEngine())
    known.note(structure('cases'), {}, null)
    await known.endInterval()
    expect(await texts()).toEqual(['{ cases { id } }'])
  })

  it('are the trusted documents too, which come after what was asked', async () => {
    await runOnce('cases')
    const known = await open({ listTrusted: () => ['query A { a } query B { b }', '{ c }'] })
    const engine = createEngine()
    await known.planAhead(engine)
    const both = 'query A { a } query B { b }'
    expect(engine.planned).toEqual(['{ cases { id } }', both, both, '{ c }'])
  })

  it('stay in the file if nobody asks in a run', async () => {
    await runOnce('cases', 'person')
    await runOnce()
    expect(await texts()).toEqual(['{ cases { id } }', '{ person { id } }'])
  })

  it('that the graph does not have any more leave the file', async () => {
    await runOnce('cases', 'person')
    const known = await open()
    await known.planAhead(createEngine(async (text) => !text.includes('cases')))
    await known.close()
    expect(logged.at(-1)).toMatchObject({ planned: 1, failed: 1 })
    expect(await texts()).toEqual(['{ person { id } }'])
  })

  it('stay in the file if the gateway stops before it has come to them', async () => {
    await runOnce('cases', 'person')
    const known = await open({ maxWaitMs: 1 })
    await known.planAhead(createEngine(() => new Promise(() => {})))
    known.note(structure('legal'), {}, null)
    await known.close()
    expect(await texts()).toEqual(['{ cases { id } }', '{ person { id } }'])
  })

  it('are written after each interval, in a file that only its owner can read', async () => {
    const known = await open()
    known.note(structure('cases'), {}, null)
    await known.endInterval()
    expect(await texts()).toEqual(['{ cases { id } }'])
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    expect(await readdir(folder)).toEqual(['hot.json'])
  })

  it('are planned again with each engine, and the earlier pass ends', async () => {
    await runOnce('cases', 'person')
    const known = await open({ maxWaitMs: 1 })
    const { promise, resolve } = Promise.withResolvers<boolean>()
    const [old, next] = [createEngine(() => promise), createEngine()]
    await known.planAhead(old)
    await known.planAhead(next)
    resolve(true)
    await setImmediate()
    expect([old.planned.length, next.planned.length]).toEqual([1, 2])
  })

  it('let a start wait only for a bounded time, and are planned on while it answers', async () => {
    await runOnce('cases', 'person')
    const known = await open({ maxWaitMs: 1 })
    const { promise, resolve } = Promise.withResolvers<boolean>()
    const engine = createEngine(() => promise)
    await known.planAhead(engine)
    expect(engine.planned).toEqual(['{ cases { id } }'])
    resolve(true)
    await expect.poll(() => engine.planned).toHaveLength(2)
  })

  it.each<[string, ReturnType<typeof createEngine>, object]>([
    ['fill half of the cache', createEngine(undefined, () => 500), { reason: 'MEMORY', planned: 0, leftOut: 2 }],
    [
      'are too hard',
      createEngine(async () => {
        throw new IstmoError('DOCUMENT_TOO_HARD')
      }),
      { reason: 'DOCUMENT_TOO_HARD', planned: 0, leftOut: 2 },
    ],
    [
      'find a thread that has no time',
      createEngine(async (text) => {
        if (text.includes('person')) throw new IstmoError('GATEWAY_BUSY')
        return true
      }),
      { reason: 'GATEWAY_BUSY', planned: 1, leftOut: 1 },
    ],
  ])('end if they %s, and the log says so once', async (_, engine, expected) => {
    await runOnce('cases', 'person')
    logged = []
    const known = await open()
    await known.planAhead(engine)
    expect(logged).toMatchObject([{ msg: 'known operations planned, but not all', level: 40, ...expected }])
  })

  it('end at 1,000, and the log says how many documents were left out', async () => {
    const documents = Array.from({ length: 1_200 }, (_, at) => `{ a${at} }`)
    const known = await open({ listTrusted: () => documents })
    const engine = createEngine()
    await known.planAhead(engine)
    expect(engine.planned).toHaveLength(1_000)
    expect(logged.at(-1)).toMatchObject({ reason: 'COUNT', planned: 1_000, leftOut: 200 })
  })

  it('go on after one that cannot be planned', async () => {
    await runOnce('cases', 'person')
    const known = await open()
    const engine = createEngine(async (text) => {
      if (text.includes('cases')) throw new IstmoError('PLAN_FAILED')
      return true
    })
    await known.planAhead(engine)
    expect(logged.at(-1)).toMatchObject({ planned: 1, failed: 1, leftOut: 0 })
  })
})

describe('a file that', () => {
  const warnings = () => logged.filter(({ level }) => Number(level) >= 40).map(({ reason }) => reason)

  it.each<[string, () => Promise<unknown>, string]>([
    ['everybody may write', () => chmod(file, 0o602), 'WRITABLE_BY_OTHERS'],
    ['a group may write', () => chmod(file, 0o620), 'WRITABLE_BY_OTHERS'],
    ['is too large', () => truncate(file, MAX_FILE_BYTES + 1), 'TOO_LARGE'],
    ['is cut off', () => truncate(file, 60), 'expected a JSON object with the form 1 and a list of operations'],
    ['is empty', () => truncate(file, 0), 'expected a JSON object with the form 1 and a list of operations'],
    [
      'is a folder',
      async () => {
        await rm(file)
        await mkdir(file)
      },
      'NOT_A_FILE',
    ],
    [
      'is a pipe',
      async () => {
        await rm(file)
        execFileSync('mkfifo', ['-m', '600', file])
      },
      'NOT_A_FILE',
    ],
    [
      'is a link to itself',
      async () => {
        await rm(file)
        await symlink(file, file)
      },
      'ELOOP',
    ],
  ])('%s is a warning that says what is wrong, and nothing of it is planned', async (_, spoil, reason) => {
    await runOnce('cases')
    await spoil()
    const known = await open()
    const engine = createEngine()
    await known.planAhead(engine)
    expect([engine.planned, warnings()]).toEqual([[], [reason]])
    const warning = logged.find(({ msg }) => msg === 'hot list not read')
    expect(warning).toMatchObject({ remedy: expect.stringContaining('Delete the file of --hot-list') })
    expect(JSON.stringify(logged)).not.toContain(folder)
  })

  it('is not there yet is no warning', async () => {
    await (await open()).planAhead(createEngine())
    expect(logged).toEqual([])
  })

  it('has what no gateway writes is read without it, and the log counts it', async () => {
    const row = { text: '{ maria: person { id } }', conditions: {}, removed: [] }
    await writeFile(file, JSON.stringify({ form: 1, operations: [row] }), { mode: 0o600 })
    const engine = createEngine()
    await (await open()).planAhead(engine)
    expect([engine.planned, logged[0]]).toMatchObject([[], { level: 40, wrong: 1 }])
    expect(JSON.stringify(logged)).not.toContain('maria')
  })

  it('cannot be written is a warning', async () => {
    const known = await open({ hotListFile: join(folder, 'missing', 'hot.json') })
    known.note(structure('cases'), {}, null)
    await known.endInterval()
    expect(warnings()).toEqual(['ENOENT'])
  })

  it('somebody put a link in place of is replaced, and what the link leads to is not written', async () => {
    const other = join(folder, 'other')
    await writeFile(other, 'other')
    await symlink(other, file)
    await symlink(other, `${file}.${process.pid}.new`)
    const known = await open()
    known.note(structure('cases'), {}, null)
    await known.endInterval()
    expect([await readFile(other, 'utf8'), await texts()]).toEqual(['other', ['{ cases { id } }']])
  })
})

describe('nothing that a caller writes is in the file:', () => {
  const { jobs } = createPlanner(OPEN_SUPERGRAPH_SDL, () => true)

  /** Writes a hot list of one document that nobody trusts, and returns the file. */
  async function fileOf(source: string, conditions: Record<string, boolean> = {}): Promise<string> {
    if (jobs === null) throw new Error('expected jobs')
    await rm(file, { force: true })
    const asked = { source, operationName: undefined, conditions }
    const planned = jobs.prepare(asked).lifted.operation
    const known = await open()
    known.note({ asked, planned, removedFields: new Set() }, {}, null)
    await known.endInterval()
    return readFile(file, 'utf8')
  }

  const PLACES: readonly [string, (name: string) => string, boolean][] = [
    ['an alias', (it) => `{ ${it}: person(id: "GT:1") { id } }`, false],
    ['an alias below', (it) => `{ person(id: "GT:1") { ${it}: id } }`, false],
    ['the name of the operation', (it) => `query ${it} { person(id: "GT:1") { id } }`, true],
    ['the name of a variable', (it) => `query ($${it}: ID!) { person(id: $${it}) { id } }`, true],
    ['the default of a variable', (it) => `query ($a: ID = "${it}") { person(id: $a) { id } }`, true],
    ['the name of a fragment', (it) => `{ person(id: "GT:1") { ...${it} } } fragment ${it} on Person { id }`, true],
    ['a text', (it) => `{ person(id: "${it}") { id } }`, true],
    ['a block text', (it) => `{ person(id: """${it}""") { id } }`, true],
    ['a text in a list', (it) => `{ cases(countries: ["GT"], after: "${it}") { edges { cursor } } }`, true],
    ['a comment', (it) => `# ${it}\n{ person(id: "GT:1") { id # ${it}\n } }`, true],
    ['a description', (it) => `"""${it}""" query { person(id: "GT:1") { id } }`, true],
  ]

  it.each(PLACES)('%s', async (_, write, isKept) => {
    const source = write('MariaLopez')
    const text = await fileOf(source).catch((error: Error) => error.message)
    expect(text.toLowerCase()).not.toContain('maria')
    expect(JSON.parse(text).operations.length).toBe(isKept ? 1 : 0)
  })

  it('the name of a variable of a condition, of this operation or of another', async () => {
    const own = 'query ($MariaLopez: Boolean!) { person(id: "GT:1") { id @include(if: $MariaLopez) } }'
    expect(await fileOf(own, { MariaLopez: true })).toContain('"conditions":{"v')
    expect(await fileOf(own, { MariaLopez: true })).not.toContain('Maria')
  })

  it('any name at any of these places', async () => {
    const name = fc.stringMatching(/^[A-Z][a-z]{3,9}[A-Z][a-z]{3,9}$/)
    await fc.assert(
      fc.asyncProperty(name, fc.constantFrom(...PLACES), async (text, [, write]) => {
        const written = await fileOf(write(text)).catch(() => '')
        expect(written).not.toContain(text)
      }),
      { numRuns: 60 },
    )
  })
})
