import { z } from 'zod'
import { type Suspender, suspenderSchema, suspenderThumbprint } from '../../contract/trust/suspension.ts'

/**
 * The list of those who may suspend, in a country's file and in the file of `--suspenders`. One name may have several keys, so that a key can be
 * replaced; one key has one name, so that a statement has one signer.
 */
export const suspendersSchema = z.array(suspenderSchema).superRefine((suspenders: readonly Suspender[], context) => {
  const kids = suspenders.map(suspenderThumbprint)
  for (const [at, kid] of kids.entries()) {
    if (kids.indexOf(kid) === at) continue
    const message =
      'expected each key once; came the same key twice. Make a key for each: istmo keys NAME --suspender FOLDER'
    context.addIssue({ code: 'custom', path: [at, 'key'], message })
  }
})
