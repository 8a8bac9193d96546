/**
 * What a turn of the event loop writes, it writes at its end, one after another (docs/decisions/0096). The first write wakes the machine of the reader,
 * which is still awake when the others come. If each were written when it is ready, nearly each of these system calls would also wake it.
 */

/**
 * Makes a list of what is handled at the end of the present turn, in the order in which it came. Lists are handled one after another, the one first
 * that was begun first in this turn.
 * @returns what puts an item on the list.
 */
export function collectUntilEndOfTurn<Item>(handle: (item: Item) => void): (item: Item) => void {
  const items: Item[] = []
  const handleAll = (): void => {
    for (const item of items.splice(0)) handle(item)
  }
  return (item) => {
    if (items.push(item) === 1) setImmediate(handleAll)
  }
}

/** The end of the present turn: null until somebody waits for it. */
let ending: Promise<void> | null = null

const resolveAtEnd = collectUntilEndOfTurn<() => void>((resolve) => {
  ending = null
  resolve()
})

/** Resolves when this turn of the event loop has handled what had arrived. All who wait in one turn go on one after another. */
export function endOfTurn(): Promise<void> {
  ending ??= new Promise((resolve) => resolveAtEnd(resolve))
  return ending
}
