import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { listChanges, type Published, readPublished, writePublished } from './audit-log.ts'

const HN = { unavailable: null, texts: { cases: 'c1', policies: 'p1' } }
const FIRST: Published = { supergraph: 'g1', countries: { HN } }
const named = (before: Published | null, after: Published): readonly string[] =>
  listChanges(before, after).map((entry) =>
    entry.kind === 'publication'
      ? `${entry.country} ${entry.domain} ${entry.sdl}`
      : entry.kind === 'suspension'
        ? `${entry.country} ${entry.action} ${entry.by}`
        : entry.kind,
  )

describe('the entries about what countries publish', () => {
  it('say everything at first, and nothing if nothing has changed', () => {
    expect(named(null, FIRST)).toEqual(['null supergraph g1', 'HN cases c1', 'HN policies p1'])
    expect(named(FIRST, structuredClone(FIRST))).toEqual([])
  })

  it.each<[string, Published, readonly string[]]>([
    ['the supergraph', { ...FIRST, supergraph: 'g2' }, ['null supergraph g2']],
    [
      'a policy',
      { ...FIRST, countries: { HN: { ...HN, texts: { cases: 'c1', policies: 'p2' } } } },
      ['HN policies p2'],
    ],
    ['a suspension', { ...FIRST, countries: { HN: { ...HN, unavailable: 'SUSPENDED' } } }, ['HN SUSPENDED SUSPENDED']],
    [
      'a new country',
      { ...FIRST, countries: { HN, GT: { unavailable: null, texts: { legal: 'l' } } } },
      ['GT legal l'],
    ],
    ['a country that left', { ...FIRST, countries: {} }, []],
  ])('name only what has changed: %s', (_, after, expected) => {
    expect(named(FIRST, after)).toEqual(expected)
  })

  it('say that a country is asked again', () => {
    const suspended = { ...FIRST, countries: { HN: { ...HN, unavailable: 'SUSPENDED' } } }
    expect(named(suspended, FIRST)).toEqual(['HN RESUMED null'])
  })
})

describe('what the log has said', () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'istmo-published-'))
  })
  afterAll(() => rm(folder, { recursive: true }))

  it('is read as it was written, and not at all from a file that is missing or damaged', async () => {
    const file = join(folder, 'published.json')
    expect(await readPublished(file)).toBeNull()
    await writePublished(file, FIRST)
    expect(await readPublished(file)).toEqual(FIRST)
    await writeFile(file, '{"supergraph":1}')
    expect(await readPublished(file)).toBeNull()
  })
})
