import { z } from 'zod'
import { parseDuration } from '../duration.ts'
import { LEG_TOKEN_USES } from '../leg-token.ts'
import { taskForceSchema } from './recognition.ts'

/**
 * The access settings in a country's file (countries/<CC>.yaml). The gateway reads the published copy, and the country's node reads
 * its own copy. Both decide, each with its copy.
 */
export const ACCESS_SETTINGS = {
  /** The task forces that the country has joined. Without any, the country answers nothing that has a rule. */
  taskForces: z.array(taskForceSchema).default([]),
  /** The file of its Cedar policies, relative to the folder of this file. Without it, the country denies each `@policy`. */
  policies: z.string().min(1).optional(),
  /** `once`: the country's node accepts each leg token only once, so the gateway signs a new one for each leg and each retry. */
  legTokens: z.enum(LEG_TOKEN_USES).default('reuse'),
  /** The verifier key of the country's own log (C2SP signed-note), and whether the gateway drops an answer without a receipt. */
  receipts: z.strictObject({ vkey: z.string().min(1), required: z.boolean().default(true) }).optional(),
  /** How long the country still answers without a quorum of witnesses for the gateway's audit log. Without it, it always answers. */
  unwitnessed: z
    .strictObject({
      refuseAfter: z.string().refine((text) => parseDuration(text) !== undefined, 'expected a duration, as PT4H'),
    })
    .optional(),
}
