import type { FileWords } from '../file-words.ts'
import { listPersonFacts } from './person-facts.ts'
import type { Dossier } from './use-dossier.ts'

/** A row of the comparison: what each record says of one thing; undefined for a record that is not there, null for what is hidden. */
export interface ComparedFact {
  readonly term: string
  readonly field: string
  readonly cells: readonly (readonly string[] | null | undefined)[]
  /** By record: whether it says something else than most of them. */
  readonly differs: readonly boolean[]
}

/** Compares the records of a person fact by fact. All of them list the same facts. */
export function compareFacts(
  { persons, answers }: Pick<Dossier, 'persons' | 'answers'>,
  words: FileWords,
): readonly ComparedFact[] {
  const lists = [...persons.values()].map((person) =>
    person == null ? undefined : listPersonFacts(person, answers, words),
  )
  const facts = lists.find((list) => list !== undefined) ?? []
  return facts.map(({ term, field, isOwn }, at) => {
    const cells = lists.map((list) => list?.[at]?.values)
    return { term, field, cells, differs: isOwn ? cells.map(() => false) : findDifferent(cells) }
  })
}

/** Whether every record that is there hides something. */
export function isHiddenInEach({ cells }: Pick<ComparedFact, 'cells'>): boolean {
  return cells.every((cell) => cell == null) && cells.includes(null)
}

/** Which cells say something else than the majority; all of them if there is none. What is hidden, empty or not there is not compared, and accents make no difference. */
export function findDifferent(cells: readonly (readonly string[] | null | undefined)[]): readonly boolean[] {
  const keys = cells.map((cell) => (cell == null || cell.length === 0 ? null : fold(cell)))
  const groups = [
    ...Map.groupBy(
      keys.flatMap((key) => key ?? []),
      (key) => key,
    ),
  ]
  const most = Math.max(0, ...groups.map(([, same]) => same.length))
  const leaders = groups.filter(([, same]) => same.length === most)
  const majority = leaders.length === 1 ? leaders[0]?.[0] : undefined
  return keys.map((key) => key !== null && groups.length > 1 && key !== majority)
}

function fold(cell: readonly string[]): string {
  const text = cell.toSorted().join('\n').normalize('NFD')
  return text.replace(/\p{M}/gu, '').toLowerCase()
}
