import { cleanText } from '../components/clean-text.ts'

/** Shows a sentence of our words whose important parts are between two signs `**`. What it was made of must have none of these (see {@link unmarked}). */
export function MarkedText({ text }: { readonly text: string }) {
  return text.split('**').map((part, at) => {
    const key = `${at} ${part}`
    return at % 2 === 1 ? <b key={key}>{part}</b> : <span key={key}>{part}</span>
  })
}

/** Makes a text from elsewhere one that marks nothing. */
export function unmarked(text: string): string {
  return cleanText(text).replaceAll('*', '﹡')
}
