import { createContext, useContext, useState } from 'react'
import { useSignedIn } from './use-session.ts'

/** How often the officer has asked again what is shown. */
export const RoundContext = createContext(0)

/**
 * Returns the purpose under which a question was asked. A question that is on the page keeps it when the officer chooses another purpose: nothing is asked
 * again by itself, because each question is an entry in the countries' logs. The next question is asked under the new purpose, and this one too once the
 * officer asks again ({@link RoundContext}).
 * @param question what names the question on its page: its variables.
 */
export function useAskedPurpose(question: unknown): string | null {
  const purpose = useSignedIn().grounds?.purpose ?? null
  const round = useContext(RoundContext)
  const name = JSON.stringify([round, question])
  const [asked, setAsked] = useState({ name, purpose })
  if (asked.name === name && asked.purpose !== null) return asked.purpose
  // React renders again at once, before it shows anything.
  if (asked.name !== name || asked.purpose !== purpose) setAsked({ name, purpose })
  return purpose
}
