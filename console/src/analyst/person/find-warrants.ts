import type { Warrant } from '../../documents/types.ts'
import { summarizeCountries } from '../../shell/summarize-countries.ts'
import type { Dossier } from './use-dossier.ts'

/** What a dossier knows of warrants. */
export interface FoundWarrants {
  /** Those in force, by id. */
  readonly active: readonly Warrant[]
  /** Countries that hide their warrants, that did not answer, or whose list has more: there may be one. By code. */
  readonly unknown: readonly string[]
  /** Countries that answered and have none in force. By code. */
  readonly none: readonly string[]
}

/** Says for each country of the dossier whether a warrant is in force. «Hidden» and «no answer» are never said to be «none». */
export function findWarrants({ persons, answers }: Pick<Dossier, 'persons' | 'answers'>): FoundWarrants {
  const { countries } = summarizeCountries(answers)
  const silent = new Set(
    countries.flatMap(({ country, standing }) => (standing === 'answered' || standing === 'partly' ? [] : [country])),
  )
  const active = new Map<string, Warrant>()
  const [unknown, asked] = [new Set<string>(), new Set<string>()]
  for (const [id, person] of persons) {
    const country = id.slice(0, 2)
    asked.add(country)
    const warrants = person?.warrants
    for (const { node } of warrants?.edges ?? []) if (node.status === 'ACTIVE') active.set(node.id, node)
    if (warrants == null || warrants.pageInfo.hasNextPage || silent.has(country)) unknown.add(country)
  }
  const holders = new Set([...active.values()].map(({ country }) => country))
  return {
    active: [...active.values()].sort((left, right) => (left.id < right.id ? -1 : 1)),
    unknown: [...unknown].sort(),
    none: [...asked].filter((country) => !unknown.has(country) && !holders.has(country)).sort(),
  }
}
