import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { listFiles } from '../../tools/structure/modules.ts'
import { anchorOf } from '../../tools/translations/sections.ts'
import { type ExemptName, findBrokenCitations, headingsOf, type TextFile } from './citations.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))

/** These files contain made-up citations, so they are not searched. */
const MADE_UP = /^tests\/docs\/citations\.test\.ts$|^tools\/translations\/(\w+\.test|testing)\.ts$/

/** The files that may cite a page. */
const CITING = /\.(ts|mts|tsx|js|mjs|css|html|sql|graphql|ya?ml|cedar|md|sh)$/

/** Folders that are installed or generated, hidden folders, and the lock file, which names pages of other projects. */
const NOT_OURS = /(^|\/)node_modules\/|^\.(?!ci\/|github\/)|^(dist|console\/dist|coverage)\/|^package-lock\.json$/

/** Names that end in `.md` and are not pages of the project, with the files that contain them. */
const EXEMPT: readonly ExemptName[] = [
  // The contract’s SDL, which the countries agreed byte for byte; the files that are generated or copied from it; and a migration, which
  // may not differ from the text that was applied before.
  {
    name: 'semantics.md',
    citedIn: [
      'contract/schema/common.graphql',
      'subgraphs/cases/domain.graphql',
      'subgraphs/legal/domain.graphql',
      'subgraphs/persons/domain.graphql',
      'supergraph.graphql',
      'tests/country-access/sdl/SV.persons.graphql',
      'subgraphs/cases/migrations/001-cases.sql',
    ],
  },
  // Data files that the importers read.
  { name: 'untoc-2000-en.md', citedIn: ['demo/importers/', 'demo/facts/assistance-bases.test.ts'] },
  { name: 'uncac-2003-en.md', citedIn: ['demo/importers/', 'demo/facts/assistance-bases.test.ts'] },
  { name: 'c.md', citedIn: ['demo/importers/'] },
  // What complete runs of `npm run bench`, `bench:growth`, `bench:profile` and `bench:node` write, which is not in the repository before there was one.
  { name: 'RESULTS.md', citedIn: ['bench/README.md', 'bench/gateways/gateways.ts', 'bench/growth/'] },
  { name: 'GROWTH.md', citedIn: ['bench/README.md', 'bench/growth/growth.ts'] },
  { name: 'PROFILE.md', citedIn: ['bench/README.md', 'bench/profile/profile.ts'] },
  { name: 'NODE.md', citedIn: ['bench/README.md', 'bench/node/node.ts'] },
  // What `istmo join` writes for a country.
  { name: 'NEXT.md', citedIn: ['joining/join/', 'tests/join/'] },
  // Addresses of the landing page, below which it shows pages of the project.
  ...['/docs/README.md', '/docs/docs/es/para-quien-decide.md', '/docs/docs/for-who-decides.md'].map((name) => ({
    name,
    citedIn: ['demo/landing.yaml'],
  })),
  ...['/docs/docs/es/console.md', '/docs/docs/console.md'].map((name) => ({ name, citedIn: ['demo/landing.yaml'] })),
  { name: '/docs/README.es.md', citedIn: ['demo/landing.yaml', 'gateway/front/front.test.ts'] },
  { name: '/docs/docs/operating.md', citedIn: ['gateway/front/front.test.ts'] },
  // The description of the finder itself.
  { name: 'page.md', citedIn: ['tests/docs/citations.ts'] },
]

function readProject(): readonly TextFile[] {
  const paths = readdirSync(ROOT, { withFileTypes: true }).flatMap((entry) => {
    if (NOT_OURS.test(entry.isDirectory() ? `${entry.name}/` : entry.name)) return []
    if (!entry.isDirectory()) return entry.isFile() ? [entry.name] : []
    return listFiles(ROOT, entry.name)
  })
  const citing = paths.filter((path) => CITING.test(path) && !NOT_OURS.test(path) && !MADE_UP.test(path))
  return citing.map((path) => ({ path, text: readFileSync(`${ROOT}${path}`, 'utf8') }))
}

describe('the pages that code and documentation cite', () => {
  const files = readProject()
  const pages = files.filter(({ path }) => path.endsWith('.md'))

  it('exist, and have the sections that are named', () => {
    const broken = findBrokenCitations(files, pages, EXEMPT)
    expect(broken.map(({ at, cited, reason }) => `${at}: ${cited}: ${reason}`)).toEqual([])
  })

  it('are many, which shows that the search finds them', () => {
    expect(pages.map(({ path }) => path)).toContain('docs/design/access.md')
    expect(findBrokenCitations(files, [], EXEMPT).length).toBeGreaterThan(50)
  })

  it('are exempt only in files that cite them', () => {
    const unused = EXEMPT.flatMap(({ name, citedIn }) =>
      citedIn.filter((prefix) => !files.some(({ path, text }) => path.startsWith(prefix) && text.includes(name))),
    )
    expect(unused).toEqual([])
  })
})

describe('the finder of citations', () => {
  const page: TextFile = {
    path: 'docs/page.md',
    text: '# A page\n\n## Order and cursors\n\n## Step 1: `cut`\n\n```sh\n# Not a heading\n```\n',
  }

  it.each([
    ['a page', '// docs/page.md says why.', null],
    ['a section', '/** Orders (docs/page.md, Order and cursors). */', null],
    [
      'a section that continues on the next line',
      '/**\n * Orders (docs/page.md, Order\n * and cursors; RFC 1).\n */',
      null,
    ],
    ['a section with a mark in its heading', '-- Cuts (docs/page.md, Step 1: cut).', null],
    ['a page in the middle of a sentence', '// docs/page.md, and more.', null],
    ['an anchor', "const help = 'docs/page.md#order-and-cursors'", null],
    ['a page that does not exist', '// docs/missing.md says why.', 'no such page'],
    ['a page by only its name', '// (page.md, Order and cursors)', 'no such page'],
    ['a section that does not exist', '// (docs/page.md, Orders)', 'no such section'],
    ['a section by a part of its heading', '// (docs/page.md, Order and)', 'no such section'],
    ['a longer word than the section', '// (docs/page.md, Order and cursorship)', 'no such section'],
    ['a line in a fenced block', '// (docs/page.md, Not a heading)', 'no such section'],
    ['an anchor that does not exist', '// docs/page.md#orders', 'no such section'],
  ])('judges %s in code', (_, text, reason) => {
    const [broken] = findBrokenCitations([{ path: 'gateway/made-up.ts', text }], [page], [])
    expect(broken?.reason ?? null).toBe(reason)
  })

  it.each([
    ['a link to a page beside it', 'See [this](page.md#order-and-cursors).', null],
    ['a link from the root', 'See `docs/page.md`.', null],
    ['a link to its own section', '# Here\n\nSee [below](#here).', null],
    ['a link to a section in Spanish', '# Aquí\n\n## Qué se instaló\n\nVea [esto](citing.md#qué-se-instaló).', null],
    [
      'a link to a section in Spanish that does not exist',
      '# Aquí\n\nVea [esto](citing.md#qué-sé).',
      'no such section',
    ],
    ['a link to a page that does not exist', 'See [this](../page.md).', 'no such page'],
    ['a link to a section that does not exist', 'See [this](page.md#orders).', 'no such section'],
    ['a link to a section of its own that does not exist', '# Here\n\nSee [below](#there).', 'no such section'],
  ])('judges %s in a page', (_, text, reason) => {
    const citing = { path: 'docs/citing.md', text }
    const [broken] = findBrokenCitations([citing], [page, citing], [])
    expect(broken?.reason ?? null).toBe(reason)
  })

  it('reports the file and line of the citation, and skips exempt names only in their files', () => {
    const file = { path: 'gateway/made-up.ts', text: '\n// docs/missing.md' }
    const exempt = (prefix: string): readonly ExemptName[] => [{ name: 'docs/missing.md', citedIn: [prefix] }]
    expect(findBrokenCitations([file], [page], exempt('gateway/'))).toEqual([])
    expect(findBrokenCitations([file], [page], exempt('audit/'))).toEqual([
      { at: 'gateway/made-up.ts:2', cited: 'docs/missing.md', reason: 'no such page' },
    ])
  })

  it('reads headings and their anchors as GitHub does', () => {
    expect(headingsOf(page.text)).toEqual(['A page', 'Order and cursors', 'Step 1: cut'])
    expect(anchorOf('Step 1: cut')).toBe('step-1-cut')
    expect(anchorOf('What is not in it')).toBe('what-is-not-in-it')
  })
})
