import type { PersonName } from '../../documents/types.ts'

/** Returns the name that stands for a person: the one of the civil register, else the first. Null if there is none, or if it is hidden. */
export function nameOf(names: readonly PersonName[] | null | undefined): string | null {
  const legal = names?.find(({ category }) => category === 'LEGAL')
  return (legal ?? names?.[0])?.full ?? null
}
