import { z } from 'zod'
import { readData } from '../data-file.ts'

/** One code. Its level and its parent follow from its digits. */
export type IccsFact = Readonly<z.infer<typeof fact>>

const fact = z.strictObject({ code: z.string(), title_en: z.string(), title_es: z.string() })

/** All codes. Within each section, a code comes after its parent. */
export const ICCS_FACTS: readonly IccsFact[] = readData(new URL('iccs-codes.yaml', import.meta.url), z.array(fact))

/** Returns the level of a code: 2, 4, 5, 6 digits are the levels 1, 2, 3, 4. */
export function levelOf(code: string): number {
  return code.length === 2 ? 1 : code.length - 2
}

/** Returns the parent of a code, or null for a section. */
export function parentOf(code: string): string | null {
  return code.length === 2 ? null : code.slice(0, code.length === 4 ? 2 : -1)
}
