/** Follows docs/iccs.md: what the page types, and what it says comes out. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { HAS_PUBLISHED_FILES, publishedFile } from '../../demo/importers/testing.ts'
import { LIST_NAME } from '../../joining/iccs/classification.ts'
import { runCrosswalk, runIccsSuggest } from '../../joining/iccs/iccs-command.ts'
import { blocksOf, commandsOf } from '../links/page-commands.ts'

const PAGE = 'docs/iccs.md'

describe.runIf(HAS_PUBLISHED_FILES)('docs/iccs.md', () => {
  let folder: string
  let places: Readonly<Record<string, string>>
  const at = (name: string): string => join(folder, name)
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'istmo-iccs-'))
    const files = ['labels.csv', 'proposal.csv', 'delitos.csv'].map((name) => [name, at(name)] as const)
    places = { ...Object.fromEntries(files), data: dirname(publishedFile(LIST_NAME)) }
    await writeFile(at('labels.csv'), blocksOf(PAGE, 'csv labels').join(''))
  })
  afterAll(() => rm(folder, { recursive: true }))

  async function run(command: typeof runIccsSuggest, args: readonly string[] = []) {
    const written: string[] = []
    const stream = { write: (text: string) => written.push(text) }
    const withDatabase = () => Promise.reject(new Error('expected no database'))
    const code = await command([...args, '--lang', 'en'], { streams: { out: stream, err: stream }, withDatabase })
    return { code, text: written.join('') }
  }

  it('leads from labels over proposals to a crosswalk, and to what is still open', async () => {
    const [suggest, list] = commandsOf(PAGE, 'istmo iccs suggest', places)
    const [crosswalk] = commandsOf(PAGE, 'istmo iccs crosswalk', places)
    expect((await run(runIccsSuggest, suggest)).text).toMatch(
      /^4 labels without a decision: 3 with proposals, 1 without/,
    )
    const proposal = await readFile(at('proposal.csv'), 'utf8')
    for (const line of blocksOf(PAGE, 'csv proposal')[0]?.trim().split('\n') ?? [])
      expect(proposal).toContain(`${line}\n`)
    // What a person has decided is not written over.
    expect(await run(runIccsSuggest, suggest)).toMatchObject({
      code: 2,
      text: expect.stringContaining('--out: expected a file that does not exist'),
    })
    expect(await run(runCrosswalk, crosswalk)).toMatchObject({
      code: 0,
      text: expect.stringContaining('0 labels decided. 4 labels are still open'),
    })
    await writeFile(at('proposal.csv'), proposal.replace(/(,0401,.*),,,\n/, '$1,yes,Ana Paz,2026-01-20\n'))
    expect((await run(runCrosswalk, crosswalk)).text).toContain('1 labels decided. 3 labels are still open.')
    const [page] = blocksOf(PAGE, 'csv crosswalk')
    expect(await readFile(at('delitos.csv'), 'utf8')).toBe(page?.replace('2026-11-20', '2026-01-20'))
    const open = await run(runIccsSuggest, list)
    expect(open.text.split('\n')[1]).toBe('HURTO SIMPLE POR UN VALOR DE 4 A 40 UTM,880')
  })
})
