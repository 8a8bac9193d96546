import { z } from 'zod'
import { ENTRY_ID, LABEL, TIME } from './parts.ts'

/** Why the owner of a log replaced its key. */
export const ROTATION_REASONS = ['ROUTINE', 'HOLDER_LEFT', 'KEY_EXPOSED', 'OTHER'] as const

/** A verifier key of a C2SP signed note. */
const VERIFIER_KEY = z.string().regex(/^[^\s+]{1,200}\+[0-9a-f]{8}\+[A-Za-z0-9+/]{44}$/, 'expected a verifier key')

/**
 * The owner of a log replaced its signer key. Both keys signed the checkpoint that ends with this entry, and only the new key signs the
 * checkpoints after it (audit/note/rotation.ts). Logs of all owners have it in the same form: `origin` is the name of the log.
 */
export const KEY_ROTATION_ENTRY = z
  .strictObject({
    v: z.literal(1),
    id: ENTRY_ID,
    time: TIME,
    kind: z.literal('key-rotation'),
    origin: LABEL,
    oldKey: VERIFIER_KEY,
    newKey: VERIFIER_KEY,
    reason: z.enum(ROTATION_REASONS),
  })
  .readonly()
