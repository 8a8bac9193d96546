/** What a leg has read of one source, by the record's id, in one statement for all records that are asked for together. */
export interface RowBatch<Value> {
  /** What was read. */
  readonly known: ReadonlyMap<string, Value>
  /**
   * Reads what is not known yet. It waits as DataLoader does, until all that can go on has gone on, so that everybody who asks meanwhile is in the same
   * statement. One promise serves all records: a promise for each would cost more than its row.
   * @throws what `read` throws. The next call reads again.
   */
  load(ids: Iterable<string>): Promise<void>
}

/** Makes a batch. @param read returns what belongs to each of the ids. */
export function createRowBatch<Value>(
  read: (ids: readonly string[]) => Promise<ReadonlyMap<string, Value>>,
): RowBatch<Value> {
  const known = new Map<string, Value>()
  const onTheWay = new Map<string, Promise<void>>()
  let gathering: { readonly ids: string[]; readonly done: Promise<void> } | null = null
  const gather = (): { readonly ids: string[]; readonly done: Promise<void> } => {
    const ids: string[] = []
    const send = async (): Promise<void> => {
      await allElseToGoOn()
      gathering = null
      try {
        for (const [id, value] of await read(ids)) known.set(id, value)
      } finally {
        for (const id of ids) onTheWay.delete(id)
      }
    }
    return { ids, done: send() }
  }
  return {
    known,
    async load(ids) {
      const waitsFor = new Set<Promise<void>>()
      for (const id of ids) {
        if (known.has(id)) continue
        let done = onTheWay.get(id)
        if (done === undefined) {
          gathering ??= gather()
          gathering.ids.push(id)
          done = gathering.done
          onTheWay.set(id, done)
        }
        waitsFor.add(done)
      }
      await Promise.all(waitsFor)
    },
  }
}

/** All promises that are settled, and what follows from them. */
function allElseToGoOn(): Promise<void> {
  return new Promise((resolve) => {
    void Promise.resolve().then(() => process.nextTick(resolve))
  })
}
