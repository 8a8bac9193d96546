import type { Language } from '../../contract/language.ts'
import { README_WORDS, type ReadmeWords } from './readme-words.ts'

/**
 * What README prints of the demo's answers. `describe-readme.ts` asks a running demo and compares. After a change that is meant,
 * `ISTMO_UPDATE_README=1 npx vitest run tests/demo tests/silence -t README` writes the answers of README.md and README.es.md and the files in
 * `answers/` anew.
 */

/** One country's outcome in an answer. */
interface Outcome {
  readonly country: string
  readonly reach: string
  readonly code: string | null
}

/** An error of an answer, as far as README speaks of it. */
interface AnswerError {
  readonly path: readonly (string | number)[]
  readonly extensions: { readonly code: string }
}

/** The answer to `demo/across-borders.graphql`. */
export interface AcrossBorders {
  readonly errors?: readonly AnswerError[]
  readonly data: {
    readonly person: {
      readonly sameAs: readonly { readonly id: string; readonly names: readonly { readonly full: string }[] | null }[]
      readonly cases: {
        readonly edges: readonly { readonly node: CaseNode }[]
        readonly outcomes: readonly Outcome[]
      }
    }
  }
}

interface CaseNode {
  readonly id: string
  readonly country: string
  readonly filedOn: string
  readonly offences: readonly { readonly nationalLabel: string; readonly statute: { readonly id: string } | null }[]
  readonly mlaRequests: {
    readonly edges: readonly {
      readonly node: {
        readonly id: string
        readonly status: string
        readonly legalBasis: { readonly id: string } | null
      }
    }[]
  }
}

/** The answer to `demo/three-profiles.graphql`. */
export interface ThreeProfiles {
  readonly errors?: readonly AnswerError[]
  readonly data: {
    readonly person: {
      readonly names: readonly unknown[] | null
      readonly birthDate: string | null
      readonly cases: {
        readonly edges: readonly { readonly node: { readonly id: string; readonly narrative: string | null } }[]
        readonly outcomes: readonly Outcome[]
      } | null
    } | null
    readonly personHits: { readonly hits: readonly { readonly country: string; readonly hit: boolean }[] } | null
  }
}

/** The two READMEs, with the language of each. */
export const READMES: readonly { readonly path: string; readonly language: Language }[] = [
  { path: 'README.md', language: 'en' },
  { path: 'README.es.md', language: 'es' },
]

/** Puts both answers into a README. @param profiles the answers to the analyst, the prosecutor and the liaison, in this order. */
export function putAnswers(
  readme: string,
  language: Language,
  across: AcrossBorders,
  profiles: readonly ThreeProfiles[],
): string {
  const answered = putBetween(readme, 'answer', writeAnswer(across, language))
  return putBetween(answered, 'profiles', writeProfiles(profiles, language))
}

/** Writes README's first answer: a sentence, one line for each case, and the outcomes. */
function writeAnswer({ data }: AcrossBorders, language: Language): string {
  const { lead, numbers } = README_WORDS[language]
  const { cases, sameAs } = data.person
  const nodes = cases.edges.map(({ node }) => node)
  const countries = new Set(nodes.map(({ country }) => country)).size
  const widest = Math.max(...nodes.map(({ id }) => id.length))
  const inWords = (count: number) => numbers[count] ?? String(count)
  return [
    lead(inWords(nodes.length), inWords(countries)),
    '',
    '```',
    ...nodes.map((node) => writeCase(node, widest)),
    `the same person: ${sameAs.map(({ id, names }) => `${id} ${names?.[0]?.full ?? 'without a name'}`).join(', ')}`,
    cases.outcomes.map(writeOutcome).join('   '),
    '```',
  ].join('\n')
}

/** Writes one country's outcome: `HN UNAVAILABLE CONNECTION`. */
function writeOutcome({ country, reach, code }: Outcome): string {
  return [country, reach, ...(code === null ? [] : [code])].join(' ')
}

function writeCase({ id, filedOn, offences, mlaRequests }: CaseNode, widest: number): string {
  const charges = offences.map(({ nationalLabel, statute }) => `${nationalLabel} (${statute?.id ?? 'no statute'})`)
  const [request, ...more] = mlaRequests.edges.map(({ node }) => node)
  const under = request?.legalBasis === null || request === undefined ? '' : ` under ${request.legalBasis.id}`
  const assistance =
    request === undefined ? '' : `; assistance ${request.id} ${request.status}${under}${more.length > 0 ? ', …' : ''}`
  return `${filedOn}  ${id.padEnd(widest)}  ${charges[0]}${charges.length > 1 ? ', …' : ''}${assistance}`
}

/** Writes README's table of the three profiles from the answers to the analyst, the prosecutor and the liaison, in this order. */
function writeProfiles(answers: readonly ThreeProfiles[], language: Language): string {
  const words = README_WORDS[language]
  const row = (title: string, cell: (answer: ThreeProfiles) => string) =>
    `| ${[title, ...answers.map(cell)].join(' | ')} |`
  return [
    `| ${['', ...words.profiles].join(' | ')} |`.replace('|  |', '| |'),
    '|---|---|---|---|',
    row(words.names, (answer) =>
      answer.data.person?.names && answer.data.person.birthDate !== null
        ? words.shown
        : writeAbsent(answer, words, 'person', 'names'),
    ),
    row(words.cases, (answer) => writeReaches(answer) ?? writeAbsent(answer, words, 'person', 'cases')),
    row(words.narratives, (answer) => writeNarratives(answer, words)),
    row(words.hits, (answer) =>
      (answer.data.personHits?.hits ?? [])
        .map(({ country, hit }) => `${country} ${hit ? words.yes : words.no}`)
        .join(', '),
    ),
  ].join('\n')
}

function writeReaches({ data }: ThreeProfiles): string | undefined {
  const outcomes = data.person?.cases?.outcomes
  // Panama takes part only if its file is there, so README does not speak of it here.
  const shown = outcomes?.filter(({ country, reach }) => reach !== 'NOT_PUBLISHED' && country !== 'PA')
  return shown
    ?.map(({ country, reach, code }) => `${country} ${reach}${code === null ? '' : ` \`${code}\``}`)
    .join(', ')
}

function writeNarratives(answer: ThreeProfiles, words: ReadmeWords): string {
  const edges = answer.data.person?.cases?.edges
  if (edges === undefined) return words.notReached
  const shown = edges.filter(({ node }) => node.narrative !== null).length
  return shown === 0 ? writeAbsent(answer, words, 'narrative') : words.shownOf(shown, edges.length)
}

/** Says with which code something is null: that of the error at the deepest of these names that has one. */
function writeAbsent({ errors = [] }: ThreeProfiles, { isNull }: ReadmeWords, ...names: readonly string[]): string {
  const error = errors.toReversed().find(({ path }) => names.includes(String(path.at(-1))))
  return `${isNull}, \`${error?.extensions.code ?? 'without an error'}\``
}

/** Puts a text between two marks of README: `<!-- name -->` and `<!-- /name -->`. @throws {Error} if README lacks the marks. */
function putBetween(readme: string, name: string, text: string): string {
  const [begin, end] = [`<!-- ${name} -->\n`, `\n<!-- /${name} -->`]
  const [from, to] = [readme.indexOf(begin), readme.indexOf(end)]
  if (from < 0 || to < 0)
    throw new Error(`expected ${begin.trim()} and ${end.trim()} in the README; came neither or one`)
  return readme.slice(0, from + begin.length) + text + readme.slice(to)
}
