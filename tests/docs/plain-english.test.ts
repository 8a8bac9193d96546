import { describe, expect, it } from 'vitest'
import { listFiles, parseModule, ROOT, readModules, readProjectFile } from '../../tools/structure/modules.ts'
import { CONSTRUCTIONS, type Exception, findInModule, findInPage } from './plain-english.ts'

/** Places that are good English although a pattern matches, and words of others. */
const EXCEPTIONS: readonly Exception[] = []

const PRODUCTION = readModules().filter(({ isTest }) => !isTest)
const PAGES = listFiles(ROOT, '')
  .filter((path) => path.endsWith('.md'))
  .map((path) => ({ path, text: readProjectFile(path) }))

describe('plain English', () => {
  it('is what comments, messages and pages are written in', () => {
    const found = [
      ...PRODUCTION.flatMap((module) => findInModule(module, EXCEPTIONS)),
      ...PAGES.flatMap((page) => findInPage(page, EXCEPTIONS)),
    ]
    expect(found.map(({ at, phrase, better }) => `${at}: «${phrase}»; write: ${better}`)).toEqual([])
  })

  it('needs each of its exceptions', () => {
    const texts = new Map([...PRODUCTION, ...PAGES].map(({ path, text }) => [path, text]))
    expect(EXCEPTIONS.filter(({ path, text }) => !texts.get(path)?.includes(text))).toEqual([])
  })
})

/** A sentence with each construction, and one of the same words that is good English. */
const PLANTED: Readonly<Record<string, readonly [puzzling: string, plain: string]>> = {
  '«alone» after its noun': ['It exports types alone.', 'A failing endpoint is left alone; leaves a country alone.'],
  '«is no …»': [
    'The body is no JSON.',
    'It is no longer there, and there is no other, so there may be no rows; that is no use.',
  ],
  '«of which»': [
    'A graph of which a field is denied.',
    'Three countries, two of which answered, and 5 of which did not; which fields, of which types.',
  ],
  '«what all»': ['It removes what all countries deny.', 'It removes what each country denies.'],
  '«what becomes of»': ['What becomes of a denied field.', 'What happens to a denied field becomes clear.'],
  '«left out:»': ['The limit; left out: none.', 'Such a field is left out: nobody may see it.'],
  '«all the same»': ['It is refused all the same.', 'They are all the same, with all the same rows.'],
  '«in silence»': ['It drops rows in silence.', 'It drops rows silently.'],
  '«for» that means because': ['It waits, for it has no lock.', 'It asks, for each country, for its rows.'],
  '«hears» that means recognises': [
    'A country that hears the caller.',
    'It has not heard from the country, and a court hears cases.',
  ],
  '«the record» that means the audit log': ['An entry of the record.', 'The id of the record, and its owner.'],
}

describe('the finder of puzzling phrases', () => {
  it('has a planted sentence for each construction', () => {
    expect(Object.keys(PLANTED)).toEqual(CONSTRUCTIONS.map(({ name }) => name))
  })

  it.each(Object.entries(PLANTED))('finds %s in code and on a page, and nothing in good English', (_, sentences) => {
    const [puzzling, plain] = sentences
    const inComment = (text: string) => findInModule(parseModule('a.ts', `/**\n * ${text}\n */\nconst a = 1\n`))
    const inString = (text: string) => findInModule(parseModule('a.ts', `const a = "${text}"\n`))
    const onPage = (text: string) => findInPage({ path: 'a page', text: `# A page\n\n${text}\n` })
    expect(inComment(puzzling).map(({ at }) => at)).toEqual(['a.ts:2'])
    expect(inString(puzzling).map(({ at }) => at)).toEqual(['a.ts:1'])
    expect(onPage(puzzling).map(({ at }) => at)).toEqual(['a page:3'])
    expect([...inComment(plain), ...inString(plain), ...onPage(plain)]).toEqual([])
  })

  it('finds a phrase that goes over two lines, in each kind of comment', () => {
    const text = '// Exports types\n// alone.\n\n/**\n * The body is\n * no JSON.\n */\nconst a = `is\nno JSON`\n'
    expect(findInModule(parseModule('a.ts', text)).map(({ at, phrase }) => `${at} ${phrase}`)).toEqual([
      'a.ts:1 types alone',
      'a.ts:5 is no JSON',
      'a.ts:8 is no JSON',
    ])
  })

  it('skips code, quotations and exceptions', () => {
    const text =
      'Write «only types», not «types alone».\n\n```sh\n# types alone\n```\n\nThe name `types alone` stays.\n'
    expect(findInPage({ path: 'a page', text })).toEqual([])
    const exception = { path: 'a page', text: 'Home alone', reason: 'the title of a film' }
    expect(findInPage({ path: 'a page', text: 'Home alone.' }, [exception])).toEqual([])
    expect(findInPage({ path: 'another page', text: 'Home alone.' }, [exception])).toHaveLength(1)
  })
})
