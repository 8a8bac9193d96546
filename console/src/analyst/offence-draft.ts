import { isCodes } from './offence-classes.tsx'

/** What is in a field for offences: the codes that were chosen, and what was typed and is not chosen yet. */
export interface OffenceDraft {
  readonly codes: readonly string[]
  readonly text: string
}

/** Makes the draft of codes that were chosen before. */
export function draftOf(codes: readonly string[]): OffenceDraft {
  return { codes, text: '' }
}

/** Takes codes that were typed among those that are chosen. Any other text stays for the officer to choose by. */
export function settleDraft({ codes, text }: OffenceDraft, isOne: boolean): OffenceDraft {
  if (!isCodes(text)) return { codes, text: text.trim() }
  const all = [...new Set([...codes, ...text.trim().split(/[\s,;]+/)])]
  return draftOf(isOne ? all.slice(-1) : all)
}
