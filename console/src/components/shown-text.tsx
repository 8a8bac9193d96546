import { cleanText } from './clean-text.ts'

/**
 * Shows a text that a country wrote. It is always text and never markup, its direction of writing cannot change that of the words beside it, and
 * hidden characters are visible.
 */
export function ShownText({ text }: { readonly text: string | null | undefined }) {
  return <bdi>{cleanText(text ?? '')}</bdi>
}
