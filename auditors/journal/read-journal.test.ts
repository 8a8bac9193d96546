import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { AnsweredLine, AskedLine } from '../../clients/journal.ts'
import { createTestSession } from '../../contract/trust/question-statement/testing.ts'
import { createJournal } from '../../joining/officer/officer-client.ts'
import { readJournal } from './read-journal.ts'

const DOCUMENT = 'query ($id: ID!) { case(id: $id) { id } }'
const GATEWAY = 'https://istmo.example'
const AT = '2026-11-24T00:00:00.000Z'
const session = createTestSession()
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'istmo-journal-'))
})
afterAll(() => rm(folder, { recursive: true }))

function asked(number: number, over: Partial<AskedLine> = {}): AskedLine {
  const jti = `00000000-0000-4000-8000-00000000000${number}`
  const question = {
    aud: GATEWAY,
    iat: 1_795_000_000,
    ath: 'a'.repeat(43),
    document: DOCUMENT,
    variables: { id: 'HN:1' },
  }
  const statement = session.ask({ ...question, jti }).text
  return {
    ...{ v: 2, kind: 'asked', at: AT, gateway: GATEWAY, jti, statement, document: DOCUMENT, mandate: null },
    ...over,
  }
}
const answered = (number: number): AnsweredLine => ({
  ...{ v: 2, kind: 'answered', at: AT, jti: asked(number).jti, status: 200, codes: [], requestId: null, proof: null },
  evidence: null,
})

async function read(text: string) {
  const path = join(folder, 'given')
  await writeFile(path, text)
  const { questions, faults } = await readJournal(path)
  return { questions: questions.map(({ line, answer }) => [line, answer !== null]), faults }
}
const lines = (...all: readonly object[]) => all.map((line) => `${JSON.stringify(line)}\n`).join('')

describe('a journal', () => {
  it('is written line by line, for its owner only, and read again', async () => {
    const path = join(folder, 'written')
    const write = createJournal(path)
    for (const line of [asked(1), answered(1), asked(2)]) await write(line)
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    const { questions, faults } = await readJournal(path)
    expect(faults).toEqual([])
    expect(questions.map(({ statement, answer }) => [statement.variables.get('id'), answer?.status])).toEqual([
      ['HN:1', 200],
      ['HN:1', undefined],
    ])
  })

  it('has what an officer asked and a country said in one line, also with other separators of lines in it', async () => {
    const path = join(folder, 'separators')
    const codes = ['a\u2028b', 'c\u2029d', 'e\u0085f', 'g\r\n']
    for (const line of [asked(1), { ...answered(1), codes }]) await createJournal(path)(line)
    const { questions, faults } = await readJournal(path)
    expect({ codes: questions[0]?.answer?.codes, faults }).toEqual({ codes, faults: [] })
  })

  it('whose last line was cut off by a crash goes on in a new line, and only the torn line is left out', async () => {
    const path = join(folder, 'torn')
    await writeFile(path, lines(asked(1)) + JSON.stringify(asked(2)).slice(0, 200))
    await createJournal(path)(asked(3))
    expect((await readFile(path, 'utf8')).split('\n')).toHaveLength(4)
    const { questions, faults } = await readJournal(path)
    expect(questions.map(({ line }) => line)).toEqual([1, 3])
    expect(faults).toMatchObject([{ line: 2, kind: 'TORN' }])
  })

  it('is read at each place where a crash can cut it', async () => {
    const text = lines(asked(1), answered(1))
    const end = lines(asked(1)).length
    for (let at = 1; at < text.length; at += 37) {
      const { questions, faults } = await read(text.slice(0, at))
      expect(questions).toEqual(at >= end - 1 ? [[1, false]] : [])
      expect(faults.every(({ kind }) => kind === 'TORN')).toBe(true)
    }
  })

  const other = createTestSession().ask({ ...{ aud: GATEWAY, iat: 1, ath: 'a'.repeat(43), document: 'other' } })
  it.each<[string, string, RegExp]>([
    [
      'a changed document',
      lines(asked(1, { document: '{ cases { edges { node { id } } } }' })),
      /the document that the statement is about/,
    ],
    ['another gateway', lines(asked(1, { gateway: 'https://other.example' })), /`aud`/],
    ['another id', lines(asked(1, { jti: asked(2).jti })), /`jti`/],
    ['a changed statement', lines(asked(1, { statement: asked(1).statement.replace('.', '.A') })), /expected/],
    ['a statement of another question', lines(asked(1, { statement: other.text })), /`jti`|document/],
    [
      'hidden values',
      lines(asked(1, { statement: `${asked(1).statement.split('~', 1)[0]}~` })),
      /a disclosure for each digest/,
    ],
    ['an answer without a question', lines(answered(1)), /the question of this answer/],
    ['a second answer', lines(asked(1), answered(1), answered(1)), /a second one/],
    ['a question twice', lines(asked(1), asked(1)), /each question once/],
    ['a line of another form', lines({ v: 1, at: AT }), /a line of a journal/],
  ])('with %s names the line, and does not count it', async (_, text, reason) => {
    const { faults } = await read(text)
    expect(faults).toHaveLength(1)
    expect(faults[0]).toMatchObject({ kind: 'INVALID', reason: expect.stringMatching(reason) })
  })

  it('that does not exist cannot be read', async () => {
    await expect(readJournal(join(folder, 'none'))).rejects.toThrow(
      /cannot be read: there is no such file or folder \(ENOENT\)/,
    )
  })
})
