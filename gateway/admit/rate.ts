/**
 * Rate limits as token buckets: a bucket holds `burst` tokens, gains `perSecond`, and every use takes one. Kept as one time a key,
 * when the bucket will be full again (the generic cell rate algorithm, ITU-T I.371 annex A): equal to counting tokens, and
 * nothing has to be counted up in between.
 */

/** How often something may be done. */
export interface Rate {
  readonly perSecond: number
  /** How many at once, at least 1. */
  readonly burst: number
}

/** What became of a use: taken, or to be tried again after so many seconds, as far as can be told. */
export type Taken = { readonly isTaken: true } | { readonly isTaken: false; readonly waitSeconds: number }

/** Takes one token out of the bucket of `key`, if it has one. */
export type TakeToken = (key: string, rate: Rate) => Promise<Taken>

/** How long one token takes to come, in seconds. */
export function intervalOf({ perSecond }: Rate): number {
  return 1 / perSecond
}
