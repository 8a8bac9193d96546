/** Something that is replaced while it is in use. Each use goes on with what it began with. */
export interface Generations<Served> {
  /** Runs `work` from beginning to end with what is current when it begins. */
  use<Result>(work: (served: Served) => Promise<Result>): Promise<Result>
  /** Takes `next` for what begins from now on. What was current before ends after its last use. */
  replace(next: Served): Promise<void>
  /** Ends what is current. Nothing may use it. */
  stop(): Promise<void>
}

interface Generation<Served> {
  readonly served: Served
  inUse: number
  isReplaced: boolean
}

/** Creates generations that begin with `first`. `end` is called once for each of them, after its last use. */
export function createGenerations<Served>(first: Served, end: (served: Served) => Promise<void>): Generations<Served> {
  let current: Generation<Served> = { served: first, inUse: 0, isReplaced: false }
  const endIfUnused = async ({ served, inUse, isReplaced }: Generation<Served>): Promise<void> => {
    if (isReplaced && inUse === 0) await end(served)
  }
  return {
    async use(work) {
      const generation = current
      generation.inUse += 1
      try {
        return await work(generation.served)
      } finally {
        generation.inUse -= 1
        if (generation.isReplaced) await endIfUnused(generation)
      }
    },
    async replace(next) {
      const before = current
      current = { served: next, inUse: 0, isReplaced: false }
      before.isReplaced = true
      await endIfUnused(before)
    },
    stop: () => end(current.served),
  }
}
