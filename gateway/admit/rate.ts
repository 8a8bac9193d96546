/**
 * Rate limits as token buckets: a bucket holds `burst` tokens, gains `perSecond`, and a use takes one, or as many as it has parts. The gateway stores one time
 * for each key, at which the bucket will be full again (the generic cell rate algorithm, ITU-T I.371 annex A). That is equal to
 * counting tokens, and needs no updates between uses.
 */

/** How often something may be done. */
export interface Rate {
  readonly perSecond: number
  /** How many may come at once, at least 1. */
  readonly burst: number
}

/** The result of a use. `waitSeconds` is an estimate of when a token will be there, in seconds from now. */
export type Taken = { readonly isTaken: true } | { readonly isTaken: false; readonly waitSeconds: number }

/**
 * Takes tokens from the bucket of `key`, one by default, if it has them. A use of more tokens than a bucket holds needs a full one, and the rest is
 * a debt, which the bucket gains back before the next use. Only a bucket that is elsewhere makes anybody wait.
 */
export type TakeToken = (key: string, rate: Rate, tokens?: number) => Promise<Taken> | Taken

/** Returns how long a bucket takes to gain one token, in seconds. */
export function intervalOf({ perSecond }: Rate): number {
  return 1 / perSecond
}
