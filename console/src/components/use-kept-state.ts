import { useState } from 'react'

/** What pages keep while other pages are shown. It is in memory only, because names of persons are in it. */
const kept = new Map<string, unknown>()

/** Like `useState`, but the value is still there when the officer comes back to the page. */
export function useKeptState<Value>(name: string, initial: Value): readonly [Value, (value: Value) => void] {
  const [value, setValue] = useState(() => (kept.has(name) ? (kept.get(name) as Value) : initial))
  return [
    value,
    (next) => {
      kept.set(name, next)
      setValue(next)
    },
  ]
}

/** Keeps a value for a page that is not shown. */
export function keepState(name: string, value: unknown): void {
  kept.set(name, value)
}

/** What is kept under a name; undefined if nothing is. */
export function recallState(name: string): unknown {
  return kept.get(name)
}

/** Forgets everything, because somebody signed out; or what has a name that `isForgotten` accepts. */
export function forgetKeptState(isForgotten: (name: string) => boolean = () => true): void {
  for (const name of kept.keys()) if (isForgotten(name)) kept.delete(name)
}
