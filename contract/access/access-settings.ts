import { z } from 'zod'
import { parseDuration } from '../duration.ts'
import { LEG_TOKEN_USES } from '../leg-token.ts'
import { taskForceSchema } from './recognition.ts'

/**
 * What a country says of access in its file (countries/<CC>.yaml). The gateway reads the published copy, the country's own node its
 * own: both decide, each by what it holds.
 */
export const ACCESS_SETTINGS = {
  /** The task forces that the country has joined; none: nobody is heard on anything that has a rule. */
  taskForces: z.array(taskForceSchema).default([]),
  /** File of its Cedar policies, a path from the folder of this file; none: every `@policy` is refused. */
  policies: z.string().min(1).optional(),
  /** `once`: its node takes a leg token a single time, so each leg and each retry gets a fresh one. */
  legTokens: z.enum(LEG_TOKEN_USES).default('reuse'),
  /** The key of the country's own log (C2SP signed note, a verifier key), and whether an answer without a receipt of it is dropped. */
  receipts: z.strictObject({ vkey: z.string().min(1), required: z.boolean().default(true) }).optional(),
  /** After how long without a quorum of the record's witnesses the country gives nothing any more; left out: it goes on. */
  unwitnessed: z
    .strictObject({
      refuseAfter: z.string().refine((text) => parseDuration(text) !== undefined, 'expected a duration, as PT4H'),
    })
    .optional(),
}
