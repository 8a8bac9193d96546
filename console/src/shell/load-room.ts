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
  return () =>
    load().catch((cause: unknown) => {
      throw new RoomNotLoadedError(cause)
    })
}
