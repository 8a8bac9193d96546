/** Variables that may be JSON. They are parsed only if somebody reads them. */

type Variables = Readonly<Record<string, unknown>>
type MakeVariables = new (others: Variables, texts: readonly string[]) => Variables

const classes = new WeakMap<readonly string[], MakeVariables>()

/**
 * Makes variables. The getters belong to a class, one for each list of names, because those of each object would keep it alive.
 * @param others the variables that are values. Only these can be enumerated, but JSON has all.
 * @param names of the variables that are JSON. The same list is the same object.
 */
export function lazyVariables(others: Variables, names: readonly string[], texts: readonly string[]): Variables {
  let Made = classes.get(names)
  if (Made === undefined) {
    Made = makeClass(names)
    classes.set(names, Made)
  }
  return new Made(others, texts)
}

function makeClass(names: readonly string[]): MakeVariables {
  class LazyVariables {
    [name: string]: unknown
    readonly #texts: readonly string[]

    constructor(others: Variables, texts: readonly string[]) {
      Object.assign(this, others)
      this.#texts = texts
    }

    toJSON(): Variables {
      const all: Record<string, unknown> = { ...this }
      for (const name of names) all[name] = this[name]
      return all
    }

    static read(variables: LazyVariables, at: number): unknown {
      return JSON.parse(variables.#texts[at] as string)
    }
  }
  for (const [at, name] of names.entries()) {
    Object.defineProperty(LazyVariables.prototype, name, {
      get(this: LazyVariables) {
        return LazyVariables.read(this, at)
      },
    })
  }
  return LazyVariables
}
