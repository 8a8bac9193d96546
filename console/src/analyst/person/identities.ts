/** What records say of who is the same person: by the id of a record, the ids that it names. */
export type SaidSame = ReadonlyMap<string, readonly string[]>

/** The most identities that a dossier follows. Each is a question of its own. */
export const MOST_IDENTITIES = 8

/**
 * Follows what records say of who is the same person, beginning with one. What one record says is followed in both directions: the other record need
 * not say it too.
 * @returns the ids in the order in which they are met, the first one first, at most {@link MOST_IDENTITIES}.
 */
export function followIdentities(first: string, said: SaidSame): readonly string[] {
  const met = new Set([first])
  for (const id of met) {
    const linked = [
      ...(said.get(id) ?? []),
      ...[...said].filter(([, names]) => names.includes(id)).map(([from]) => from),
    ]
    for (const other of linked) if (met.size < MOST_IDENTITIES) met.add(other)
  }
  return [...met]
}

/** Lists the countries whose records say that `id` is the same person as they are. */
export function listSayers(id: string, said: SaidSame): readonly string[] {
  const sayers = [...said]
    .filter(([from, names]) => from !== id && names.includes(id))
    .map(([from]) => from.slice(0, 2))
  return [...new Set(sayers)].sort()
}
