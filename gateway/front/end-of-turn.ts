/** The end of the present turn: null until somebody waits for it. */
let ending: Promise<void> | null = null

/**
 * Resolves when this turn of the event loop has handled what had arrived. All who wait in one turn go on one after another. Answers that are written so
 * find their reader's machine awake: if each were written when it is ready, nearly each of these system calls would also wake it.
 */
export function endOfTurn(): Promise<void> {
  ending ??= new Promise((resolve) => {
    setImmediate(() => {
      ending = null
      resolve()
    })
  })
  return ending
}
