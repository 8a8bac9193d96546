/** Each question that a gateway commits to is found by what its client sent. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { parse } from 'graphql'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { canonicalBytes } from '../../audit/log/canonical.ts'
import { readTrial, type TriedCommitments } from '../../auditors/search.ts'
import type { EntryOf } from '../../contract/audit-log/entry.ts'
import { createUuidV7 } from '../../contract/uuid-v7.ts'
import { fitRequest } from '../../gateway/audit-log/fit-request.ts'
import { writeRequest } from '../../gateway/audit-log/request-entry.ts'
import { contextWith, emptyTrail, KEYS, readFitted, SALT } from '../../gateway/audit-log/testing.ts'
import { addSalts } from '../audit-cli/logs.ts'

const NOW_MS = Date.parse('2026-11-24T20:15:18Z')
/** An id whose salt is in the store. All trails of the tests have the same salt. */
const ID = createUuidV7(NOW_MS)

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'istmo-opens-'))
  await addSalts(join(folder, 'salts'), [{ id: ID, salt: SALT }])
})
afterAll(() => rm(folder, { recursive: true, force: true }))

interface Question {
  readonly query: string
  readonly variables?: Readonly<Record<string, unknown>> | undefined
}

/** The entry that the gateway writes of a question. */
function entryOf({ query, variables = {} }: Question): EntryOf<'request'> {
  const trail = emptyTrail()
  trail.operation = { document: parse(query), name: undefined, variables, graph: 'a'.repeat(64), rules: new Map() }
  const ended = { context: contextWith(trail, undefined, ID), status: 200, codes: [], durationMs: 12 }
  const sources = { gateway: 'istmo.example/gateway', keys: KEYS, traceId: null, isKept: false, now: NOW_MS }
  return readFitted(fitRequest(writeRequest(ended, trail, sources))).entry
}

async function search(line: object, entry: EntryOf<'request'>): Promise<TriedCommitments> {
  const file = join(folder, 'tried.jsonl')
  await writeFile(file, `${JSON.stringify(line)}\n`)
  const trial = await readTrial(file, join(folder, 'salts'), () => ({ all: [] }))
  await trial.add({ index: 0, bytes: canonicalBytes(entry) })
  return trial.end()
}

const name = fc.stringMatching(/^[a-z][a-zA-Z0-9]{0,5}$/)
const names = fc.uniqueArray(name, { maxLength: 3 })
const text = fc.string({ unit: fc.constantFrom('a', 'é', '\ud800', ' ', '"', '1') })
const literal = fc.oneof(
  fc.string({ unit: fc.constantFrom('a', 'é', '"') }).map((value) => JSON.stringify(value)),
  ...[fc.integer().map(String), fc.constantFrom('true', 'HOMICIDE', 'null', '[1, {a: "x"}]')],
)
const question: fc.Arbitrary<Question> = fc
  .record({
    ...{ operation: fc.option(name), declared: names, aliases: names, literals: fc.array(literal, { maxLength: 3 }) },
    ...{ fragment: fc.option(name), value: fc.oneof(text, fc.dictionary(name, text)), hasVariables: fc.boolean() },
  })
  .map(({ operation, declared, aliases, literals, fragment, value, hasVariables }) => {
    const list = declared.length === 0 ? '' : `(${declared.map((each) => `$${each}: ID`).join(', ')})`
    const uses = [...declared.map((each) => `$${each}`), ...literals]
    const given = uses.length === 0 ? '' : `(${uses.map((each, at) => `a${at}: ${each}`).join(', ')})`
    const fields = [`persons${given} { id }`, ...aliases.map((each) => `${each}: cases { id }`)]
    const spread = fragment === null ? '' : ` ...f${fragment}`
    const definition = fragment === null ? '' : ` fragment f${fragment} on Query { cases { id } }`
    const query = `query ${operation ?? ''}${list} { ${fields.join(' ')}${spread} }${definition}`
    return { query, variables: hasVariables ? Object.fromEntries(declared.map((each) => [each, value])) : undefined }
  })

it('a question is found by its text and variables, whatever names and values it has', async () => {
  await fc.assert(
    fc.asyncProperty(question, async (asked) => {
      const { opened, undecided } = await search(asked, entryOf(asked))
      expect([[...opened], undecided]).toEqual([[ID], 0])
    }),
    { numRuns: 80 },
  )
})

it('a question is not found by another one, and is left open by variables without their text', async () => {
  await fc.assert(
    fc.asyncProperty(question, question, async (asked, other) => {
      const entry = entryOf(asked)
      const same = entry.operation?.variables === entryOf(other).operation?.variables
      const { opened, undecided } = await search(other, entry)
      expect([opened.size, undecided]).toEqual([same ? 1 : 0, 0])
      const bare = await search(asked.variables ?? {}, entry)
      expect(bare.opened.size + bare.undecided).toBe(1)
    }),
    { numRuns: 50 },
  )
})
