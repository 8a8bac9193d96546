/** Work that a process does over and over in the background, and never twice at a time. */

/** Work that is done regularly until it is closed. */
export interface RegularWork {
  /** Does the work now. Resolves when it is done. Rejects only if the work rejects. */
  readonly run: () => Promise<void>
  /** Does nothing new any more. Resolves when what was under way has ended. */
  readonly close: () => Promise<void>
}

/**
 * Does the work every so many milliseconds. Whoever asks while it is under way waits for that turn, as nothing has to be found out again.
 * @param work must not reject.
 */
export function doRegularly(work: () => Promise<void>, everyMs: number): RegularWork {
  let running: Promise<void> | undefined
  const run = (): Promise<void> => {
    running ??= work().finally(() => {
      running = undefined
    })
    return running
  }
  return every(run, everyMs, async () => running)
}

/** What {@link lookRegularly} works with. */
export interface Look {
  /** Looks once. It may reject: the next look tries again. */
  readonly look: () => Promise<void>
  readonly everyMs: number
  /** Is told the first of several failures in a row. */
  readonly onFailure: (error: unknown) => void
}

/**
 * Looks for something every so many milliseconds. Whoever asks while a look is under way waits for one that begins after it, so that it sees
 * what is there now.
 */
export function lookRegularly({ look, everyMs, onFailure }: Look): RegularWork {
  let turn: Promise<void> = Promise.resolve()
  let hasFailed = false
  const lookOnce = async (): Promise<void> => {
    try {
      await look()
      hasFailed = false
    } catch (error) {
      if (!hasFailed) onFailure(error)
      hasFailed = true
    }
  }
  const run = (): Promise<void> => {
    turn = turn.then(lookOnce)
    return turn
  }
  return every(run, everyMs, () => turn)
}

function every(run: () => Promise<void>, everyMs: number, ended: () => Promise<void>): RegularWork {
  const timer = setInterval(() => void run(), everyMs).unref()
  return {
    run,
    async close() {
      clearInterval(timer)
      await ended()
    },
  }
}
