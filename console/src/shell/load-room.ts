/** Where Zod keeps its settings. It is on the global object, so that it can be set before Zod is loaded. */
interface ZodPlace {
  __zod_globalConfig?: { jitless?: boolean }
}

/** Keeps Zod from trying whether it may make code out of text. The page's policy forbids that, and the browser would report each try. */
function keepFromEval(): void {
  const place = globalThis as ZodPlace
  place.__zod_globalConfig = Object.assign(place.__zod_globalConfig ?? {}, { jitless: true })
}

/** The files of a room did not come. */
export class RoomNotLoadedError extends Error {
  override readonly name = 'RoomNotLoadedError'
  constructor(cause: unknown) {
    super('the files of this room did not come', { cause })
  }
}

/**
 * Loads a room. If its files do not come, the error is one of our own: for that of the browser, TanStack Router would load the whole page again, and an officer
 * without a connection would lose everything that is shown, and the sign-in.
 */
export function loadRoom<Room>(load: () => Promise<Room>): () => Promise<Room> {
  return () => {
    keepFromEval()
    return load().catch((cause: unknown) => {
      throw new RoomNotLoadedError(cause)
    })
  }
}
